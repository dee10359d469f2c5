"""The commands: they do their work, or say in one sentence what stands in its way."""

import csv
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from service.app import create_app
from service.cli import main as cli
from service.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
T0, HOUR = 1_748_736_000_000, 3_600_000


@pytest.fixture
def bars(tmp_path: Path) -> Path:
    """Return a table of 200 wavy hours."""
    path = tmp_path / "bars.csv"
    hours = np.arange(201)
    price = 100.0 + 5.0 * np.sin(hours / 9.0) + 2.0 * np.sin(hours / 2.3)
    lines = ["ts,o,h,l,c,v,oi"]
    for n in range(200):
        high, low = max(price[n : n + 2]) + 0.5, min(price[n : n + 2]) - 0.5
        lines.append(f"{T0 + n * HOUR},{price[n]},{high},{low},{price[n + 1]},50,{1000 + n % 7}")
    path.write_text("\n".join(lines) + "\n")
    return path


def read(path: Path) -> list[list[str]]:
    """Return the rows of a CSV file."""
    with path.open(newline="") as file:
        return list(csv.reader(file))


def test_predict_writes_a_row_for_each_bar(bars: Path, tmp_path: Path) -> None:
    """Header, one row a bar with its time, and amounts of 0 or more of which some are above 0."""
    out = tmp_path / "out.csv"
    assert cli.main(["predict", "--bars", str(bars), "--out", str(out)]) == 0
    header, *rows = read(out)
    assert header == ["ts", "swept_long", "swept_short"]
    assert len(rows) == 200
    assert rows[0][0] == "2025-06-01T00:00:00Z"
    amounts = np.array([row[1:] for row in rows], dtype=float)
    assert (amounts >= 0).all()
    assert (amounts.sum(axis=0) > 0).all()


def test_heat_writes_a_row_for_each_bar(bars: Path, tmp_path: Path) -> None:
    """Header, one row a bar, heat between 0 and 1 or nothing; another mix gives other heat."""
    out, other = tmp_path / "heat.csv", tmp_path / "other.csv"
    assert cli.main(["heat", "--bars", str(bars), "--out", str(out)]) == 0
    assert cli.main(["heat", "--bars", str(bars), "--out", str(other), "--mix", "bands"]) == 0
    header, *rows = read(out)
    assert header == ["ts", "heat_long", "heat_short"]
    assert len(rows) == 200
    heat = np.array([float(cell) for row in rows for cell in row[1:] if cell])
    assert len(heat) > 100
    assert ((heat >= 0) & (heat <= 1)).all()
    assert heat.max() > heat.min()
    assert out.read_bytes() != other.read_bytes()


def test_predict_takes_assumptions(bars: Path, tmp_path: Path) -> None:
    """Another mix and another churn give other amounts; the same give the same bytes."""
    asked = [[], [], ["--mix", "degen"], ["--mix", "5:0.3,10:0.7"], ["--churn", "0.3"]]
    written = []
    for n, options in enumerate(asked):
        out = tmp_path / f"{n}.csv"
        assert cli.main(["predict", "--bars", str(bars), "--out", str(out), *options]) == 0
        written.append(out.read_bytes())
    assert written[0] == written[1]
    assert len(set(written)) == 4


@pytest.mark.parametrize("options", [["--port", "80"], ["--boot", "50"], ["--mix"]])
def test_options_of_another_command(
    bars: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], options: list[str]
) -> None:
    """An option that predict does not have, or without its value, ends with code 2 and its name."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["predict", "--bars", str(bars), "--out", str(tmp_path / "out.csv"), *options])
    assert ended.value.code == 2
    assert options[0] in capsys.readouterr().err


def test_a_bad_table(bars: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The error names row and column, once, and nothing is written."""
    bars.write_text(bars.read_text().replace(",50,1003", ",-50,1003", 1))
    assert cli.main(["predict", "--bars", str(bars), "--out", str(tmp_path / "out.csv")]) == 2
    error = capsys.readouterr().err
    assert "row 5, column v" in error
    assert error.count("\n") == 1
    assert not (tmp_path / "out.csv").exists()


@pytest.mark.parametrize("out", ["nowhere/out.csv", "."])
def test_an_output_that_cannot_be_written(
    bars: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], out: str
) -> None:
    """The path is named, without a stack."""
    assert cli.main(["predict", "--bars", str(bars), "--out", str(tmp_path / out)]) == 2
    assert str(tmp_path) in capsys.readouterr().err


@pytest.mark.parametrize("kind", ["the same", "another way", "symbolic link", "hard link"])
def test_what_is_read_is_not_overwritten(
    bars: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    """Whatever name --out gives the table, it stays as it is."""
    before, out = bars.read_bytes(), tmp_path / "other.csv"
    if kind == "symbolic link":
        out.symlink_to(bars)
    elif kind == "hard link":
        out.hardlink_to(bars)
    else:
        out = bars if kind == "the same" else tmp_path / ".." / tmp_path.name / bars.name
    assert cli.main(["predict", "--bars", str(bars), "--out", str(out)]) == 2
    assert "--out is the table that --bars reads" in capsys.readouterr().err
    assert bars.read_bytes() == before


@pytest.mark.slow
def test_standard_input_and_output(bars: Path, tmp_path: Path) -> None:
    """A dash takes the place of either file, and gives the same bytes."""
    out = tmp_path / "out.csv"
    assert cli.main(["predict", "--bars", str(bars), "--out", str(out)]) == 0
    command = [sys.executable, "-m", "service.cli.main", "predict", "--bars", "-", "--out", "-"]
    done = subprocess.run(command, cwd=ROOT, input=bars.read_bytes(), capture_output=True, check=True, timeout=60)
    assert done.stdout == out.read_bytes()
    assert done.stderr == b""


@pytest.mark.slow
def test_errors_of_standard_input_say_so(bars: Path) -> None:
    """There is no path to name."""
    command = [sys.executable, "-m", "service.cli.main", "skill", "--bars", "-"]
    table = bars.read_text().replace(",50,1003", ",-50,1003", 1)
    done = subprocess.run(command, cwd=ROOT, input=table, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == "standard input: row 5, column v: is below 0\n"


def test_warnings_name_the_table(bars: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is doubtful is told on standard error, and the work is done."""
    lines = bars.read_text().splitlines()
    del lines[100:136]
    bars.write_text("\n".join(lines) + "\n")
    assert cli.main(["predict", "--bars", str(bars), "--out", str(tmp_path / "out.csv")]) == 0
    assert capsys.readouterr().err.startswith(f"{bars}: 36 bars are missing, 36 hours in all: ")


def test_openapi_prints_the_contract(capsys: pytest.CaptureFixture[str]) -> None:
    """The command prints what the service serves."""
    assert cli.main(["openapi"]) == 0
    assert capsys.readouterr().out == create_app(Settings()).test_client().get("/openapi.yaml").text


@pytest.mark.parametrize("arguments", [[], ["unknown"], ["predict"]])
def test_usage(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> None:
    """Without a command, or with a wrong one, the usage is printed."""
    with pytest.raises(SystemExit) as ended:
        cli.main(arguments)
    assert ended.value.code == 2
    assert "usage:" in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize(
    "command",
    [
        [str(Path(sys.executable).parent / "liquidation-heatmap"), "serve"],
        [sys.executable, "-m", "gunicorn", "--config", "python:service.ops.gunicorn",
         "service.app:create_app_from_environment()"],
    ],
)  # fmt: skip
def test_a_bad_setting_stops_the_start(command: list[str]) -> None:
    """However it is started, the server says which setting is wrong and ends without a stack."""
    environment = os.environ | {"LH_EXCHANGES": "mtgox", "LH_BIND": "127.0.0.1:1"}
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode != 0
    assert "LH_EXCHANGES: mtgox" in done.stderr
    assert "Traceback" not in done.stderr
