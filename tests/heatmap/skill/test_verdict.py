"""The verdict: what the intervals allow to be said, each figure with the baseline that it is held against."""

import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from service.heatmap.base.side import BySide
from service.heatmap.skill.baselines import path_baselines
from service.heatmap.skill.figures import Score
from service.heatmap.skill.score import RANK_BASELINE, score_predictions
from service.heatmap.skill.verdict import BASELINE, verdict_on
from service.heatmap.stats.bootstrap import Interval
from tests.support.skill_market import market

ABOVE, ACROSS, BELOW = (0.01, 0.05), (-0.01, 0.05), (-0.05, -0.01)
NAN = math.nan


@pytest.fixture(scope="module")
def found() -> Score:
    """Return the score of a map that knows."""
    case = market(30)
    return score_predictions(case.bars, case.liquidated, case.predicted, burn=48, resamples=50)


@pytest.mark.parametrize(
    ("ends", "words"),
    [
        (ABOVE, "The map adds skill beyond the price path."),
        (ACROSS, "The map cannot be told from the price path alone: its gain may be chance."),
        (BELOW, "The map is worse than the price path alone: using it loses skill."),
    ],
)
def test_the_first_sentence_is_h1s(found: Score, ends: tuple[float, float], words: str) -> None:
    """Whatever H2 and EXT are, what H1's interval allows comes first."""
    told = verdict_on(replace(found, r2_gain=Interval(0.02, *ends)))
    assert told.startswith(f"{words} H1: ")
    assert f"the map adds +0.020 (95 % interval {ends[0]:+.3f} to {ends[1]:+.3f})" in told


@pytest.mark.parametrize(("figure", "start"), [("rank_gain", "H2: "), ("extreme_rank_gain", "EXT: ")])
@pytest.mark.parametrize(
    ("ends", "words"), [(ABOVE, "ahead of"), (ACROSS, "indistinguishable from"), (BELOW, "behind")]
)
def test_h2_and_ext_name_their_baseline(
    found: Score, figure: str, start: str, ends: tuple[float, float], words: str
) -> None:
    """Each says against what, on which side, and by how much."""
    changed: dict[str, Any] = {figure: Interval(0.02, *ends)}
    told = verdict_on(replace(found, **changed))
    own = told.split(start)[1].split(". ")[0]
    assert f"it is {words} {BASELINE}: +0.020 (95 % interval {ends[0]:+.3f} to {ends[1]:+.3f})" in own


def test_ext_is_the_lead_over_that_baseline_and_no_other(found: Score) -> None:
    """Not the least and not the greatest of the three leads, whichever that is, but the one that is named."""
    spoiled = tuple(
        replace(row, lead=None if row.lead is None else Interval(9.0 if row.name == "wick" else -9.0, -9.0, 9.0))
        for row in found.extremes
    )
    assert verdict_on(replace(found, extremes=spoiled)) == verdict_on(found)
    assert f"{BASELINE}: {found.extreme_rank_gain.value:+.3f}" in verdict_on(found).split("EXT: ")[1]


def test_the_baseline_in_words_is_the_one_that_is_taken() -> None:
    """Wick and a quarter of the excursion, as the page says."""
    assert BASELINE == "wick + 0.25 excursion"
    found = path_baselines(market(30).bars)
    for named, wick, excursion in zip(found[RANK_BASELINE], found["wick"], found["excursion"], strict=True):
        np.testing.assert_allclose(named, wick + 0.25 * excursion)


def test_the_path_and_the_sample_are_told(found: Score) -> None:
    """What the path explains without the map, and in how many bars EXT was looked at."""
    told = verdict_on(found)
    assert f"the path alone explains {found.r2_path.value:.3f} of the variance of log liquidations" in told
    assert f"the {sum(side.extreme_bars for side in found.sides)} bars with a new 24-bar extreme" in told


def test_what_does_not_vary_is_not_judged() -> None:
    """A constant prediction: said in words, and never as nan."""
    case = market(28)
    flat = np.ones(len(case.bars))
    told = verdict_on(score_predictions(case.bars, case.liquidated, BySide(flat, flat), burn=48, resamples=50))
    assert told.startswith("Skill cannot be judged: predictions or liquidations do not vary enough.")
    assert told.count(f"not comparable with {BASELINE}: not defined here") == 2
    assert "what the map adds is not defined here" in told
    assert "nan" not in told


def test_without_resamples_nothing_is_judged() -> None:
    """And what is missing is not blamed on the data."""
    case = market(30)
    told = verdict_on(score_predictions(case.bars, case.liquidated, case.predicted, burn=48, resamples=0))
    assert told.startswith("Skill is not judged: that takes intervals, and so resamples.")
    assert told.count(f"not judged against {BASELINE}") == 2
    assert told.count("(no interval)") == 3
    assert "nan" not in told
