"""Symbols as people and venues write them, resolved to the unified symbol of one exchange."""

import re
from collections.abc import Mapping

from service.market.contract.denomination import coin_and_unit
from service.market.contract.errors import UnknownSymbol
from service.market.contract.exchange import Market

_SETTLE_ORDER = ("USDT", "USDC")
# what a symbol of a known coin goes on with, whether served or not
_QUOTES = ("USD", "EUR", "BUSD", "FDUSD", "TUSD", "DAI", "BTC", "ETH")
_LONGEST, _MOST_NAMED = 40, 5
# What charting sites put before a symbol, by the id of the exchange that they mean.
_PREFIXES = {
    "BINANCE": "binance", "BYBIT": "bybit", "OKX": "okx", "OKEX": "okx", "GATE": "gate", "GATEIO": "gate",
    "KUCOIN": "kucoin", "HTX": "htx", "HUOBI": "htx", "BITGET": "bitget", "HYPERLIQUID": "hyperliquid",
}  # fmt: skip
_PREFIX = re.compile(r"([A-Z]+):([^:]+)")
# What venues and sites put behind the pair of a perpetual, or behind its coin.
_KINDS = re.compile(r"[.]P$|[-_.:]?(PERPETUAL|PERP|SWAP|[SD]?[UCD]MCBL)$|(?<=USD[TC])M$|(?<=USD)M$")
_SIGNS = re.compile(r"(?<=[A-Z0-9])[-_/ :.](?=[A-Z0-9])")


def resolve(exchange: str, text: str, markets: Mapping[str, Market], not_served: str = "") -> str:
    """Return the unified symbol that `BTC/USDT:USDT`, `BTC/USDT`, `BTCUSDT` or `BTC` stands for.

    A venue's own names are read too (`BTC-USDT-SWAP`, `XBTUSDTM`, `BTCPERP`), on any venue where they say enough, and
    charting sites' (`BINANCE:BTCUSDT.P`). A bare coin means the contract settled in USDT, else USDC, and never an
    inverse one: that is `BTC/USD:BTC` or `BTCUSD`. Case does not matter. Raises UnknownSymbol, which says which
    contracts of the coin there are, or that the one asked for has ended, else what of the exchange is `not_served`.
    """
    if text in markets and not markets[text].ended:
        return text
    given = text.strip()[:_LONGEST]
    wanted, why = _without_prefix(exchange, given.upper())
    matches = [] if why else _matching(wanted, given, markets)
    traded = [market for market in matches if not market.ended]
    if traded:
        return min(traded, key=_preference).symbol
    if matches:
        why = f"{matches[0].symbol} {matches[0].ending}"
    raise UnknownSymbol(exchange, text[:_LONGEST], why or _why_not(wanted, markets, not_served))


def _without_prefix(exchange: str, wanted: str) -> tuple[str, str]:
    """Return the symbol without the exchange before it, and why it cannot be of this exchange; empty if it can."""
    found = _PREFIX.fullmatch(wanted)
    if found is None or found[1] not in _PREFIXES:
        return wanted, ""
    meant = _PREFIXES[found[1]]
    return found[2], "" if meant == exchange else f"{found[1]} names {meant}"


def _matching(wanted: str, given: str, markets: Mapping[str, Market]) -> list[Market]:
    """Return the markets of that name: as it is, else without the signs of venues, else for the coin that it counts."""
    exact = [market for market in markets.values() if wanted in _names(market)]
    if exact:
        return exact
    bare = _bare(wanted)
    alike = [market for market in markets.values() if bare and bare in {_bare(name) for name in _names(market)}]
    if alike:
        return alike
    coin, unit = coin_and_unit(given if given[:1] == "k" else bare)
    single = _bare(coin.upper())
    return [market for market in markets.values() if unit != 1.0 and single in {_bare(name) for name in _names(market)}]


def _names(market: Market) -> tuple[str, ...]:
    names = [market.symbol, market.symbol.partition(":")[0], market.base + market.quote, market.id, market.asked_as]
    if not market.inverse:
        names.append(market.base)
    if market.listed_as:
        names += [market.listed_as, market.listed_as + market.quote, f"{market.listed_as}/{market.quote}"]
    return tuple(name.upper() for name in names if name)


def _bare(name: str) -> str:
    """Return a symbol without what only says that it is a perpetual, and without signs; XBT is BTC."""
    if ":" in name and "/" in name:
        # A unified symbol says what it settles in, which is no sign.
        return name
    # There is a coin called PERP.
    bare = _SIGNS.sub("", _KINDS.sub("", name) or name)
    return f"BTC{bare[3:]}" if bare.startswith("XBT") else bare


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
    traded = [market for market in markets.values() if not market.ended]
    named = [market for market in traded if wanted.startswith(market.base.upper())]
    longest = max((len(market.base) for market in named), default=0)
    rest = wanted[longest:].lstrip("/-")
    if longest == 0 or not (rest == "" or rest.startswith(_QUOTES)):
        return []
    return sorted((market for market in named if len(market.base) == longest), key=_preference)


def _preference(market: Market) -> tuple[int, str]:
    rank = _SETTLE_ORDER.index(market.settle) if market.settle in _SETTLE_ORDER else len(_SETTLE_ORDER)
    return rank, market.symbol
