"""Score: how well a map predicted realised liquidations, beyond what the price path alone predicts.

Nearness wins any hit-rate contest, so every score is conditional on the path: did the bars whose paths touched more of
the map liquidate more than path measures say? Three figures sum it up, each with a 95 % interval from resampling days:

H1   r2_gain            R2 of log liquidations, out of sample, that the map adds to the path baselines
H2   rank_gain          Spearman of the map with liquidations, less that of the best simple baseline, RANK_BASELINE
EXT  extreme_rank_gain  the same against the same baseline, in those bars alone that set a new 24-bar extreme, where
                        being near the price no longer helps
"""

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.errors import BadInput
from service.heatmap.base.side import BySide, Side
from service.heatmap.skill.baselines import Sides, path_baselines
from service.heatmap.skill.checks import check_columns, scored_bars, usable_bars
from service.heatmap.skill.figures import ExtremeScore, Gains, PredictorScore, Score, SideScore
from service.heatmap.skill.regression import out_of_sample, path_features
from service.heatmap.skill.side import EXTREME_PREDICTORS, MAP, SideResamples, SideSkill
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
    names, skills, counts = _skills(bars, liquidated, swept, burn, test_from, resamples, seed)
    return _score(names, skills, counts, seed)


def score_gains(
    bars: Bars, liquidated: Sides, swept: Sides, *, burn: int = BURN, resamples: int = RESAMPLES, seed: int = 0
) -> Gains:
    """Return H1, H2 and EXT alone of what `score_predictions` makes of the same, at a fraction of its cost."""
    _, skills, counts = _skills(bars, liquidated, swept, burn, None, resamples, seed)
    long, short = (skill.gains(counts, RANK_BASELINE) for skill in skills)
    return Gains(_mean(long.r2, short.r2), _mean(long.rank, short.rank), _mean(long.extreme, short.extreme))


def _skills(
    bars: Bars, liquidated: Sides, swept: Sides, burn: int, test_from: int | None, resamples: int, seed: int
) -> tuple[tuple[str, ...], BySide[SideSkill], Floats]:
    """Return the names of the predictors, both sides' bars, and how often each day is drawn; raises BadInput."""
    if resamples != 0 and resamples < LEAST_RESAMPLES:
        raise BadInput("resamples", f"must be 0 or at least {LEAST_RESAMPLES}, not {resamples}")
    if seed < 0:
        raise BadInput("seed", f"must be 0 or more, not {seed}")
    columns = {f"liquidated_{side}": liquidated[side] for side in Side} | {
        f"swept_{side}": swept[side] for side in Side
    }
    check_columns(bars, columns)
    scored = scored_bars(bars, burn, test_from)
    baselines = path_baselines(bars)
    rows = BySide(*(usable_bars(bars, scored, liquidated[side], swept[side], side) for side in Side))
    # Days on which neither side is known would be drawn for nothing.
    days = np.unique(bars.time[np.union1d(*rows)] // DAY_MS)
    skills = BySide(*(_side(bars, rows[side], days, baselines, liquidated[side], swept[side], side) for side in Side))
    return (MAP, *baselines), skills, day_counts(len(days), resamples, seed)


def _side(
    bars: Bars,
    rows: NDArray[np.intp],
    days: NDArray[np.int64],
    baselines: dict[str, Sides],
    liquidated: Floats,
    swept: Floats,
    side: Side,
) -> SideSkill:
    predictions = {MAP: swept[rows]} | {name: sides[side][rows] for name, sides in baselines.items()}
    losses = out_of_sample(path_features(baselines, side)[rows], swept[rows], liquidated[rows])
    return SideSkill(predictions, liquidated[rows], losses, np.searchsorted(days, bars.time[rows] // DAY_MS))


def _score(names: tuple[str, ...], cases: BySide[SideSkill], counts: Floats, seed: int) -> Score:
    long, short = (case.resampled(counts) for case in cases)
    return Score(
        days=counts.shape[0],
        resamples=counts.shape[1] - 1,
        seed=seed,
        r2_gain=_mean(long.r2_gain, short.r2_gain),
        r2_path=_mean(long.r2_path, short.r2_path),
        r2_with_map=_mean(long.r2_with_map, short.r2_with_map),
        rank_gain=_lead(long.spearman, short.spearman, names.index(RANK_BASELINE)),
        extreme_rank_gain=_lead(long.extreme_spearman, short.extreme_spearman, EXTREME_PREDICTORS.index(RANK_BASELINE)),
        partial_spearman=_mean(long.partial, short.partial),
        sides=BySide(_side_score(cases.long, long), _side_score(cases.short, short)),
        extremes=tuple(_extreme(name, row, long, short) for row, name in enumerate(EXTREME_PREDICTORS)),
        predictors=tuple(_predictor(name, row, long, short) for row, name in enumerate(names)),
    )


def _mean(long: Floats, short: Floats) -> Interval:
    return interval_of((long + short) / 2)


def _lead(long: Floats, short: Floats, row: int) -> Interval:
    """Return by how much the map, row 0 of either side's float64[P, 1 + resamples], is over predictor `row`."""
    return _mean(long[0] - long[row], short[0] - short[row])


def _side_score(case: SideSkill, resampled: SideResamples) -> SideScore:
    return SideScore(
        bars=len(case.losses.path),
        extreme_bars=case.extreme_bars,
        r2_path=float(resampled.r2_path[0]),
        r2_with_map=float(resampled.r2_with_map[0]),
        r2_gain=float(resampled.r2_gain[0]),
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
