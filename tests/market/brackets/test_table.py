"""Our tier table is a possible one, its amounts are Binance's, and what it does not have is said to be assumed."""

import numpy as np
import pytest

from service.market.brackets import DATED, assumed_tiers, read_brackets, tiers_from_table
from service.market.contract.exchange import Market

BRACKETS = read_brackets()


def market(base: str, most: float | None = None, *, inverse: bool = False) -> Market:
    """Return a market of a coin that allows so much leverage."""
    quote = "USD" if inverse else "USDT"
    settle = base if inverse else "USDT"
    return Market(f"{base}/{quote}:{settle}", base, quote, settle, 1.0, 0.1, 0.0005, most, inverse)


def test_every_ladder_is_possible() -> None:
    """Floors and rates rise, leverage falls, and every rate leaves room below 1 / leverage, in all 344 markets."""
    assert len(BRACKETS) == 344
    for symbol in BRACKETS:
        tiers = tiers_from_table(symbol, BRACKETS)
        assert (tiers.source, tiers.dated) == ("table", DATED)
        assert tiers.floor[0] == tiers.maintenance_amount[0] == 0
        assert (np.diff(tiers.floor) > 0).all()
        assert (np.diff(tiers.maintenance_rate) > 0).all()
        assert (np.diff(tiers.max_leverage) < 0).all()
        assert (tiers.maintenance_rate * tiers.max_leverage < 1).all()
        assert tiers.floor[-1] < tiers.cap < np.inf


def test_amounts_are_those_that_binance_prints() -> None:
    """Proves the recursion on the amounts that Binance shows beside its BTC brackets."""
    amounts = [0, 50, 950, 11_450, 131_450, 481_450, 2_981_450, 14_481_450, 26_481_450, 41_481_450, 121_481_450]
    found = tiers_from_table("BTC/USDT:USDT", BRACKETS).maintenance_amount[:-1]
    np.testing.assert_allclose(found, amounts, rtol=1e-12)


def test_few_markets_are_as_strict_as_they_were_taken_to_be() -> None:
    """2.5 % and 20x, which the listing states of all alike, is the first bracket of hardly any market."""
    first = {symbol: (table[0, 1], table[0, 2]) for symbol, table in BRACKETS.items()}
    assert first["1000PEPE/USDT:USDT"] == (0.0065, 75.0)
    assert sum(rate >= 0.025 for rate, _ in first.values()) == 10
    assert np.median([rate for rate, _ in first.values()]) < 0.0151


def test_usdc_is_as_usdt() -> None:
    """A contract margined in USDC has brackets of its own, or those of its twin in USDT, and says which."""
    own, twin = (tiers_from_table(f"{base}/USDC:USDC", BRACKETS) for base in ("BTC", "TRX"))
    assert own.note == f"Risk tiers are Binance's brackets as of {DATED}."
    assert own.maintenance_rate[0] == BRACKETS["BTC/USDC:USDC"][0, 1]
    assert twin.note == f"Risk tiers are Binance's brackets of its twin in USDT as of {DATED}."
    assert twin.floor.tolist() == BRACKETS["TRX/USDT:USDT"][:, 0].tolist()


def test_what_is_newer_than_the_table_gets_a_typical_ladder() -> None:
    """A symbol outside the table starts at the median rate and 50x, and is said to be assumed."""
    assumed = tiers_from_table("NOPE/USDT:USDT", BRACKETS)
    assert (assumed.source, assumed.dated) == ("assumed", "")
    assert "assumed" in assumed.note
    assert (assumed.maintenance_rate[0], assumed.max_leverage[0]) == (0.015, 50.0)
    same = [table for table in BRACKETS.values() if np.array_equal(table[:, 1], assumed.maintenance_rate)]
    assert sum(np.array_equal(table[:, 0], assumed.floor) for table in same) == 27


@pytest.mark.parametrize(("base", "dated"), [("BTC", DATED), ("NOPE", "")])
def test_assumed_for_another_exchange(base: str, dated: str) -> None:
    """Of a coin that Binance has they are its brackets, no leverage above the market's own, and said to be assumed."""
    assumed = assumed_tiers(market(base, 40.0), BRACKETS)
    assert (assumed.source, assumed.dated) == ("assumed", dated)
    assert assumed.note.startswith("Risk tiers are assumed: ")
    assert assumed.max_leverage.max() == 40.0
    inverse = assumed_tiers(market(base, inverse=True), BRACKETS)
    assert (len(inverse.floor), inverse.cap) == (1, np.inf)
