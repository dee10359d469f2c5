"""Symbols as people write them, resolved to the unified symbol of one exchange."""

from collections.abc import Mapping

from service.market.exchange import Market, UnknownSymbol

_SETTLE_ORDER = ("USDT", "USDC")
_LONGEST = 40


def resolve(exchange: str, text: str, markets: Mapping[str, Market]) -> str:
    """Return the unified symbol that `BTC/USDT:USDT`, `BTC/USDT`, `BTCUSDT` or `BTC` stands for.

    A bare coin means the contract settled in USDT, else USDC, and never an inverse one: that is `BTC/USD:BTC` or
    `BTCUSD`. Case does not matter. Raises UnknownSymbol, which says so where it is a kind that is not served.
    """
    if text in markets:
        return text
    wanted = text.strip().upper()[:_LONGEST]
    found = [market for market in markets.values() if wanted in _names(market)]
    if not found:
        raise UnknownSymbol(exchange, text[:_LONGEST], _why_not(wanted))
    return min(found, key=_preference).symbol


def _names(market: Market) -> tuple[str, ...]:
    pair = market.symbol.partition(":")[0]
    short = () if market.inverse else (market.base,)
    return tuple(name.upper() for name in (market.symbol, pair, market.base + market.quote, *short))


def _why_not(wanted: str) -> str:
    """Return why a symbol of a known form is not served, nothing for any other."""
    _, _, settle = wanted.partition(":")
    if "-" in settle:
        return "dated futures and options are not served"
    if settle and wanted.startswith(f"{settle}/"):
        return "this coin-margined contract is not served there"
    return f"no contract settled in {settle} of that pair is served there" if settle else ""


def _preference(market: Market) -> tuple[int, str]:
    rank = _SETTLE_ORDER.index(market.settle) if market.settle in _SETTLE_ORDER else len(_SETTLE_ORDER)
    return rank, market.symbol
