"""A contract that changes its size, or a coin its denomination, leaves the map where it was."""

import dataclasses

import numpy as np
import pytest

from service.heatmap import Bars
from service.market.feed.alignment.one_unit import in_one_unit

HOUR, T0 = 3_600_000, 1_748_736_000_000
AT = 60


def walk(count: int = 120, seed: int = 5) -> Bars:
    """Return hours of a random walk whose open interest moves by a part of what is traded."""
    draw = np.random.default_rng(seed)
    close = 100.0 * np.exp(np.cumsum(draw.normal(0.0, 0.004, count)))
    opened = np.concatenate(([100.0], close[:-1]))
    high, low = np.maximum(opened, close) * 1.002, np.minimum(opened, close) * 0.998
    volume = draw.lognormal(5.0, 0.5, count)
    interest = 3000.0 + np.cumsum(0.2 * volume * draw.uniform(-1, 1, count))
    return Bars(T0 + HOUR * np.arange(count), opened, high, low, close, volume, interest, low, high, HOUR)


def counted(bars: Bars, amounts: float, prices: float = 1.0, upto: int = AT) -> Bars:
    """Return the bars as a venue gives them whose unit changed at bar `upto`."""
    old = np.arange(len(bars)) < upto
    scale = {"volume": amounts, "open_interest": amounts} | dict.fromkeys(
        ("open", "high", "low", "close", "mark_low", "mark_high"), prices
    )
    changed = {name: np.where(old, getattr(bars, name) * factor, getattr(bars, name)) for name, factor in scale.items()}
    return dataclasses.replace(bars, **changed)


def assert_same(one: Bars, other: Bars) -> None:
    """Assert that two sets of bars hold the same figures."""
    for name in ("open", "high", "low", "close", "volume", "open_interest", "mark_low", "mark_high"):
        np.testing.assert_allclose(getattr(one, name), getattr(other, name), rtol=1e-9)


@pytest.mark.parametrize("factor", [10.0, 0.1, 100.0, 0.001, 5.0, 0.2, 2.0, 0.5])
@pytest.mark.parametrize("seed", [1, 2, 3])
def test_a_contract_of_another_size_is_brought_to_todays(factor: float, seed: int) -> None:
    """USD figures stand still, and the sentence says when and by how much."""
    bars = walk(seed=seed)
    found, notes = in_one_unit(counted(bars, factor))
    assert_same(found, bars)
    change = f"Volume and open interest become {1 / factor:.4g} times what they were at 2025-06-03T12:00Z"
    assert notes == (f"{change}: what was before is brought to today's unit.",)


@pytest.mark.parametrize("factor", [1000.0, 0.001, 10.0, 4.0])
def test_a_redenominated_coin_is_brought_to_todays(factor: float) -> None:
    """Prices one way, amounts the other."""
    bars = walk()
    found, notes = in_one_unit(counted(bars, factor, 1.0 / factor))
    assert_same(found, bars)
    assert notes[0].startswith(
        f"The price becomes {factor:.4g} times what it was at 2025-06-03T12:00Z: what was before"
    )


def test_a_redenominated_coin_without_open_interest() -> None:
    """Volume alone may tell."""
    bars = dataclasses.replace(walk(), open_interest=np.full(120, np.nan))
    found, _ = in_one_unit(counted(bars, 1000.0, 0.001))
    assert_same(found, bars)


def test_two_changes_are_brought_to_todays() -> None:
    """Each in its turn, told oldest first."""
    bars = walk()
    found, notes = in_one_unit(counted(counted(bars, 10.0), 10.0, upto=30))
    assert_same(found, bars)
    assert ["2025-06-02T06:00Z" in note for note in notes] == [True, False]


def test_open_interest_that_jumps_alone_is_told() -> None:
    """Which of the two levels is right cannot be known: nothing is changed."""
    bars = walk()
    jumped = dataclasses.replace(bars, open_interest=counted(bars, 10.0).open_interest)
    found, notes = in_one_unit(jumped)
    assert_same(found, jumped)
    assert len(notes) == 1
    assert notes[0].startswith("Open interest becomes 0.")
    assert notes[0].endswith("at 2025-06-03T12:00Z without being traded: an outage, or another unit before it.")


def test_a_price_that_leaps_alone_is_told() -> None:
    """Another market under the name, perhaps."""
    bars = walk()
    found, notes = in_one_unit(counted(bars, 1.0, 50.0))
    assert found.close[0] == pytest.approx(50.0 * bars.close[0])
    assert notes[0].startswith("The price becomes 0.02 times what it was at 2025-06-03T12:00Z without being traded")


@pytest.mark.parametrize("seed", range(5))
def test_an_ordinary_market_is_left_alone(seed: int) -> None:
    """And so is one with open interest unknown for a while."""
    bars = walk(seed=seed)
    bars.open_interest[40:70] = np.nan
    found, notes = in_one_unit(bars)
    assert found is bars
    assert notes == ()


def test_a_doubling_that_was_traded_is_believed() -> None:
    """In a young market open interest may grow by all that it was, if as much changed hands."""
    bars = walk()
    bars.open_interest[AT:] += 4000.0
    bars.volume[AT:] *= 2.0
    bars.volume[AT] = 5000.0
    assert in_one_unit(bars)[1] == ()


def test_a_step_across_missing_bars_is_left_alone() -> None:
    """What was traded meanwhile is not known."""
    bars = counted(walk(), 10.0)
    bars.time[AT:] += 24 * HOUR
    assert in_one_unit(bars)[1] == ()
