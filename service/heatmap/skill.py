"""Skill: how well a map foretold realised liquidations, beyond what the price path alone foretells.

Nearness wins any hit-rate contest, so every score is conditional on the path: did the bars whose paths touched more of
the map liquidate more than path measures say? Three figures sum it up, each with a 95 % interval from resampling days:

H1   the out-of-sample gain in R2 of log liquidations over the path baselines
H2   Spearman of the map with liquidations, less that of the best simple baseline (wick + 0.25 excursion)
EXT  the same in those bars alone that set a new 24-bar extreme, where being near the price no longer helps
"""

import numpy as np
from numpy.typing import NDArray

from service.heatmap.bad_input import BadInput
from service.heatmap.bars import Bars, Floats
from service.heatmap.day_bootstrap import DAY_MS, Estimate, day_counts, estimate
from service.heatmap.out_of_sample import out_of_sample, path_features
from service.heatmap.path_baselines import Sides, path_baselines
from service.heatmap.side_skill import EXTREME_PREDICTORS, MAP, SideDraws, SideSkill
from service.heatmap.skill_input import check_columns, scored_bars, usable_bars
from service.heatmap.skill_score import ExtremeScore, PredictorScore, Score, SideScore

BURN = 168
BOOT = 400
H2_BASELINE = "wick_excursion"

VERDICTS = {
    "better": "The map adds skill beyond the price path.",
    "indistinguishable": "The map cannot be told from the price path alone: its gain may be chance.",
    "worse": "The map is worse than the price path alone: using it loses skill.",
    "undefined": "Skill cannot be judged: predictions or liquidations do not vary enough.",
}
COMPARED = {
    "better": "ahead of",
    "indistinguishable": "indistinguishable from",
    "worse": "behind",
    "undefined": "not comparable with",
}


def score(
    bars: Bars,
    liquidated_long: Floats,
    liquidated_short: Floats,
    swept_long: Floats,
    swept_short: Floats,
    *,
    burn: int = BURN,
    test_from: int | None = None,
    boot: int = BOOT,
    seed: int = 0,
) -> Score:
    """Score a map's predictions against what was liquidated.

    bars        T bars, oldest first; gaps are allowed. Open interest all NaN: the baseline that needs it is left out.
    liquidated  float64[T] realised in each bar, any unit; NaN where not known
    swept       float64[T] predicted for each bar, any unit; from the map as it stood before the bar; NaN where none
    burn        bars at the start that are not scored, while baselines and map warm up
    test_from   score bars opening at this time or later only, epoch ms
    boot, seed  resamplings of whole days; the same seed gives the same intervals

    Raises BadInput naming the argument that cannot be used. Equals the project's reference scorer to rounding.
    """
    if boot < 0:
        raise BadInput("boot", f"must be 0 or more resamplings, not {boot}")
    liquidated = {"liquidated_long": liquidated_long, "liquidated_short": liquidated_short}
    swept = {"swept_long": swept_long, "swept_short": swept_short}
    check_columns(bars, liquidated | swept)
    scored = scored_bars(bars, burn, test_from)
    baselines = path_baselines(bars)
    long = _side(bars, scored, baselines, liquidated_long, swept_long, 0)
    short = _side(bars, scored, baselines, liquidated_short, swept_short, 1)
    days = len(np.unique(bars.time[scored] // DAY_MS))
    return _score((MAP, *baselines), (long, short), day_counts(days, boot, seed), seed)


def verdict(score: Score) -> str:
    """Say in plain words whether the map adds anything to the price path, by H1, and what H2 and EXT say."""
    leads = (score.extremes.lead_wick, score.extremes.lead_wick_excursion, score.extremes.lead_new_extreme)
    h1, h2, hardest = score.h1, score.h2, min(leads, key=lambda lead: lead.value)
    explained = f"it changes the explained share of variation in log liquidations by {_figure(h1)}."
    ranking = f"in ranking bars it is {COMPARED[h2.standing]} the wick plus a quarter of the excursion: {_figure(h2)}."
    extremes = f"in new 24-bar extremes it is {COMPARED[hardest.standing]} the best path measure: {_figure(hardest)}."
    return f"{VERDICTS[h1.standing]} H1: {explained} H2: {ranking} EXT: {extremes}"


def _figure(figure: Estimate) -> str:
    if figure.standing == "undefined":
        return "not defined here"
    return f"{figure.value:+.3f} (95 % interval {figure.low:+.3f} to {figure.high:+.3f})"


def _side(
    bars: Bars, scored: NDArray[np.bool_], baselines: dict[str, Sides], liquidated: Floats, swept: Floats, side: int
) -> SideSkill:
    rows = usable_bars(bars, scored, liquidated, swept, ("long", "short")[side])
    predictions = {MAP: swept[rows]} | {name: sides[side][rows] for name, sides in baselines.items()}
    losses = out_of_sample(path_features(baselines, side)[rows], swept[rows], liquidated[rows])
    days = np.unique(bars.time[scored] // DAY_MS)
    return SideSkill(predictions, liquidated[rows], losses, np.searchsorted(days, bars.time[rows] // DAY_MS))


def _score(names: tuple[str, ...], cases: tuple[SideSkill, SideSkill], counts: Floats, seed: int) -> Score:
    long, short = (case.draws(counts) for case in cases)
    spearman = (long.spearman + short.spearman) / 2
    return Score(
        days=counts.shape[0],
        boot=counts.shape[1] - 1,
        seed=seed,
        h1=estimate((long.gain + short.gain) / 2),
        h2=estimate(spearman[names.index(MAP)] - spearman[names.index(H2_BASELINE)]),
        partial_spearman=estimate((long.partial + short.partial) / 2),
        extremes=_extremes(cases[0].extremes + cases[1].extremes, (long.extreme_spearman + short.extreme_spearman) / 2),
        long=_side_score(cases[0], long),
        short=_side_score(cases[1], short),
        predictors=tuple(_predictor(name, row, long, short) for row, name in enumerate(names)),
    )


def _side_score(case: SideSkill, draws: SideDraws) -> SideScore:
    losses = case.losses
    return SideScore(
        bars=len(losses.path),
        r2_path=losses.r2_path,
        r2_with_map=losses.r2_with_map,
        gain=losses.r2_with_map - losses.r2_path,
        log_likelihood_gain=float(losses.log_likelihood.mean()),
        partial_spearman=float(draws.partial[0]),
    )


def _predictor(name: str, row: int, long: SideDraws, short: SideDraws) -> PredictorScore:
    """Sum up predictor `row`; the map is row 0."""
    spearman, capture = (long.spearman + short.spearman) / 2, (long.capture + short.capture) / 2
    return PredictorScore(
        name=name,
        spearman_long=float(long.spearman[row, 0]),
        spearman_short=float(short.spearman[row, 0]),
        capture_long=float(long.capture[row, 0]),
        capture_short=float(short.capture[row, 0]),
        spearman=estimate(spearman[row]),
        capture=estimate(capture[row]),
        spearman_lead=estimate(spearman[0] - spearman[row]) if row else None,
        capture_lead=estimate(capture[0] - capture[row]) if row else None,
    )


def _extremes(bars: int, spearman: Floats) -> ExtremeScore:
    """Sum up the extremes; float64[4, 1 + boot] by EXTREME_PREDICTORS."""
    own, *others = spearman
    wick, excursion, extreme = (estimate(own - other) for other in others)
    return ExtremeScore(
        bars=bars,
        spearman=dict(zip(EXTREME_PREDICTORS, spearman[:, 0].tolist(), strict=True)),
        lead_wick=wick,
        lead_wick_excursion=excursion,
        lead_new_extreme=extreme,
    )
