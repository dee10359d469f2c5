import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.base.errors import BadInput
from service.heatmap.base.side import BySide
from service.heatmap.skill.baselines import path_baselines
from service.heatmap.skill.figures import Score
from service.heatmap.skill.score import RANK_BASELINE, score_beside, score_predictions
from service.heatmap.stats.bootstrap import LEAST_RESAMPLES
from tests.support.skill_market import HOUR, START, Case, market

RESAMPLES = 100


def scored(case: Case, swept: BySide[Floats], **options: Any) -> Score:
    """Score predictions on a made-up market."""
    return score_predictions(case.bars, case.liquidated, swept, **{"burn": 48, "resamples": RESAMPLES} | options)


def shuffled(case: Case, seed: int) -> BySide[Floats]:
    """Return the right predictions at the wrong times."""
    order = np.random.default_rng(seed).permutation(len(case.bars))
    return BySide(case.predicted.long[order], case.predicted.short[order])


@pytest.mark.parametrize("seed", [21, 22, 23])
def test_a_perfect_map_adds_skill(seed: int) -> None:
    """A map that knows the hidden density beats the path on every headline, beyond chance."""
    case = market(seed)
    found = scored(case, case.predicted)
    assert found.r2_gain.judgement == found.rank_gain.judgement == found.partial_spearman.judgement == "better"
    assert found.extreme_rank_gain.judgement == "better"
    assert all(row.lead is None or row.lead.judgement == "better" for row in found.extremes)
    assert found.predictors[0].spearman.value == max(p.spearman.value for p in found.predictors)


@pytest.mark.parametrize("seed", [21, 22, 23, 24])
def test_a_random_map_adds_none(seed: int) -> None:
    """Predictions that know nothing gain nothing: H1's interval covers zero or lies below, and they rank worse."""
    case = market(seed)
    noise = np.random.default_rng([seed, 2]).lognormal(size=(2, len(case.bars)))
    found = scored(case, BySide(noise[0], noise[1]))
    assert found.r2_gain.low <= 0
    assert found.rank_gain.judgement == "worse"
    assert found.r2_gain.value < scored(case, case.predicted).r2_gain.value


@pytest.mark.parametrize("seed", [21, 22, 23])
def test_the_path_itself_adds_next_to_none(seed: int) -> None:
    """A map that is the wick in another guise gains under a hundredth, which its shape alone may earn."""
    case = market(seed)
    wicks = np.sqrt(np.maximum(1.0 - case.bars.low / case.bars.open, 0)), np.sqrt(case.bars.high / case.bars.open - 1.0)
    found = scored(case, BySide(*wicks))
    assert found.r2_gain.value < 0.01


@pytest.mark.parametrize("seed", [21, 22, 23])
def test_skill_is_lost_when_times_are_shuffled(seed: int) -> None:
    """The right amounts at the wrong hours are worth no more than noise."""
    case = market(seed)
    right, wrong = scored(case, case.predicted), scored(case, shuffled(case, seed))
    assert wrong.r2_gain.high < right.r2_gain.low
    assert wrong.rank_gain.high < right.rank_gain.low
    assert wrong.r2_gain.low <= 0


def test_same_seed_same_score() -> None:
    """Intervals are repeatable, and another seed moves them alone."""
    case = market(25)
    first, again, other = (scored(case, case.predicted, seed=seed) for seed in (5, 5, 6))
    assert first == again
    assert first.r2_gain.value == other.r2_gain.value
    assert first.r2_gain != other.r2_gain


def test_units_do_not_matter() -> None:
    """Contracts or dollars: a score depends on proportions alone."""
    case = market(26)
    first = scored(case, case.predicted)
    other = score_predictions(
        case.bars,
        BySide(*(1e-3 * v for v in case.liquidated)),
        BySide(*(1e6 * v for v in case.predicted)),
        burn=48,
        resamples=RESAMPLES,
    )
    assert other.r2_gain.value == pytest.approx(first.r2_gain.value, abs=1e-9)
    assert other.rank_gain == first.rank_gain


def test_missing_values_and_what_comes_before_are_left_out() -> None:
    """NaN rows and bars before burn or test_from are not scored; each side keeps its own count."""
    case = market(27)
    case.liquidated.long[100:110] = np.nan
    case.predicted.long[105:120] = np.nan
    case.predicted.short[:60] = np.nan
    found = scored(case, case.predicted)
    assert [side.bars for side in found.sides] == [30 * 24 - 48 - 20, 30 * 24 - 60]
    assert found.days == 28
    later = scored(case, case.predicted, test_from=START + 100 * HOUR)
    assert [side.bars for side in later.sides] == [30 * 24 - 100 - 20, 30 * 24 - 100]


@pytest.mark.parametrize("amount", [0.0, 1.0, 0.1])
def test_a_map_that_says_nothing_is_not_judged(amount: float) -> None:
    """What rests on a constant prediction is undefined, without a warning; the baselines stand."""
    case = market(28)
    flat = np.full(len(case.bars), amount)
    found = scored(case, BySide(flat, flat))
    judged = (found.r2_gain, found.rank_gain, found.extreme_rank_gain, found.partial_spearman, found.r2_with_map)
    assert {figure.judgement for figure in judged} == {"undefined"}
    assert found.r2_path == scored(case, case.predicted).r2_path


def test_one_constant_side_is_enough() -> None:
    """A mean of the sides is not defined where one side is not."""
    case = market(28)
    found = scored(case, BySide(case.predicted.long, np.ones(len(case.bars))))
    assert found.r2_gain.judgement == found.rank_gain.judgement == "undefined"
    assert math.isfinite(found.sides.long.r2_gain)
    assert math.isnan(found.sides.short.r2_gain)


def test_a_price_that_never_moves_has_no_path() -> None:
    """No baseline ranks anything then, so there is no lead over one; a path that says nothing can still be added to."""
    case = market(28)
    price = np.full(len(case.bars), 100.0)
    still: dict[str, Any] = dict.fromkeys(("open", "high", "low", "close", "mark_low", "mark_high"), price)
    bars = replace(case.bars, **still)
    found = scored(Case(bars, case.liquidated, case.predicted), case.predicted)
    assert [side.extreme_bars for side in found.sides] == [0, 0]
    assert found.rank_gain.judgement == found.extreme_rank_gain.judgement == "undefined"
    assert {row.spearman.judgement for row in found.predictors[1:]} == {"undefined"}
    assert abs(found.r2_path.value) < 0.1
    assert found.r2_gain.judgement == found.partial_spearman.judgement == "better"
    nothing = np.zeros(len(bars))
    assert (
        scored(Case(bars, case.liquidated, case.predicted), BySide(nothing, nothing)).r2_gain.judgement == "undefined"
    )


def test_days_without_any_figure_are_not_counted() -> None:
    """A day is scored, and drawn, if either side is known on it: thirty days less the first two, less five."""
    case = market(27)
    case.liquidated.long[: 10 * 24] = np.nan
    case.predicted.short[: 7 * 24] = np.nan
    assert scored(case, case.predicted).days == 23


@pytest.mark.parametrize(("days", "enough"), [(9, False), (10, True), (11, True)])
def test_ten_days_are_the_least(days: int, enough: bool) -> None:
    """Nine are refused; from ten on every headline is defined and has an interval."""
    case = market(28, days)
    if not enough:
        with pytest.raises(BadInput, match="the bars to score lie on 9 days, at least 10 are needed"):
            scored(case, case.predicted, burn=0)
        return
    found = scored(case, case.predicted, burn=0)
    assert found.days == days
    for figure in (found.r2_gain, found.r2_path, found.rank_gain, found.extreme_rank_gain, found.partial_spearman):
        assert figure.low < figure.value < figure.high


def test_headlines_are_over_one_baseline() -> None:
    """H1 is the difference of its two R2; H2 and EXT are the map's leads over the same baseline."""
    found = scored(market(33), market(33).predicted)
    assert found.r2_gain.value == pytest.approx(found.r2_with_map.value - found.r2_path.value)
    for side in found.sides:
        assert side.r2_gain == pytest.approx(side.r2_with_map - side.r2_path)
    assert found.rank_gain == next(row.spearman_lead for row in found.predictors if row.name == RANK_BASELINE)
    assert found.extreme_rank_gain == next(row.lead for row in found.extremes if row.name == RANK_BASELINE)
    assert found.extreme_rank_gain not in [row.lead for row in found.extremes if row.name != RANK_BASELINE]
    assert [row.name for row in found.extremes] == ["map", "wick", "wick_excursion", "new_extreme_24"]


def test_the_best_of_the_simple_baselines_is_the_one_compared_with() -> None:
    """Of the wick, the excursion and the range, their sum foretells most where liquidations follow it."""
    case = market(34)
    sums = path_baselines(case.bars)[RANK_BASELINE]
    found = score_predictions(
        case.bars, BySide(*(1e4 * side + 1.0 for side in sums)), case.predicted, burn=48, resamples=0
    )
    ranked = {row.name: row.spearman.value for row in found.predictors}
    assert ranked[RANK_BASELINE] == pytest.approx(1.0)
    assert max(ranked, key=lambda name: ranked[name]) == RANK_BASELINE


def test_no_resampling_no_interval() -> None:
    """With no resamples the figures stand alone."""
    case = market(29)
    found = scored(case, case.predicted, resamples=0)
    assert found.r2_gain.value == pytest.approx(scored(case, case.predicted).r2_gain.value, abs=1e-12)
    assert math.isnan(found.r2_gain.low)


ARRAYS = ("time", "open", "high", "low", "close", "volume", "open_interest")
SERIES = ("liquidated_long", "liquidated_short", "swept_long", "swept_short")


def spoiled(name: str, change: Any) -> dict[str, Any]:
    """Return score's arguments with one array changed."""
    case = market(31)
    series = dict(zip(SERIES, (*case.liquidated, *case.predicted), strict=True))
    bars = replace(case.bars, **{name: change(getattr(case.bars, name))}) if name in ARRAYS else case.bars
    if name in SERIES:
        series[name] = change(series[name])
    amounts = [*series.values()]
    return {"bars": bars, "liquidated": BySide(*amounts[:2]), "swept": BySide(*amounts[2:])}


@pytest.mark.parametrize("name", [*ARRAYS[1:], *SERIES])
def test_lengths_must_agree(name: str) -> None:
    """An array that is too short is named."""
    with pytest.raises(ValueError, match=f"^{name} must hold one value for each of the 720 bars"):
        score_predictions(**spoiled(name, lambda values: values[:-1]))


@pytest.mark.parametrize("change", [lambda t: t[::-1], lambda t: np.concatenate((t[:1], t[:-1]))])
def test_times_must_increase(change: Any) -> None:
    """Unsorted and repeated times are refused."""
    with pytest.raises(ValueError, match=r"^time must increase"):
        score_predictions(**spoiled("time", change))


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
@pytest.mark.parametrize("name", ["open", "high", "low", "close"])
def test_prices_must_be_positive(name: str, bad: float) -> None:
    """The path needs every price."""
    with pytest.raises(ValueError, match=f"^{name} must be a positive number"):
        score_predictions(**spoiled(name, lambda values: np.where(np.arange(720) == 9, bad, values)))


@pytest.mark.parametrize("bad", [-1.0, math.inf])
@pytest.mark.parametrize("name", ["volume", "open_interest", *SERIES])
def test_amounts_must_not_be_negative(name: str, bad: float) -> None:
    """An amount is zero or more, or NaN where it is not known."""
    with pytest.raises(ValueError, match=f"^{name} must be zero or more"):
        score_predictions(**spoiled(name, lambda values: np.where(np.arange(720) == 9, bad, values)))


@pytest.mark.parametrize("name", SERIES)
def test_enough_must_be_known(name: str) -> None:
    """A side with too few known hours is refused, naming what is missing."""
    with pytest.raises(BadInput, match=f"^{name}: liquidations of .*s are .* in 132 scored bars on 6 days"):
        score_predictions(**spoiled(name, lambda values: np.where(np.arange(720) < 300, values, np.nan)))


@pytest.mark.parametrize("half", [slice(None), slice(444), slice(444, None)])
def test_liquidations_must_vary(half: slice) -> None:
    """Nothing can be fitted to a half without liquidations; 552 bars are scored, 276 in each."""

    def quiet(values: Floats) -> Floats:
        values[half] = 0.0
        return values

    with pytest.raises(BadInput, match=r"^liquidated_short: liquidations of shorts are all the same in a half"):
        score_predictions(**spoiled("liquidated_short", quiet))


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"burn": 600}, "^time: the bars to score lie on 5 days"),
        ({"test_from": START + 700 * HOUR}, "^time: the bars to score lie on 1 days"),
        ({"burn": 5_000}, "^time: the bars to score lie on 0 days"),
        ({"burn": -1}, "^burn: must"),
        ({"resamples": -1}, "^resamples: must"),
        ({"resamples": 1}, "^resamples: must be 0 or at least 50, not 1"),
        ({"resamples": LEAST_RESAMPLES - 1}, "^resamples: must"),
        ({"seed": -1}, "^seed: must"),
    ],
)
def test_options_out_of_range(options: dict[str, int], named: str) -> None:
    """What burn and test_from leave must be long enough to resample, and often enough; the option is named."""
    case = market(32)
    with pytest.raises(BadInput, match=named):
        scored(case, case.predicted, **options)


@pytest.mark.parametrize("seed", [1, 2])
def test_a_map_beside_is_scored_on_the_same_bars(seed: int) -> None:
    """Either has the figures of its own score, over the bars in which the first has a prediction."""
    case = market(seed)
    late = np.arange(len(case.bars)) < 100
    mine = BySide(*(np.where(late, np.nan, own) for own in case.predicted))
    other = BySide(case.predicted.short, case.predicted.long)
    score, gains = score_beside(
        case.bars, case.liquidated, (mine, other), path_baselines(case.bars), burn=48, resamples=RESAMPLES
    )
    assert score == scored(case, mine)
    alone = scored(case, BySide(*(np.where(late, np.nan, own) for own in other)))
    for name in ("r2_gain", "rank_gain", "extreme_rank_gain"):
        assert getattr(gains, name) == getattr(alone, name)
        assert getattr(gains, name) != getattr(score, name)
