import math
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from service.heatmap.bars import Floats
from service.heatmap.day_bootstrap import Estimate
from service.heatmap.skill import score, verdict
from service.heatmap.skill_score import Score
from tests.heatmap.skill_market import HOUR, START, Case, market

BOOT = 100


def scored(case: Case, swept: tuple[Floats, Floats], **options: Any) -> Score:
    """Score predictions on a made-up market."""
    return score(case.bars, *case.liquidated, *swept, **{"burn": 48, "boot": BOOT} | options)


def shuffled(case: Case, seed: int) -> tuple[Floats, Floats]:
    """Return the right predictions at the wrong times."""
    order = np.random.default_rng(seed).permutation(len(case.bars))
    return case.foretold[0][order], case.foretold[1][order]


@pytest.mark.parametrize("seed", [21, 22, 23])
def test_a_perfect_map_adds_skill(seed: int) -> None:
    """A map that knows the hidden density beats the path on every headline, beyond chance."""
    case = market(seed)
    found = scored(case, case.foretold)
    assert found.h1.standing == found.h2.standing == found.partial_spearman.standing == "better"
    assert found.extremes.lead_new_extreme.standing == "better"
    assert found.predictors[0].spearman.value == max(p.spearman.value for p in found.predictors)
    assert verdict(found).startswith("The map adds skill")


@pytest.mark.parametrize("seed", [21, 22, 23, 24])
def test_a_random_map_adds_none(seed: int) -> None:
    """Predictions that know nothing gain nothing: the interval of H1 covers zero or lies below, and they rank worse."""
    case = market(seed)
    noise = np.random.default_rng([seed, 2]).lognormal(size=(2, len(case.bars)))
    found = scored(case, (noise[0], noise[1]))
    assert found.h1.low <= 0
    assert found.h2.standing == "worse"
    assert found.h1.value < scored(case, case.foretold).h1.value
    assert not verdict(found).startswith("The map adds skill")


@pytest.mark.parametrize("seed", [21, 22, 23])
def test_the_path_itself_adds_next_to_none(seed: int) -> None:
    """A map that is the wick in another guise gains under a hundredth, which its shape alone may earn."""
    case = market(seed)
    wicks = np.sqrt(np.maximum(1.0 - case.bars.low / case.bars.open, 0)), np.sqrt(case.bars.high / case.bars.open - 1.0)
    found = scored(case, wicks)
    assert found.h1.value < 0.01


@pytest.mark.parametrize("seed", [21, 22, 23])
def test_skill_is_lost_when_times_are_shuffled(seed: int) -> None:
    """The right amounts at the wrong hours are worth no more than noise."""
    case = market(seed)
    right, wrong = scored(case, case.foretold), scored(case, shuffled(case, seed))
    assert wrong.h1.high < right.h1.low
    assert wrong.h2.high < right.h2.low
    assert wrong.h1.low <= 0


def test_same_seed_same_score() -> None:
    """Intervals are repeatable, and another seed moves them alone."""
    case = market(25)
    first, again, other = (scored(case, case.foretold, seed=seed) for seed in (5, 5, 6))
    assert first == again
    assert first.h1.value == other.h1.value
    assert first.h1 != other.h1


def test_units_do_not_matter() -> None:
    """Contracts or dollars: a score depends on proportions alone."""
    case = market(26)
    first = scored(case, case.foretold)
    other = score(
        case.bars, *(1e-3 * v for v in case.liquidated), *(1e6 * v for v in case.foretold), burn=48, boot=BOOT
    )
    assert other.h1.value == pytest.approx(first.h1.value, abs=1e-9)
    assert other.h2 == first.h2


def test_missing_values_and_what_comes_before_are_left_out() -> None:
    """NaN rows and bars before burn or test_from are not scored; each side keeps its own count."""
    case = market(27)
    case.liquidated[0][100:110] = np.nan
    case.foretold[0][105:120] = np.nan
    case.foretold[1][:60] = np.nan
    found = scored(case, case.foretold)
    assert (found.long.bars, found.short.bars) == (30 * 24 - 48 - 20, 30 * 24 - 60)
    assert found.days == 28
    later = scored(case, case.foretold, test_from=START + 100 * HOUR)
    assert (later.long.bars, later.short.bars) == (30 * 24 - 100 - 20, 30 * 24 - 100)


def test_a_map_that_says_nothing_is_not_judged() -> None:
    """A constant prediction has no rank: undefined, said in words, and without a warning."""
    case = market(28)
    flat = np.zeros(len(case.bars))
    found = scored(case, (flat, flat))
    assert math.isnan(found.h2.value)
    assert found.h2.standing == found.partial_spearman.standing == "undefined"
    assert found.h1.value == pytest.approx(0.0, abs=1e-9)
    assert "not comparable with" in verdict(found)
    assert "nan" not in verdict(found)


def test_no_resampling_no_interval() -> None:
    """With boot 0 the figures stand alone, and nothing is concluded from them."""
    case = market(29)
    found = scored(case, case.foretold, boot=0)
    assert found.h1.value == pytest.approx(scored(case, case.foretold).h1.value, abs=1e-12)
    assert math.isnan(found.h1.low)
    assert verdict(found).startswith("Skill cannot be judged")


@pytest.mark.parametrize(
    ("interval", "words"),
    [
        ((0.01, 0.05), "adds skill beyond the price path"),
        ((-0.01, 0.05), "cannot be told from the price path alone"),
        ((-0.05, -0.01), "is worse than the price path alone"),
        ((math.nan, math.nan), "Skill cannot be judged"),
    ],
)
def test_verdict_follows_the_interval(interval: tuple[float, float], words: str) -> None:
    """The first sentence is what H1's interval allows to be said."""
    case = market(30)
    found = replace(scored(case, case.foretold), h1=Estimate(0.02, *interval))
    assert words in verdict(found).split(". ")[0]
    assert "H2: in ranking bars it is ahead of" in verdict(found)
    assert "EXT: in new 24-bar extremes it is ahead of" in verdict(found)


ARRAYS = ("time", "open", "high", "low", "close", "volume", "open_interest")
SERIES = ("liquidated_long", "liquidated_short", "swept_long", "swept_short")


def spoiled(name: str, change: Any) -> dict[str, Any]:
    """Return score's arguments with one array changed."""
    case = market(31)
    series = dict(zip(SERIES, (*case.liquidated, *case.foretold), strict=True))
    if name in ARRAYS:
        return {"bars": replace(case.bars, **{name: change(getattr(case.bars, name))}), **series}
    return {"bars": case.bars, **series, name: change(series[name])}


@pytest.mark.parametrize("name", [*ARRAYS[1:], *SERIES])
def test_lengths_must_agree(name: str) -> None:
    """An array that is too short is named."""
    with pytest.raises(ValueError, match=f"^{name} must hold one value for each of the 720 bars"):
        score(**spoiled(name, lambda values: values[:-1]))


@pytest.mark.parametrize("change", [lambda t: t[::-1], lambda t: np.concatenate((t[:1], t[:-1]))])
def test_times_must_increase(change: Any) -> None:
    """Unsorted and repeated times are refused."""
    with pytest.raises(ValueError, match=r"^time must increase"):
        score(**spoiled("time", change))


@pytest.mark.parametrize("bad", [0.0, -1.0, math.nan, math.inf])
@pytest.mark.parametrize("name", ["open", "high", "low", "close"])
def test_prices_must_be_positive(name: str, bad: float) -> None:
    """The path needs every price."""
    with pytest.raises(ValueError, match=f"^{name} must be a positive number"):
        score(**spoiled(name, lambda values: np.where(np.arange(720) == 9, bad, values)))


@pytest.mark.parametrize("bad", [-1.0, math.inf])
@pytest.mark.parametrize("name", ["volume", "open_interest", *SERIES])
def test_amounts_must_not_be_negative(name: str, bad: float) -> None:
    """An amount is zero or more, or NaN where it is not known."""
    with pytest.raises(ValueError, match=f"^{name} must be zero or more"):
        score(**spoiled(name, lambda values: np.where(np.arange(720) == 9, bad, values)))


@pytest.mark.parametrize("name", SERIES)
def test_enough_must_be_known(name: str) -> None:
    """A side with too few known hours is refused, naming what is missing."""
    with pytest.raises(ValueError, match=f"^{name}: can be used in 132 scored bars on 6 days"):
        score(**spoiled(name, lambda values: np.where(np.arange(720) < 300, values, np.nan)))


@pytest.mark.parametrize("half", [slice(None), slice(444), slice(444, None)])
def test_liquidations_must_vary(half: slice) -> None:
    """Nothing can be fitted to a half without liquidations; 552 bars are scored, 276 in each."""

    def quiet(values: Floats) -> Floats:
        values[half] = 0.0
        return values

    with pytest.raises(ValueError, match=r"^liquidated_short: must differ"):
        score(**spoiled("liquidated_short", quiet))


@pytest.mark.parametrize(
    ("options", "named"),
    [
        ({"burn": 600}, "^time: covers 5 days"),
        ({"test_from": START + 700 * HOUR}, "^time: covers 1 days"),
        ({"burn": 5_000}, "^time: covers 0 days"),
        ({"burn": -1}, "^burn: must"),
        ({"boot": -1}, "^boot: must"),
    ],
)
def test_too_little_time_is_refused(options: dict[str, int], named: str) -> None:
    """What burn and test_from leave must be long enough to resample."""
    case = market(32)
    with pytest.raises(ValueError, match=named):
        scored(case, case.foretold, **options)
