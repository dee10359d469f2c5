"""Many symbols on several exchanges: which ones, and their markets, loaded side by side."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from service.analysis.concurrency.parallel import Failure, Key, side_by_side
from service.analysis.markets.group import Group
from service.analysis.markets.loading import grouped, loads
from service.analysis.requests import MarketRequest
from service.analysis.services import Services
from service.heatmap import BadInput
from service.market.contract import Market, MarketError, UnknownSymbol, resolve

MOST_SYMBOLS = 50
MOST_LOADS = 100
# Where an exchange lists more than can be scanned at once and none are named.
USUAL = ("BTC", "ETH", "SOL", "BNB", "XRP", "DOGE", "ADA", "AVAX", "LINK", "LTC", "SUI", "TON")


@dataclass(frozen=True, eq=False)
class Markets:
    """What was loaded: the group of each symbol, never none; why an exchange gave none, and why a symbol has none."""

    groups: Mapping[str, Group]
    errors: Mapping[Key, Failure]
    refused: Mapping[str, BadInput]

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """Return what changes whenever an input changes."""
        prints = tuple((symbol, group.fingerprint) for symbol, group in self.groups.items())
        return (prints, tuple(sorted(self.errors)), tuple(sorted(self.refused)))


def load_markets(services: Services, requests: Sequence[MarketRequest], names: Sequence[str]) -> Markets:
    """Load every symbol on every exchange, side by side; raises MarketError or BadInput where nothing came."""
    loaded = side_by_side(services.threads, loads(services, requests, names), services.patience.for_each)
    if not loaded.results:
        raise loaded.first_error()
    groups, refused = grouped(loaded)
    if not groups:
        raise next(iter(refused.values()))
    return Markets(groups, loaded.errors, refused)


def symbols_of(services: Services, symbols: Sequence[str] | None, names: Sequence[str]) -> list[str]:
    """Return the symbols to scan, each once, those listed where none are named; raises BadInput if too many loads."""
    if symbols:
        wanted = _each_once(services, symbols, names)
    else:
        markets = _listing(services, names)
        listed = {market.base for market in markets.values()}
        most = min(MOST_SYMBOLS, MOST_LOADS // len(names))
        wanted = sorted(markets) if len(markets) <= most else [base for base in USUAL if base in listed][:most]
    if len(wanted) * len(names) > MOST_LOADS:
        message = f"{len(wanted)} symbols on {len(names)} exchanges"
        raise BadInput("symbols", message, f"at most {MOST_LOADS // len(names)} on so many exchanges")
    return wanted


def _each_once(services: Services, symbols: Sequence[str], names: Sequence[str]) -> list[str]:
    """Return the symbols, of those that name one market the first."""
    try:
        markets = _listing(services, names)
    except MarketError:
        return list(dict.fromkeys(symbols))
    seen: dict[str, str] = {}
    for symbol in symbols:
        try:
            seen.setdefault(resolve(names[0], symbol, markets), symbol)
        except UnknownSymbol:
            seen.setdefault(symbol, symbol)
    return list(seen.values())


def _listing(services: Services, names: Sequence[str]) -> dict[str, Market]:
    """Return the markets of the first exchange that gives them; raises the last one's error if none does."""
    for name in names[:-1]:
        with suppress(MarketError):
            return services.feed.markets(name)
    return services.feed.markets(names[-1])
