"""The command `record`: a folder whose list names every view that it offers, or a refusal in one sentence."""

from pathlib import Path

import orjson
import pytest

from service.cli import recording
from service.cli.main import main
from service.cli.recording import FOLDER


@pytest.fixture
def one_view(monkeypatch: pytest.MonkeyPatch) -> None:
    """Record a single small view."""
    monkeypatch.setattr(recording, "VIEWS", {"1d": "30d"})
    monkeypatch.setenv("LH_EXCHANGES", "sim,sim2")


@pytest.mark.usefixtures("one_view")
def test_the_folder_has_the_page_and_what_it_asks_for(tmp_path: Path) -> None:
    """Each answer is one that the service gives, under what the page asks; the files of the page are its own."""
    out = tmp_path / "demo"
    assert main(["record", "--out", str(out), "--symbol", "BTC,ETH"]) == 0
    listed = orjson.loads((out / "recording.json").read_bytes())
    assert (listed["exchanges"], listed["symbols"], listed["views"]) == (["sim", "sim2"], ["BTC", "ETH"], {"1d": "30d"})
    asked = set(listed["answers"])
    # Two markets, each with a map and zones of either exchange, and both ways to compare them.
    assert len(asked) == 1 + 2 * (2 * 2 + 2 * 2)
    assert "v1/diff?a=sim2&b=sim&lookback=30d&mix=default&symbol=ETH&timeframe=1d" in asked
    for key, name in listed["answers"].items():
        body = orjson.loads((out / name).read_bytes())
        assert ("grid" in body) == key.startswith("v1/heatmap")
    assert '<meta name="recording" content="recording.json">' in (out / "index.html").read_text()
    served = {path.relative_to(FOLDER) for path in FOLDER.rglob("*") if path.is_file()} - {Path("index.html")}
    assert {path.relative_to(out / "web") for path in (out / "web").rglob("*") if path.is_file()} == served


@pytest.mark.usefixtures("one_view")
@pytest.mark.parametrize(
    ("more", "told"),
    [(["--symbol", "NOPE"], "NOPE"), (["--exchange", "nope"], "nope")],
)
def test_what_cannot_be_recorded_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], more: list[str], told: str
) -> None:
    """An unknown market or exchange ends it in a sentence that names it, and nothing is written."""
    out = tmp_path / "demo"
    assert main(["record", "--out", str(out), *more]) == 2
    error = capsys.readouterr().err
    assert told in error
    assert error.count("\n") == 1
    assert not out.exists()


def test_a_folder_with_files_is_left_alone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Nothing that is there is written over."""
    (tmp_path / "kept.txt").write_text("mine")
    assert main(["record", "--out", str(tmp_path)]) == 2
    assert "not an empty folder" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["kept.txt"]
