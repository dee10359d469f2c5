"""A score by hand, with figures that are told apart at a glance."""

import math

from service.heatmap import BySide
from service.heatmap.skill import ExtremeScore, PredictorScore, Score, SideScore
from service.heatmap.stats import Interval

UNKNOWN = Interval(math.nan, math.nan, math.nan)
SIDE = SideScore(bars=700, extreme_bars=60, r2_path=0.3, r2_with_map=0.4, r2_gain=0.1, partial_spearman=0.2)


def around(value: float) -> Interval:
    """Return a figure with an interval of a tenth on either side."""
    return Interval(value, value - 0.1, value + 0.1)


def score_by_hand(*, resamples: int = 400) -> Score:
    """Return a score of thirty days in which the short side says nothing of the path."""
    other = SideScore(
        bars=690, extreme_bars=50, r2_path=math.nan, r2_with_map=0.4, r2_gain=math.nan, partial_spearman=0.2
    )
    return Score(
        days=30,
        resamples=resamples,
        seed=7,
        r2_gain=around(0.11),
        r2_path=around(0.31),
        r2_with_map=around(0.42),
        rank_gain=around(-0.05),
        extreme_rank_gain=UNKNOWN,
        partial_spearman=around(0.2),
        sides=BySide(SIDE, other),
        extremes=(ExtremeScore("map", around(0.5), None), ExtremeScore("range", around(0.4), around(0.1))),
        predictors=(
            PredictorScore("map", around(0.6), around(0.7), None, None),
            PredictorScore("range", around(0.5), around(0.6), around(0.1), UNKNOWN),
        ),
    )
