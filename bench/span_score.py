"""One market's H1, H2 and EXT over spans of its hours, and the paired gain of one model over another."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bench.hour_table import Hours
from service.heatmap.bars import Floats
from service.heatmap.day_bootstrap import DAY_MS, Estimate, day_counts, estimate
from service.heatmap.out_of_sample import out_of_sample, path_features
from service.heatmap.path_baselines import path_baselines
from service.heatmap.side_skill import MAP, SideSkill
from service.heatmap.skill import H2_BASELINE, score
from service.heatmap.skill_input import scored_bars, usable_bars

FIGURES = ("H1", "H2", "EXT")


@dataclass(frozen=True)
class Span:
    """Bars scored together: from `burn` bars on and from the time `start`, before the time `stop`; epoch ms."""

    label: str
    burn: int
    start: int | None = None
    stop: int | None = None


def figures(hours: Hours, swept: tuple[Floats, Floats], span: Span, boot: int) -> tuple[Estimate, ...]:
    """Return FIGURES over one span."""
    count = len(hours.bars) if span.stop is None else int(np.searchsorted(hours.bars.time, span.stop))
    long, short = (amounts[:count] for amounts in hours.liquidated)
    made = score(
        hours.bars.part(0, count),
        long,
        short,
        swept[0][:count],
        swept[1][:count],
        burn=span.burn,
        test_from=span.start,
        boot=boot,
    )
    return made.h1, made.h2, made.extremes.lead_wick_excursion


def gains(
    markets: Sequence[Hours],
    model: Sequence[tuple[Floats, Floats]],
    against: Sequence[tuple[Floats, Floats]],
    burn: int,
    boot: int,
) -> tuple[Estimate, ...]:
    """Return FIGURES of `model` less those of `against`, mean of markets; the same days are drawn in all of them."""
    days = np.unique(np.concatenate([hours.bars.time[burn:] // DAY_MS for hours in markets]))
    counts = day_counts(len(days), boot, 0)
    differences = [
        _draws(hours, mine, days, counts, burn) - _draws(hours, theirs, days, counts, burn)
        for hours, mine, theirs in zip(markets, model, against, strict=True)
    ]
    return tuple(estimate(draws) for draws in np.mean(differences, axis=0))


def _draws(hours: Hours, swept: tuple[Floats, Floats], days: Floats, counts: Floats, burn: int) -> Floats:
    """Return float64[3, 1 + boot]: FIGURES of each resampling, up to what is the same for all models."""
    bars, sides = hours.bars, []
    baselines, scored = path_baselines(bars), scored_bars(bars, burn, None)
    for side, name in enumerate(("long", "short")):
        liquidated, mine = hours.liquidated[side], swept[side]
        rows = usable_bars(bars, scored, liquidated, mine, name)
        predictions = {MAP: mine[rows]} | {key: both[side][rows] for key, both in baselines.items()}
        losses = out_of_sample(path_features(baselines, side)[rows], mine[rows], liquidated[rows])
        day = np.searchsorted(days, bars.time[rows] // DAY_MS)
        draws = SideSkill(predictions, liquidated[rows], losses, day).draws(counts)
        rank, extreme = draws.spearman, draws.extreme_spearman
        wick = list(predictions).index(H2_BASELINE)
        sides.append(np.stack([draws.gain, rank[0] - rank[wick], extreme[0] - extreme[2]]))
    mean: Floats = (sides[0] + sides[1]) / 2.0
    return mean
