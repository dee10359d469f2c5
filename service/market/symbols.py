"""Symbols as people write them, resolved to the unified symbol of one exchange."""

from collections.abc import Mapping

from service.market.exchange import Market, UnknownSymbol

_SETTLE_ORDER = ("USDT", "USDC")
_LONGEST = 40


def resolve(exchange: str, text: str, markets: Mapping[str, Market]) -> str:
    """Return the unified symbol that `BTC/USDT:USDT`, `BTC/USDT`, `BTCUSDT` or `BTC` stands for.

    A bare coin means the contract settled in USDT, else USDC. Case does not matter. Raises UnknownSymbol.
    """
    if text in markets:
        return text
    wanted = text.strip().upper()[:_LONGEST]
    found = [market for market in markets.values() if wanted in _names(market)]
    if not found:
        raise UnknownSymbol(exchange, text[:_LONGEST])
    return min(found, key=_preference).symbol


def _names(market: Market) -> tuple[str, ...]:
    pair = market.symbol.partition(":")[0]
    return tuple(name.upper() for name in (market.symbol, pair, market.base + market.quote, market.base))


def _preference(market: Market) -> tuple[int, str]:
    rank = _SETTLE_ORDER.index(market.settle) if market.settle in _SETTLE_ORDER else len(_SETTLE_ORDER)
    return rank, market.symbol
