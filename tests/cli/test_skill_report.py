"""A score as text: every figure with its interval, and what is not defined said so."""

from dataclasses import replace

from service.cli.skill_report import skill_report
from service.heatmap.skill import verdict_on
from service.heatmap.stats import Interval
from tests.support.hand_score import score_by_hand

LINES = skill_report(score_by_hand()).splitlines()


def line(begins: str) -> str:
    """Return the line that begins so."""
    (found,) = [each for each in LINES if each.startswith(begins)]
    return found


def test_the_verdict_comes_first() -> None:
    """As the scorer words it."""
    assert LINES[0] == verdict_on(score_by_hand())


def test_headlines_have_signs_and_intervals() -> None:
    """H1 and H2 as differences, and a figure that cannot be reckoned in words."""
    assert line("H1 ").endswith("+0.110 [+0.010, +0.210]")
    assert line("H2 ").endswith("-0.050 [-0.150, +0.050]")
    assert line("EXT ").endswith("not defined")
    assert any(each.endswith("0.310 [0.210, 0.410]") for each in LINES)


def test_each_predictor_has_its_row() -> None:
    """The map leads nobody but the others: its own row has no lead."""
    rows = [each.split() for each in LINES if each.startswith(("map ", "range "))]
    assert [row[0] for row in rows] == ["map", "range", "map", "range"]
    assert rows[0][1:] == ["0.600", "[0.500,", "0.700]", "0.700", "[0.600,", "0.800]"]
    assert rows[1][-2:] == ["not", "defined"]
    assert rows[3][-3:] == ["+0.100", "[+0.000,", "+0.200]"]


def test_how_much_was_scored_comes_last() -> None:
    """By side, with days, resamples and seed."""
    assert line("bars: ") == (
        "bars: long 700 (60 with a new extreme), short 690 (50 with a new extreme); days 30; resamples 400, seed 7"
    )


def test_without_resamples_figures_stand_alone() -> None:
    """No interval is made up."""
    bare = replace(score_by_hand(resamples=0), r2_gain=Interval(0.11, float("nan"), float("nan")))
    assert next(each for each in skill_report(bare).splitlines() if each.startswith("H1 ")).endswith(" +0.110")
