"""The skill command: the scorer's figures for a table, or one sentence on what stands in its way."""

import re
from pathlib import Path

import numpy as np
import pytest

from service.cli import main as cli
from service.cli.skill_report import skill_report
from service.cli.table.bars import read_table
from service.heatmap.inventory.assumptions import Assumptions, typical_venue
from service.heatmap.inventory.leverage import parse_mix
from service.heatmap.skill.known_only import predict_known
from service.heatmap.skill.score import score_predictions
from service.heatmap.skill.verdict import verdict_on
from tests.support.skill_market import Case, market
from tests.support.skill_table import write

FIGURE = re.compile(r"^(H1|H2|EXT) .* ([+-]\d\.\d{3}) \[([+-]\d\.\d{3}), ([+-]\d\.\d{3})\]$", re.MULTILINE)


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
    ("options", "mix", "burn", "resamples", "seed"),
    [
        ([], "default", 168, 400, 0),
        (["--mix", "retail", "--burn", "48", "--boot", "50", "--seed", "3"], "retail", 48, 50, 3),
    ],
)
def test_the_report_is_of_the_scorers_own_figures(
    capsys: pytest.CaptureFixture[str], table: Path, case: Case, options: list[str], mix: str, burn: int,
    resamples: int, seed: int,
) -> None:  # fmt: skip
    """The verdict in words, H1, H2 and EXT with their intervals, every baseline, and how much was scored."""
    out = told(capsys, "--bars", table, *options)
    bars = read_table(table).bars
    predicted = predict_known(bars, Assumptions.of(parse_mix(mix)), typical_venue())
    direct = score_predictions(bars, case.liquidated, predicted, burn=burn, resamples=resamples, seed=seed)
    assert out == skill_report(direct)
    assert out.splitlines()[0] == verdict_on(direct)
    figures = {name: tuple(map(float, rest)) for name, *rest in FIGURE.findall(out)}
    named = {"H1": direct.r2_gain, "H2": direct.rank_gain, "EXT": direct.extreme_rank_gain}
    for name, figure in named.items():
        assert figures[name] == pytest.approx((figure.value, figure.low, figure.high), abs=6e-4)


def test_either_unit_of_liquidations(capsys: pytest.CaptureFixture[str], case: Case, tmp_path: Path) -> None:
    """In any unit as liq_..., or in base coin as liquidated_...: the same market scores the same."""
    one = told(capsys, "--bars", write(tmp_path / "one.csv", case), "--boot", 50)
    other = told(
        capsys, "--bars", write(tmp_path / "two.csv", case, ("liquidated_long", "liquidated_short")), "--boot", 50
    )
    assert one == other


def test_later_bars_alone(capsys: pytest.CaptureFixture[str], table: Path, case: Case) -> None:
    """From a time on: fewer bars, and the zone of a time without one is UTC."""
    half = int(case.bars.time[len(case.bars) // 2]) / 1000
    day = np.datetime64(int(half), "s").astype(str)
    found = [told(capsys, "--bars", table, "--test-from", text, "--boot", 50) for text in (day, f"{day}+00:00")]
    assert found[0] == found[1]
    assert "bars: long 360 (" in found[0]


def test_hours_without_a_figure_are_left_out(capsys: pytest.CaptureFixture[str], table: Path) -> None:
    """An empty cell is not zero: that hour is not scored on that side."""
    lines = table.read_text().splitlines()
    lines[-5] = lines[-5].rsplit(",", 2)[0] + ",,7"
    table.write_text("\n".join(lines) + "\n")
    out = told(capsys, "--bars", table, "--boot", 50)
    assert re.search(r"bars: long 551 \(.*\), short 552 \(", out)


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
    ("options", "start", "words"),
    [
        (["--burn", "5000"], "bars.csv: ", "the bars to score lie on 0 days, at least 10 are needed"),
        (["--test-from", "2099-01-01"], "bars.csv: ", "the bars to score lie on 0 days"),
        (["--mix", "400:1"], "--mix: ", "no leverage at or under 125x"),
    ],
)
def test_what_leaves_nothing_to_score(
    capsys: pytest.CaptureFixture[str], table: Path, options: list[str], start: str, words: str
) -> None:
    """The table is named where it is too short for the options, the option where the model cannot take it."""
    assert cli.main(["skill", "--bars", str(table), *options]) == 2
    said = capsys.readouterr().err
    assert f"{start}{words}" in said
    assert said.count("\n") == 1


def test_a_file_that_is_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """Named, without a stack."""
    assert cli.main(["skill", "--bars", str(tmp_path / "none.csv")]) == 2
    assert "none.csv" in capsys.readouterr().err


def test_headers_are_read_in_any_case(capsys: pytest.CaptureFixture[str], table: Path, tmp_path: Path) -> None:
    """As predict does: upper case and spaces in the header change nothing."""
    header, rest = table.read_text().split("\n", maxsplit=1)
    loud = tmp_path / "loud.csv"
    loud.write_text(", ".join(header.upper().split(",")) + "\n" + rest)
    assert told(capsys, "--bars", loud, "--boot", 50) == told(capsys, "--bars", table, "--boot", 50)
