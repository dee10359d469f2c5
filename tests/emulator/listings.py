"""Listings as long as real ones: some six hundred markets on each exchange, where the truth has three coins."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from tests.emulator import gate, htx, hyperliquid, kucoin, okx
from tests.emulator.hours import COINS
from tests.emulator.truth import TIERS, Truth

# What venues look up by coin.
_BY_COIN: tuple[dict[str, Any], ...] = (
    COINS,
    TIERS,
    gate.CONTRACT,
    htx.CONTRACT,
    hyperliquid.SIZE_DECIMALS,
    kucoin.LOT,
    okx.CONTRACT,
)
LIKE = "SOL"


@contextmanager
def long_listings(truth: Truth, markets: int) -> Iterator[Truth]:
    """Give that truth with so many coins, those that it has not got like SOL, as long as the block lasts."""
    more = [f"ALT{number}" for number in range(markets - len(truth.bases))]
    for table in _BY_COIN:
        table.update(dict.fromkeys(more, table[LIKE]))
    try:
        yield truth.with_coins(more, LIKE)
    finally:
        for table in _BY_COIN:
            for coin in more:
                del table[coin]
