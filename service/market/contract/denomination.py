"""Denominations: contracts of a thousand coins and their like, known as the coin that they are of.

Coins that cost next to nothing are listed by the thousand, as `1000PEPE`, `kPEPE` or `SHIB1000`, and one by one
elsewhere.
"""

import re
from collections.abc import Mapping
from dataclasses import replace

from service.market.contract.exchange import Market

_COUNTED = re.compile(r"(10{3,7}|1M)([A-Z][A-Z0-9]+)")
_COUNTED_AFTER = re.compile(r"([A-Z][A-Z]+)(10{3,7})")
# Lower case is what tells a thousand PEPE from a coin that begins with K.
_KILO = re.compile(r"k([A-Z][A-Z0-9]+)")
_MILLION = 1e6


def coin_and_unit(name: str) -> tuple[str, float]:
    """Return the coin that a name of a base is of, and how many of it: `1000PEPE` is 1,000 PEPE, `BTC` one BTC."""
    if found := _KILO.fullmatch(name):
        return found[1], 1000.0
    if found := _COUNTED.fullmatch(name.upper()):
        return found[2], _MILLION if found[1] == "1M" else float(found[1])
    if found := _COUNTED_AFTER.fullmatch(name.upper()):
        return found[1], float(found[2])
    return name, 1.0


def by_coin(markets: Mapping[str, Market]) -> dict[str, Market]:
    """Return an exchange's markets with those of many coins under the coin's own name, in units of one coin.

    Where the exchange lists the coin itself too, or another number of it, each keeps its own name but the first.
    """
    found: dict[str, Market] = {}
    for market in sorted(markets.values(), key=lambda each: (each.unit, each.symbol)):
        one = _of_one(market)
        name = one.symbol if one.symbol not in markets and one.symbol not in found else market.symbol
        found[name] = one if name == one.symbol else replace(market, unit=1.0)
    return {symbol: found[symbol] for symbol in sorted(found)}


def _of_one(market: Market) -> Market:
    if market.unit == 1.0:
        return market
    coin, _ = coin_and_unit(market.listed_as)
    return replace(
        market,
        symbol=f"{coin}/{market.quote}:{market.settle}",
        base=coin,
        contract_size=market.contract_size * market.unit,
        price_tick=market.price_tick / market.unit,
        native=market.symbol,
    )
