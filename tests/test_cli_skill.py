"""The skill command: the scorer's figures for a table, or one sentence on what stands in its way."""

import re
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from service import cli
from service.heatmap.assumptions import Assumptions, Venue
from service.heatmap.leverage import parse_mix
from service.heatmap.margin_tiers import flat_tiers
from service.heatmap.predict import swept
from service.heatmap.skill import score, verdict
from service.market.table import read_bars
from tests.heatmap.skill_market import Case, market
from tests.shared_data import HOURS, requires_shared

VENUE = Venue("binance", flat_tiers(cli.TYPICAL_RATE, max_leverage=cli.TYPICAL_LEVERAGE))
FIGURE = re.compile(r"^(H1|H2|EXT) +([+-]\d\.\d{3})  95 % interval ([+-]\d\.\d{3}) to ([+-]\d\.\d{3})$", re.MULTILINE)


def write(path: Path, case: Case, columns: tuple[str, str] = ("liq_long", "liq_short")) -> Path:
    """Write a market with its liquidations as a table; liquidations in base coin are divided by the close."""
    bars, (long, short) = case.bars, case.liquidated
    if columns[0].startswith("liquidated"):
        long, short = long / bars.close, short / bars.close
    table = zip(bars.time, bars.open, bars.high, bars.low, bars.close, bars.volume, bars.open_interest, long, short,
                strict=True)  # fmt: skip
    lines = [",".join(repr(value.item()) for value in row) for row in table]
    path.write_text("\n".join([",".join(["ts", "o", "h", "l", "c", "v", "oi", *columns]), *lines]) + "\n")
    return path


@pytest.fixture(scope="module")
def case() -> Case:
    """Return a month of a made-up market."""
    return market(4, days=30)


@pytest.fixture
def table(case: Case, tmp_path: Path) -> Path:
    """Return it as a table."""
    return write(tmp_path / "bars.csv", case)


def told(capsys: pytest.CaptureFixture[str], *options: object) -> str:
    """Return what the command prints, which must succeed without a complaint."""
    assert cli.main(["skill", *map(str, options)]) == 0
    printed = capsys.readouterr()
    assert printed.err == ""
    return printed.out


@pytest.mark.parametrize(
    ("options", "mix", "burn", "boot", "seed"),
    [
        ([], "default", 168, 400, 0),
        (["--mix", "retail", "--burn", "48", "--boot", "50", "--seed", "3"], "retail", 48, 50, 3),
    ],
)
def test_figures_are_the_scorers_own(
    capsys: pytest.CaptureFixture[str], table: Path, case: Case, options: list[str], mix: str, burn: int, boot: int,
    seed: int,
) -> None:  # fmt: skip
    """The verdict in words, then H1, H2 and EXT with their intervals, and how much was scored."""
    out = told(capsys, "--bars", table, *options)
    bars = read_bars(table)
    predicted = swept(bars, Assumptions(mix=parse_mix(mix)), VENUE)
    direct = score(bars, *case.liquidated, *predicted, burn=burn, boot=boot, seed=seed)
    assert out.splitlines()[0] == verdict(direct)
    figures = {name: tuple(map(float, rest)) for name, *rest in FIGURE.findall(out)}
    for name, figure in (("H1", direct.h1), ("H2", direct.h2), ("EXT", direct.extremes.lead_wick_excursion)):
        assert figures[name] == pytest.approx((figure.value, figure.low, figure.high), abs=6e-4)
    assert f"bars {direct.long.bars} (long), {direct.short.bars} (short); days {direct.days}" in out


def test_either_unit_of_liquidations(capsys: pytest.CaptureFixture[str], case: Case, tmp_path: Path) -> None:
    """In any unit as liq_..., or in base coin as liquidated_...: the same market scores the same."""
    one = told(capsys, "--bars", write(tmp_path / "one.csv", case), "--boot", 20)
    other = told(
        capsys, "--bars", write(tmp_path / "two.csv", case, ("liquidated_long", "liquidated_short")), "--boot", 20
    )
    assert one == other


def test_later_bars_alone(capsys: pytest.CaptureFixture[str], table: Path, case: Case) -> None:
    """From a time on: fewer bars, and the zone of a time without one is UTC."""
    half = int(case.bars.time[len(case.bars) // 2]) / 1000
    day = np.datetime64(int(half), "s").astype(str)
    found = [told(capsys, "--bars", table, "--test-from", text, "--boot", 20) for text in (day, f"{day}+00:00")]
    assert found[0] == found[1]
    assert "bars 360 (long)" in found[0]


def test_hours_without_a_figure_are_left_out(capsys: pytest.CaptureFixture[str], table: Path) -> None:
    """An empty cell is not zero: that hour is not scored on that side."""
    lines = table.read_text().splitlines()
    lines[-5] = lines[-5].rsplit(",", 2)[0] + ",,7"
    table.write_text("\n".join(lines) + "\n")
    assert "bars 551 (long), 552 (short)" in told(capsys, "--bars", table, "--boot", 20)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda text: text.replace("liq_long", "liquid_long", 1), "liq_long"),
        (
            lambda text: re.sub(r",[^,\n]*\n", ",-5\n", text.replace("\n", "\r", 1), count=1).replace("\r", "\n"),
            "row 2",
        ),
        (lambda text: "\n".join(text.splitlines()[:200]) + "\n", "at least 10 are needed"),
        (lambda text: text[:0], "row 1"),
    ],
)
def test_a_table_that_cannot_be_scored(
    capsys: pytest.CaptureFixture[str], table: Path, change: object, words: str
) -> None:
    """A missing column, a negative amount, too few days or nothing: code 2, one line that says what and where."""
    assert callable(change)
    table.write_text(change(table.read_text()))
    assert cli.main(["skill", "--bars", str(table)]) == 2
    printed = capsys.readouterr()
    assert printed.out == ""
    assert words in printed.err
    assert printed.err.count("\n") == 1
    assert "Traceback" not in printed.err


@pytest.mark.parametrize(
    "options", [["--test-from", "yesterday"], ["--mix", "nonsense"], ["--burn", "few"], ["--boot", "x"], ["--out", "x"]]
)
def test_bad_options(capsys: pytest.CaptureFixture[str], table: Path, options: list[str]) -> None:
    """A wrong option ends with code 2 and its name."""
    with pytest.raises(SystemExit) as ended:
        cli.main(["skill", "--bars", str(table), *options])
    assert ended.value.code == 2
    assert options[0] in capsys.readouterr().err


@pytest.mark.parametrize("options", [["--burn", "-1"]])
def test_options_out_of_range(capsys: pytest.CaptureFixture[str], table: Path, options: list[str]) -> None:
    """The scorer's own refusal is passed on in one line."""
    assert cli.main(["skill", "--bars", str(table), *options]) == 2
    assert options[0].removeprefix("--") in capsys.readouterr().err


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Named, without a stack."""
    assert cli.main(["skill", "--bars", str(tmp_path / "none.csv")]) == 2
    assert "none.csv" in capsys.readouterr().err


@requires_shared
def test_real_hours_from_the_console() -> None:
    """The installed command scores the measuring hours of one market."""
    command = [sys.executable, "-c", "import sys; from service.cli import main; sys.exit(main(sys.argv[1:]))"]
    done = subprocess.run(
        [*command, "skill", "--bars", str(HOURS / "BTCUSDT.csv"), "--boot", "50"],
        capture_output=True, text=True, check=False, timeout=60, cwd=Path(__file__).resolve().parents[1],
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert {name for name, *_ in FIGURE.findall(done.stdout)} == {"H1", "H2", "EXT"}


def test_headers_are_read_in_any_case(capsys: pytest.CaptureFixture[str], table: Path, tmp_path: Path) -> None:
    """As predict does: upper case and spaces in the header change nothing."""
    header, rest = table.read_text().split("\n", maxsplit=1)
    loud = tmp_path / "loud.csv"
    loud.write_text(", ".join(header.upper().split(",")) + "\n" + rest)
    assert told(capsys, "--bars", loud, "--boot", 5) == told(capsys, "--bars", table, "--boot", 5)
