"""The skill scorer's answer: every figure with its baseline, its interval and how much it rests on."""

from dataclasses import dataclass

from service.heatmap.base.side import BySide
from service.heatmap.stats.bootstrap import Interval


@dataclass(frozen=True)
class SideScore:
    """The map on one side.

    bars                   scored; extreme_bars: those of them that set a new 24-bar extreme
    r2_path, r2_with_map   out-of-sample R2 of log liquidations without and with the map; r2_gain is the difference
    partial_spearman       Spearman given the path baselines
    """

    bars: int
    extreme_bars: int
    r2_path: float
    r2_with_map: float
    r2_gain: float
    partial_spearman: float


@dataclass(frozen=True)
class PredictorScore:
    """One predictor of liquidations, the map or a path baseline, over all scored bars.

    spearman       rank correlation with realised liquidations, mean of the sides
    capture        share of them that fell in the tenth of bars ranked highest, mean of the sides
    *_lead         the map's figure less this one's, None for the map itself
    """

    name: str
    spearman: Interval
    capture: Interval
    spearman_lead: Interval | None
    capture_lead: Interval | None


@dataclass(frozen=True)
class ExtremeScore:
    """One predictor in those bars alone that set a new 24-bar low (longs) or high (shorts), mean of the sides.

    lead is the map's Spearman less this one's, None for the map itself.
    """

    name: str
    spearman: Interval
    lead: Interval | None


@dataclass(frozen=True)
class Score:
    """How well a map did over `days` UTC days, mean of the sides.

    r2_gain            H1: r2_with_map less r2_path, R2 of log liquidations out of sample
    rank_gain          H2: Spearman of the map less that of RANK_BASELINE (score.py)
    extreme_rank_gain  EXT: the same in bars that set a new 24-bar extreme, against the same baseline
    partial_spearman   Spearman given the path baselines
    extremes           the map first, then the baselines that are looked at there
    predictors         the map first, then every baseline
    """

    days: int
    resamples: int
    seed: int
    r2_gain: Interval
    r2_path: Interval
    r2_with_map: Interval
    rank_gain: Interval
    extreme_rank_gain: Interval
    partial_spearman: Interval
    sides: BySide[SideScore]
    extremes: tuple[ExtremeScore, ...]
    predictors: tuple[PredictorScore, ...]


@dataclass(frozen=True)
class Gains:
    """H1, H2 and EXT of a score alone."""

    r2_gain: Interval
    rank_gain: Interval
    extreme_rank_gain: Interval
