"""The scan: many symbols, ranked by how near and heavy their next hot zones are."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

from service.analysis.concurrency.cost import Work, checked_cost, passes_of
from service.analysis.markets.calibrated import executed_of
from service.analysis.markets.envelope import Envelope
from service.analysis.markets.group import Group
from service.analysis.markets.loading import exchanges_of
from service.analysis.markets.many_symbols import Markets, load_markets, symbols_of
from service.analysis.prepared import Prepared
from service.analysis.requests import BarsRequest, RangeRequest
from service.analysis.services import Services
from service.analysis.zones.fragility import market_fragility
from service.analysis.zones.zone_reading import ZoneReading, read_zones, zone_rules
from service.heatmap import BadInput, BySide, Side, Zone
from service.heatmap.cascade import Fragility
from service.market.feed import BOOK_SECONDS
from service.ops.request_scope import while_wanted

ScanRank: TypeAlias = Literal["attention", "fragility"]


@dataclass(frozen=True, kw_only=True)
class ScanRequest:
    """Many symbols on the same exchanges and bars; None stands for those that the first exchange lists.

    rank_by  what rows are ranked by: their next zones, or how fragile the more fragile side is
    """

    bars: BarsRequest
    axis: RangeRequest
    symbols: tuple[str, ...] | None
    split: bool
    top: int
    rank_by: ScanRank


@dataclass(frozen=True, eq=False)
class NextZones:
    """The nearest hot zone of each side, None where none is hot, read from `price`."""

    price: float
    long: Zone | None
    short: Zone | None


@dataclass(frozen=True, eq=False)
class ScanRow:
    """One symbol's next zones; `attention` is what rows are ranked by unless asked otherwise.

    fragility  of each side; None where no book is seen
    split      each exchange's own; None where not asked for
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
    wanted = [request.bars.of_symbol(symbol) for symbol in symbols_of(services, request.symbols, names)]
    work = Work(exchanges=len(names), markets=len(wanted) * len(names), passes=_passes(request))
    admitted = services.work.admit(checked_cost(work, request.bars))
    markets = load_markets(services, wanted, names)
    return Prepared(
        markets.fingerprint,
        BOOK_SECONDS,
        admitted.computing(lambda: _result(names, request, markets, services.clock())),
    )


def _passes(request: ScanRequest) -> int:
    """Return how many inventories of each market are taken: zones, with their leverage, and each exchange's own."""
    return (1 + request.split) * (1 + passes_of(request.bars, ensemble=False))


def _result(
    names: Sequence[str],
    request: ScanRequest,
    markets: Markets,
    now: float,
) -> ScanResult:
    by_symbol: dict[str, ScanRow] = {}
    failed = [ScanFailure(symbol, name, str(error)) for (symbol, name), error in markets.errors.items()]
    failed += [ScanFailure(symbol, None, str(error)) for symbol, error in markets.refused.items()]
    refused: list[BadInput] = []
    for symbol, group in while_wanted(markets.groups.items()):
        try:
            # Two ways to write one symbol are one row.
            by_symbol[group.reference.data.symbol] = _row(group, request, now)
        except BadInput as error:
            refused.append(error)
            failed.append(ScanFailure(symbol, None, str(error)))
    if not by_symbol:
        raise refused[0]
    rows = sorted(by_symbol.values(), key=lambda row: (-_rank_value(row, request.rank_by), row.envelope.symbol))
    return ScanResult(
        exchanges=tuple(names),
        timeframe=request.bars.timeframe,
        simulated=any(row.envelope.simulated for row in rows),
        rows=tuple(rows[: request.top]),
        failed=tuple(failed),
    )


def _rank_value(row: ScanRow, by: ScanRank) -> float:
    """Return what a row is ranked by; one without a book is the least fragile."""
    if by == "attention":
        return row.attention
    return max((side.ratio for side in row.fragility or () if side is not None), default=-1.0)


def _row(group: Group, request: ScanRequest, now: float) -> ScanRow:
    reading = _read(group, request)
    hot = reading.zones.hot
    envelope = group.envelope(now)
    attention = max((zone.touch_probability.h24 * zone.score for zone in hot), default=0.0)
    split = None
    if request.split:
        alone = {name: group.alone(name) for name in group.members}
        split = {name: _next(own, _read(own, request).zones.hot) for name, own in alone.items()}
    fragility = market_fragility(reading, executed_of(envelope).share)
    return ScanRow(envelope, round(attention, 6), _next(group, hot), fragility, split)


def _read(group: Group, request: ScanRequest) -> ZoneReading:
    return read_zones(group, described=False, rules=zone_rules(request.axis))


def _next(group: Group, hot: Sequence[Zone]) -> NextZones:
    return NextZones(group.price, _nearest(hot, Side.LONG), _nearest(hot, Side.SHORT))


def _nearest(hot: Sequence[Zone], side: Side) -> Zone | None:
    return min((zone for zone in hot if zone.side is side), key=lambda zone: zone.distance_pct, default=None)
