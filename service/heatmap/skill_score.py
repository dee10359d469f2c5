"""The skill scorer's answer: plain figures, each with its interval where it is a headline."""

from dataclasses import dataclass

from service.heatmap.day_bootstrap import Estimate


@dataclass(frozen=True)
class SideScore:
    """The map on one side, over its `bars` scored bars.

    r2_path, r2_with_map   out-of-sample R2 of log liquidations without and with the map; gain is the difference
    log_likelihood_gain    mean gain of Gaussian log likelihood a bar
    partial_spearman       Spearman given the path baselines
    """

    bars: int
    r2_path: float
    r2_with_map: float
    gain: float
    log_likelihood_gain: float
    partial_spearman: float


@dataclass(frozen=True)
class PredictorScore:
    """One predictor of liquidations: the map or a path baseline.

    spearman  rank correlation with realised liquidations; capture the share of them in the tenth of bars ranked highest
    by side, and the mean of the sides with its interval. The leads are the map's figure less this one's, None for the
    map itself.
    """

    name: str
    spearman_long: float
    spearman_short: float
    capture_long: float
    capture_short: float
    spearman: Estimate
    capture: Estimate
    spearman_lead: Estimate | None
    capture_lead: Estimate | None


@dataclass(frozen=True)
class ExtremeScore:
    """EXT: the bars of each side that set a new 24-bar low (longs) or high (shorts).

    bars        how many, both sides together
    spearman    by predictor, mean of the sides: the map, the wick, wick + 0.25 excursion, the new extreme's size
    lead_...    the map's Spearman less that of each
    """

    bars: int
    spearman: dict[str, float]
    lead_wick: Estimate
    lead_wick_excursion: Estimate
    lead_new_extreme: Estimate


@dataclass(frozen=True)
class Score:
    """How well a map did over `days` UTC days.

    h1                out-of-sample gain in R2 of log liquidations over the path baselines, mean of the sides
    h2                Spearman less that of wick + 0.25 excursion, mean of the sides
    partial_spearman  Spearman given the path baselines, mean of the sides
    predictors        the map first, then every baseline
    """

    days: int
    boot: int
    seed: int
    h1: Estimate
    h2: Estimate
    partial_spearman: Estimate
    extremes: ExtremeScore
    long: SideScore
    short: SideScore
    predictors: tuple[PredictorScore, ...]
