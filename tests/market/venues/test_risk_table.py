"""Our tier table is a possible one, and its amounts are Binance's."""

import numpy as np
import pytest

from service.market.venues.risk_table import BINANCE, tiers_from_table


@pytest.mark.parametrize("symbol", BINANCE)
def test_every_ladder_is_possible(symbol: str) -> None:
    """Proves floors and rates that rise, leverage that falls, and room between maintenance and initial margin."""
    tiers = tiers_from_table(symbol)
    assert tiers.source == "table"
    assert tiers.floor[0] == tiers.maintenance_amount[0] == 0
    assert (np.diff(tiers.floor) > 0).all()
    assert (np.diff(tiers.maintenance_rate) > 0).all()
    assert (np.diff(tiers.max_leverage) < 0).all()
    assert (tiers.maintenance_rate < 1 / tiers.max_leverage).all()


def test_amounts_are_those_that_binance_prints() -> None:
    """Proves the recursion on the amounts that Binance shows beside its BTC brackets."""
    amounts = [0, 50, 950, 11_450, 131_450, 481_450, 2_981_450, 14_481_450, 26_481_450, 41_481_450, 121_481_450]
    np.testing.assert_allclose(tiers_from_table("BTC/USDT:USDT").maintenance_amount[:-1], amounts, rtol=1e-12)


def test_the_default_is_cautious_and_says_so() -> None:
    """Proves that a symbol outside the table gets one tier, stricter than any first tier of the table."""
    assumed = tiers_from_table("NOPE/USDT:USDT")
    assert (assumed.source, len(assumed.floor)) == ("assumed", 1)
    for symbol in BINANCE:
        first = tiers_from_table(symbol)
        assert assumed.maintenance_rate[0] > first.maintenance_rate[0]
        assert assumed.max_leverage[0] < first.max_leverage[0]
