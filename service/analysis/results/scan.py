"""The scan: many symbols, ranked by how near and heavy their next hot zones are."""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

from service.analysis.cost import Work, checked_cost, passes_of
from service.analysis.envelope import Envelope
from service.analysis.group import Group
from service.analysis.loading import exchanges_of, grouped, loads
from service.analysis.parallel import Failure, Key, side_by_side
from service.analysis.prepared import Prepared
from service.analysis.requests import BarsRequest, MarketRequest, RangeRequest
from service.analysis.services import Services
from service.analysis.zone_reading import ZoneReading, read_zones, zone_rules
from service.heatmap import BadInput, BySide, Side, Zone
from service.heatmap.cascade import Fragility
from service.market.contract import Market, MarketError, UnknownSymbol, resolve
from service.market.feed import BOOK_SECONDS

MOST_SYMBOLS = 50
MOST_LOADS = 100
# Where an exchange lists more than can be scanned at once and none are named.
USUAL = ("BTC", "ETH", "SOL", "BNB", "XRP", "DOGE", "ADA", "AVAX", "LINK", "LTC", "SUI", "TON")


@dataclass(frozen=True, kw_only=True)
class ScanRequest:
    """Many symbols on the same exchanges and bars; None stands for those that the first exchange lists."""

    bars: BarsRequest
    axis: RangeRequest
    symbols: tuple[str, ...] | None
    split: bool
    top: int

    def market(self, symbol: str) -> MarketRequest:
        """Return the request for one of the symbols."""
        return MarketRequest(**vars(self.bars), symbol=symbol)


@dataclass(frozen=True, eq=False)
class NextZones:
    """The nearest hot zone of each side, None where none is hot, read from `price`."""

    price: float
    long: Zone | None
    short: Zone | None


@dataclass(frozen=True, eq=False)
class ScanRow:
    """One symbol's next zones; `attention` is what rows are ranked by, `split` None where not asked for.

    fragility  of each side; None where no book is seen
    """

    envelope: Envelope
    attention: float
    next: NextZones
    fragility: BySide[Fragility | None] | None
    split: dict[str, NextZones] | None


@dataclass(frozen=True)
class ScanFailure:
    """A symbol that could not be scanned; `exchange` None where its map cannot be drawn at all."""

    symbol: str
    exchange: str | None
    reason: str


@dataclass(frozen=True, eq=False)
class ScanResult:
    """The rows by rank, at most as many as were asked for, and what failed; `simulated` where any of all rows is."""

    exchanges: tuple[str, ...]
    timeframe: str
    simulated: bool
    rows: tuple[ScanRow, ...]
    failed: tuple[ScanFailure, ...]


def prepare_scan(services: Services, request: ScanRequest) -> Prepared[ScanResult]:
    """Load every symbol on every exchange, side by side; raises MarketError or BadInput where nothing came."""
    names = exchanges_of(services, request.bars.exchange)
    wanted = [request.market(symbol) for symbol in symbols_of(services, request.symbols, names)]
    work = Work(exchanges=len(names), markets=len(wanted) * len(names), passes=_passes(request))
    admitted = services.work.admit(checked_cost(work, request.bars))
    loaded = side_by_side(services.threads, loads(services, wanted, names), services.patience.for_each)
    if not loaded.results:
        raise loaded.first_error()
    groups, refused = grouped(loaded)
    if not groups:
        raise next(iter(refused.values()))
    prints = tuple((symbol, group.fingerprint) for symbol, group in groups.items())
    return Prepared(
        (prints, tuple(sorted(loaded.errors)), tuple(sorted(refused))),
        BOOK_SECONDS,
        admitted.computing(lambda: _result(names, request, groups, loaded.errors, refused, services.clock())),
    )


def _passes(request: ScanRequest) -> int:
    """Return how many inventories of each market are taken: zones, with their leverage, and each exchange's own."""
    return (1 + request.split) * (1 + passes_of(request.bars, ensemble=False))


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
    """Return the symbols without those that are another way to write one before them."""
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


def _result(
    names: Sequence[str],
    request: ScanRequest,
    groups: Mapping[str, Group],
    errors: Mapping[Key, Failure],
    disagreeing: Mapping[str, BadInput],
    now: float,
) -> ScanResult:
    by_symbol: dict[str, ScanRow] = {}
    failed = [ScanFailure(symbol, name, str(error)) for (symbol, name), error in errors.items()]
    failed += [ScanFailure(symbol, None, str(error)) for symbol, error in disagreeing.items()]
    refused: list[BadInput] = []
    for symbol, group in groups.items():
        try:
            # Two ways to write one symbol are one row.
            by_symbol[group.reference.data.symbol] = _row(group, request, now)
        except BadInput as error:
            refused.append(error)
            failed.append(ScanFailure(symbol, None, str(error)))
    if not by_symbol:
        raise refused[0]
    rows = sorted(by_symbol.values(), key=lambda row: (-row.attention, row.envelope.symbol))
    return ScanResult(
        exchanges=tuple(names),
        timeframe=request.bars.timeframe,
        simulated=any(row.envelope.simulated for row in rows),
        rows=tuple(rows[: request.top]),
        failed=tuple(failed),
    )


def _row(group: Group, request: ScanRequest, now: float) -> ScanRow:
    reading = _read(group, request)
    hot = reading.zones.hot
    attention = max((zone.touch_probability.h24 * zone.score for zone in hot), default=0.0)
    split = None
    if request.split:
        alone = {name: group.alone(name) for name in group.members}
        split = {name: _next(own, _read(own, request).zones.hot) for name, own in alone.items()}
    return ScanRow(group.envelope(now), round(attention, 6), _next(group, hot), reading.fragility, split)


def _read(group: Group, request: ScanRequest) -> ZoneReading:
    return read_zones(group, aged=False, rules=zone_rules(request.axis))


def _next(group: Group, hot: Sequence[Zone]) -> NextZones:
    return NextZones(group.price, _nearest(hot, Side.LONG), _nearest(hot, Side.SHORT))


def _nearest(hot: Sequence[Zone], side: Side) -> Zone | None:
    return min((zone for zone in hot if zone.side is side), key=lambda zone: zone.distance_pct, default=None)
