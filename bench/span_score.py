"""H1, H2 and EXT of one market over a span of its hours, and of several over all, resampled together."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.hour_table import Hours
from service.heatmap import BySide, Side, score_predictions
from service.heatmap.base import Floats, Times
from service.heatmap.skill import (
    EXTREME_PREDICTORS,
    MAP,
    RANK_BASELINE,
    SideSkill,
    out_of_sample,
    path_baselines,
    path_features,
    scored_bars,
    usable_bars,
)
from service.heatmap.stats import Interval, day_counts
from service.times import DAY_MS

FIGURES = ("H1", "H2", "EXT")


@dataclass(frozen=True)
class Span:
    """Bars scored together: from `burn` bars on and from the time `start`, before the time `stop`; epoch ms."""

    label: str
    burn: int
    start: int | None = None
    stop: int | None = None


def figures(hours: Hours, swept: BySide[Floats], span: Span, boot: int) -> tuple[Interval, ...]:
    """Return FIGURES over one span."""
    count = len(hours.bars) if span.stop is None else int(np.searchsorted(hours.bars.time, span.stop))
    made = score_predictions(
        hours.bars.part(0, count),
        BySide(*(amounts[:count] for amounts in hours.liquidated)),
        BySide(*(amounts[:count] for amounts in swept)),
        burn=span.burn,
        test_from=span.start,
        resamples=boot,
    )
    return made.r2_gain, made.rank_gain, made.extreme_rank_gain


def draws(markets: Sequence[Hours], model: Sequence[BySide[Floats]], burn: int, boot: int) -> Floats:
    """Return float64[3, 1 + boot]: FIGURES, mean of markets, of the sample and of each resampling of its days.

    The same days are drawn in all markets and for all models, so that differences of two models' draws are paired.
    """
    days = np.unique(np.concatenate([hours.bars.time[burn:] // DAY_MS for hours in markets]))
    counts = day_counts(len(days), boot, 0)
    found = [_market_draws(hours, swept, days, counts, burn) for hours, swept in zip(markets, model, strict=True)]
    mean: Floats = np.mean(found, axis=0)
    return mean


def _market_draws(hours: Hours, swept: BySide[Floats], days: Times, counts: Floats, burn: int) -> Floats:
    """Return float64[3, 1 + boot]: FIGURES of one market."""
    bars, sides = hours.bars, []
    baselines, scored = path_baselines(bars), scored_bars(bars, burn, None)
    for side in Side:
        liquidated, mine = hours.liquidated[side], swept[side]
        rows = usable_bars(bars, scored, liquidated, mine, side)
        predictions = {MAP: mine[rows]} | {key: both[side][rows] for key, both in baselines.items()}
        losses = out_of_sample(path_features(baselines, side)[rows], mine[rows], liquidated[rows])
        day = np.searchsorted(days, bars.time[rows] // DAY_MS)
        drawn = SideSkill(predictions, liquidated[rows], [losses], day).resampled(counts)
        rank, extreme = drawn.spearman, drawn.extreme_spearman
        wick, there = list(predictions).index(RANK_BASELINE), EXTREME_PREDICTORS.index(RANK_BASELINE)
        sides.append(np.stack([drawn.r2_gain[0], rank[0] - rank[wick], extreme[0] - extreme[there]]))
    mean: Floats = (sides[0] + sides[1]) / 2.0
    return mean
