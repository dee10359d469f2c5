"""Score: how well a map predicted realised liquidations, beyond what the price path alone predicts.

Nearness wins any hit-rate contest, so every score is conditional on the path: did the bars whose paths touched more of
the map liquidate more than path measures say? Three figures sum it up, each with a 95 % interval from resampling days:

H1   r2_gain            R2 of log liquidations, out of sample, that the map adds to the path baselines
H2   rank_gain          Spearman of the map with liquidations, less that of the best simple baseline, RANK_BASELINE
EXT  extreme_rank_gain  the same against the same baseline, in those bars alone that set a new 24-bar extreme, where
                        being near the price no longer helps
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.errors import BadInput
from service.heatmap.base.side import BySide, Side
from service.heatmap.skill.baselines import Baselines, Sides, path_baselines
from service.heatmap.skill.checks import check_columns, scored_bars, usable_bars
from service.heatmap.skill.figures import ExtremeScore, Gains, PredictorScore, Score, SideScore
from service.heatmap.skill.regression import Halves, path_features
from service.heatmap.skill.side import BESIDE, EXTREME_PREDICTORS, MAP, SideResamples, SideSkill
from service.heatmap.stats.bootstrap import LEAST_RESAMPLES, Interval, day_counts, interval_of
from service.times import DAY_MS

BURN = 168
RESAMPLES = 400
# What the map's rank correlation is held against, over all bars and in new extremes.
RANK_BASELINE = "wick_excursion"


def score_predictions(
    bars: Bars,
    liquidated: Sides,
    swept: Sides,
    *,
    burn: int = BURN,
    test_from: int | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Score:
    """Score a map's predictions against what was liquidated.

    What does not vary is not judged: with predictions that are the same in every bar, or a price that never moves, the
    figures that would rest on it are NaN.

    Parameters
    ----------
    bars : Bars
        T bars, oldest first; gaps are allowed. Without any open interest the baseline that needs it is left out.
    liquidated : BySide of float64[T]
        Realised in each bar, any unit; NaN where not known.
    swept : BySide of float64[T]
        Predicted for each bar, any unit, from the map as it stood before the bar; NaN where there is no prediction.
    burn : int
        Bars at the start that are not scored, while baselines and map warm up.
    test_from : int, optional
        Score bars that open at this time or later only, epoch ms.
    resamples : int
        How many resamples of whole days give the intervals; LEAST_RESAMPLES or more, or 0 for figures without
        intervals.
    seed : int
        The same seed, 0 or more, gives the same intervals.

    Returns
    -------
    Score
        Every figure with its baseline and its interval.

    Raises
    ------
    BadInput
        Naming the argument that cannot be used.
    ValueError
        Where the arrays are not aligned with the bars.
    """
    _check(bars, liquidated, (swept,), resamples, seed)
    baselines, scored = path_baselines(bars), scored_bars(bars, burn, test_from)
    skills, days = _skills(bars, liquidated, (swept,), baselines, scored)
    counts = day_counts(days, resamples, seed)
    return _score((MAP, *baselines), skills, BySide(*(skill.resampled(counts) for skill in skills)), days, seed)


def score_beside(
    bars: Bars,
    liquidated: Sides,
    maps: tuple[Sides, Sides],
    baselines: Baselines,
    *,
    burn: int = BURN,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> tuple[Score, Gains]:
    """Return the score of the first of two maps' predictions, and H1, H2 and EXT of the other's over the same bars.

    They are what `score_predictions` makes of either, of bars in which both have a prediction: the other must have one
    wherever the first has. `baselines` are those of `path_baselines`.
    """
    _check(bars, liquidated, maps, resamples, seed)
    skills, days = _skills(bars, liquidated, maps, baselines, scored_bars(bars, burn, None))
    counts = day_counts(days, resamples, seed)
    resampled, names = BySide(*(skill.resampled(counts) for skill in skills)), (MAP, *baselines)
    return _score(names, skills, resampled, days, seed), _gains(names, resampled, -1)


def _check(bars: Bars, liquidated: Sides, maps: Sequence[Sides], resamples: int, seed: int) -> None:
    """Raise BadInput naming an option, or ValueError naming a column, that cannot be used."""
    if resamples != 0 and resamples < LEAST_RESAMPLES:
        raise BadInput("resamples", f"must be 0 or at least {LEAST_RESAMPLES}, not {resamples}")
    if seed < 0:
        raise BadInput("seed", f"must be 0 or more, not {seed}")
    given = zip(("liquidated", "swept", "swept_beside"), (liquidated, *maps), strict=False)
    check_columns(bars, {f"{name}_{side}": values[side] for name, values in given for side in Side})


def _skills(
    bars: Bars, liquidated: Sides, maps: Sequence[Sides], baselines: Baselines, scored: NDArray[np.bool_]
) -> tuple[BySide[SideSkill], int]:
    """Return what is scored of both sides, and on how many days; raises BadInput where it is too little."""
    rows = BySide(*(usable_bars(bars, scored, liquidated[side], maps[0][side], side) for side in Side))
    # Days on which neither side is known would be drawn for nothing.
    days = np.unique(bars.time[np.union1d(*rows)] // DAY_MS)
    day = BySide(*(np.searchsorted(days, bars.time[own] // DAY_MS) for own in rows))
    skills = BySide(*(_side(rows[side], day[side], baselines, liquidated, maps, side) for side in Side))
    return skills, len(days)


def _side(
    rows: NDArray[np.intp],
    day: NDArray[np.int64],
    baselines: Baselines,
    liquidated: Sides,
    maps: Sequence[Sides],
    side: Side,
) -> SideSkill:
    real, (mine, *beside) = liquidated[side][rows], [swept[side][rows] for swept in maps]
    halves = Halves(path_features(baselines, side)[rows], real)
    predictions = {MAP: mine} | {name: sides[side][rows] for name, sides in baselines.items()}
    predictions |= dict(zip((BESIDE,), beside, strict=False))
    return SideSkill(predictions, real, [halves.losses(swept) for swept in (mine, *beside)], day)


def _score(
    names: Sequence[str], cases: BySide[SideSkill], resampled: BySide[SideResamples], days: int, seed: int
) -> Score:
    (long, short), gains = resampled, _gains(names, resampled, 0)
    return Score(
        days=days,
        resamples=len(long.r2_path) - 1,
        seed=seed,
        r2_gain=gains.r2_gain,
        r2_path=_mean(long.r2_path, short.r2_path),
        r2_with_map=_mean(long.r2_with_map[0], short.r2_with_map[0]),
        rank_gain=gains.rank_gain,
        extreme_rank_gain=gains.extreme_rank_gain,
        partial_spearman=_mean(long.partial, short.partial),
        sides=BySide(_side_score(cases.long, long), _side_score(cases.short, short)),
        extremes=tuple(_extreme(name, row, long, short) for row, name in enumerate(EXTREME_PREDICTORS)),
        predictors=tuple(_predictor(name, row, long, short) for row, name in enumerate(names)),
    )


def _gains(names: Sequence[str], resampled: BySide[SideResamples], row: int) -> Gains:
    """Return H1, H2 and EXT of the map in a row of either side's resamples: the first, or the last beside it."""
    long, short = resampled
    return Gains(
        _mean(long.r2_gain[row], short.r2_gain[row]),
        _lead(long.spearman, short.spearman, names.index(RANK_BASELINE), row),
        _lead(long.extreme_spearman, short.extreme_spearman, EXTREME_PREDICTORS.index(RANK_BASELINE), row),
    )


def _mean(long: Floats, short: Floats) -> Interval:
    return interval_of((long + short) / 2)


def _lead(long: Floats, short: Floats, row: int, ahead: int = 0) -> Interval:
    """Return by how much the map, row `ahead` of either side's float64[P, 1 + resamples], is over predictor `row`."""
    return _mean(long[ahead] - long[row], short[ahead] - short[row])


def _side_score(case: SideSkill, resampled: SideResamples) -> SideScore:
    return SideScore(
        bars=case.bars,
        extreme_bars=case.extreme_bars,
        r2_path=float(resampled.r2_path[0]),
        r2_with_map=float(resampled.r2_with_map[0, 0]),
        r2_gain=float(resampled.r2_gain[0, 0]),
        partial_spearman=float(resampled.partial[0]),
    )


def _predictor(name: str, row: int, long: SideResamples, short: SideResamples) -> PredictorScore:
    """Sum up predictor `row`; the map is row 0."""
    return PredictorScore(
        name=name,
        spearman=_mean(long.spearman[row], short.spearman[row]),
        capture=_mean(long.capture[row], short.capture[row]),
        spearman_lead=_lead(long.spearman, short.spearman, row) if row else None,
        capture_lead=_lead(long.capture, short.capture, row) if row else None,
    )


def _extreme(name: str, row: int, long: SideResamples, short: SideResamples) -> ExtremeScore:
    """Sum up one of EXTREME_PREDICTORS; the map is row 0."""
    long_rank, short_rank = long.extreme_spearman, short.extreme_spearman
    lead = _lead(long_rank, short_rank, row) if row else None
    return ExtremeScore(name, _mean(long_rank[row], short_rank[row]), lead)
