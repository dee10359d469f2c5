"""Symbols as people write them, resolved to the unified symbol of one exchange."""

from collections.abc import Mapping

from service.market.contract.errors import UnknownSymbol
from service.market.contract.exchange import Market

_SETTLE_ORDER = ("USDT", "USDC")
# what a symbol of a known coin goes on with, whether served or not
_QUOTES = ("USD", "EUR", "BUSD", "FDUSD", "TUSD", "DAI", "BTC", "ETH")
_LONGEST, _MOST_NAMED = 40, 5


def resolve(exchange: str, text: str, markets: Mapping[str, Market], not_served: str = "") -> str:
    """Return the unified symbol that `BTC/USDT:USDT`, `BTC/USDT`, `BTCUSDT` or `BTC` stands for.

    A bare coin means the contract settled in USDT, else USDC, and never an inverse one: that is `BTC/USD:BTC` or
    `BTCUSD`. Case does not matter. Raises UnknownSymbol, which says which contracts of the coin there are, else
    what of the exchange is `not_served`.
    """
    if text in markets:
        return text
    wanted = text.strip().upper()[:_LONGEST]
    matches = [market for market in markets.values() if wanted in _names(market)]
    if not matches:
        raise UnknownSymbol(exchange, text[:_LONGEST], _why_not(wanted, markets, not_served))
    return min(matches, key=_preference).symbol


def _names(market: Market) -> tuple[str, ...]:
    pair = market.symbol.partition(":")[0]
    short = () if market.inverse else (market.base,)
    return tuple(name.upper() for name in (market.symbol, pair, market.base + market.quote, *short))


def _why_not(wanted: str, markets: Mapping[str, Market], not_served: str) -> str:
    """Return what of a symbol's kind is not served, and what of its coin is; nothing where neither can be told."""
    reasons = [_kind_not_served(wanted)]
    of_coin = _of_coin(wanted, markets)[:_MOST_NAMED]
    if of_coin:
        reasons.append(f"of {of_coin[0].base} there is {', '.join(market.symbol for market in of_coin)}")
    elif not_served:
        reasons.append(f"not served are {not_served}")
    return "; ".join(filter(None, reasons))


def _kind_not_served(wanted: str) -> str:
    pair, _, settle = wanted.partition(":")
    if "/" not in pair:
        return ""
    if "-" in settle:
        return "dated futures and options are not served"
    if settle and wanted.startswith(f"{settle}/"):
        return "this coin-margined contract is not served there"
    return f"no contract settled in {settle} of that pair is served there" if settle else ""


def _of_coin(wanted: str, markets: Mapping[str, Market]) -> list[Market]:
    """Return the contracts of the coin that a symbol begins with, the longest such name, the usual one first."""
    named = [market for market in markets.values() if wanted.startswith(market.base.upper())]
    longest = max((len(market.base) for market in named), default=0)
    rest = wanted[longest:].lstrip("/-")
    if longest == 0 or not (rest == "" or rest.startswith(_QUOTES)):
        return []
    return sorted((market for market in named if len(market.base) == longest), key=_preference)


def _preference(market: Market) -> tuple[int, str]:
    rank = _SETTLE_ORDER.index(market.settle) if market.settle in _SETTLE_ORDER else len(_SETTLE_ORDER)
    return rank, market.symbol
