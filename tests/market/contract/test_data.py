"""One market at one moment: tiers in the unit that they are counted in, and what its amounts are of."""

from dataclasses import replace

import numpy as np
import pytest

from service.market.contract import OrderBook, ladder

FLOOR, RATE, LEVERAGE = np.array([0.0, 1e6, 5e6]), np.array([0.005, 0.01, 0.02]), np.array([100.0, 50.0, 25.0])
TIERS = ladder(FLOOR, RATE, LEVERAGE, "exchange", 2e7)


def test_a_ladder_has_the_amounts_that_join_its_tiers() -> None:
    """c[0] = 0, c[n] = c[n-1] + floor[n] (m[n] - m[n-1]): at a border both tiers ask for the same."""
    assert TIERS.maintenance_amount.tolist() == [0, pytest.approx(5e3), pytest.approx(5.5e4)]
    np.testing.assert_allclose(
        FLOOR[1:] * RATE[:-1] - TIERS.maintenance_amount[:-1], FLOOR[1:] * RATE[1:] - TIERS.maintenance_amount[1:]
    )
    assert (TIERS.source, TIERS.cap, TIERS.counted_in) == ("exchange", 2e7, "quote")


def test_tiers_in_quote_currency_stay_as_they_are() -> None:
    """Whatever the contract is margined in."""
    for inverse in (False, True):
        counted = TIERS.as_counted(inverse=inverse)
        assert counted.counted_in == "quote"
        np.testing.assert_array_equal(counted.floor, FLOOR)
        np.testing.assert_array_equal(counted.maintenance_amount, TIERS.maintenance_amount)


@pytest.mark.parametrize("inverse", [False, True])
def test_tiers_in_coin_lose_the_price_they_were_valued_at(inverse: bool) -> None:
    """Borders go back to coin; amounts only where the margin is in coin. Ladders by leverage go along."""
    each = replace(TIERS, coin_price=50_000.0)
    counted = replace(each, by_leverage=((10.0, each),)).as_counted(inverse=inverse)
    assert (counted.counted_in, counted.cap) == ("base", 400)
    np.testing.assert_allclose(counted.floor, [0, 20, 100])
    np.testing.assert_allclose(counted.maintenance_amount, TIERS.maintenance_amount / (50_000 if inverse else 1))
    ((leverage, table),) = counted.by_leverage
    assert (leverage, table.counted_in) == (10.0, "base")
    np.testing.assert_allclose(table.floor, [0, 20, 100])


def test_a_book_is_what_it_says_and_not_when() -> None:
    """Its time is no part of a comparison."""
    sides = np.array([[1.0, 2.0]]), np.array([[1.1, 2.0]])
    assert OrderBook.__dataclass_fields__["time"].compare is False
    assert OrderBook(1, *sides).bids is sides[0]
