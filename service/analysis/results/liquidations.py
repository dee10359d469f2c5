"""Realised liquidations by bar: long and short, of every exchange that publishes them, on one axis."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial

from service.analysis.concurrency.cost import Work, checked_cost
from service.analysis.concurrency.parallel import side_by_side
from service.analysis.digest import digest_of
from service.analysis.maps.columns import columns_of_group, series_on_columns, series_summed
from service.analysis.markets.envelope import Envelope
from service.analysis.markets.group import Group
from service.analysis.markets.loading import exchanges_of, load_group
from service.analysis.markets.realised import by_bar, silence_warnings
from service.analysis.prepared import Prepared, freshness
from service.analysis.requests import MarketRequest
from service.analysis.services import Services
from service.heatmap.base import Floats, Times
from service.market.contract import Liquidations, NotPublished
from service.market.feed import FeedQuery


@dataclass(frozen=True, kw_only=True)
class LiquidationsRequest:
    """A market whose realised liquidations are wanted."""

    market: MarketRequest


@dataclass(frozen=True, eq=False)
class LiquidationSeries:
    """What was liquidated by column, float64[T], NaN where it is not known: of longs and shorts, USD and base coin.

    Exchanges report USD; base coin is at the bar's close.
    """

    long_usd: Floats
    short_usd: Floats
    long_coin: Floats
    short_coin: Floats


@dataclass(frozen=True, eq=False)
class LiquidationsResult:
    """Liquidations of every exchange and of all together, on one axis, and who cannot be in it, with the reason."""

    envelope: Envelope
    time: Times
    step: int
    total: LiquidationSeries
    exchanges: dict[str, LiquidationSeries]
    absent: dict[str, str]


def prepare_liquidations(services: Services, request: LiquidationsRequest) -> Prepared[LiquidationsResult]:
    """Load the market and its liquidations on every exchange that publishes them; raises MarketError or BadInput."""
    names = exchanges_of(services, request.market.exchange)
    unpublished = _unpublished(services, names)
    publishing = [name for name in names if name not in unpublished]
    if not publishing:
        raise next(iter(unpublished.values()))
    work = Work(exchanges=len(publishing), markets=len(publishing))
    admitted = services.work.admit(checked_cost(work, request.market))
    group = load_group(services, replace(request.market, exchange=",".join(publishing)))
    rows, failed = _rows(services, group, request.market)
    absent = {name: str(error) for name, error in unpublished.items()} | failed
    return Prepared(
        (group.fingerprint, digest_of(sorted(absent), *(part for item in sorted(rows.items()) for part in item))),
        freshness(request.market.as_of, group),
        admitted.computing(lambda: _result(group, rows, absent, services.clock())),
    )


def _unpublished(services: Services, names: Sequence[str]) -> dict[str, NotPublished]:
    errors = {}
    for name in names:
        try:
            services.feed.check_liquidations(name)
        except NotPublished as error:
            errors[name] = error
    return errors


def _rows(services: Services, group: Group, asked: MarketRequest) -> tuple[dict[str, Liquidations], dict[str, str]]:
    """Return the rows of each exchange of the group, and why others have none; raises MarketError if all have none."""
    queries = {
        name: FeedQuery(name, member.data.symbol, asked.timeframe, member.wanted, asked.as_of)
        for name, member in group.members.items()
    }
    calls = {(query.symbol, name): partial(services.feed.liquidations, query) for name, query in queries.items()}
    loaded = side_by_side(services.threads, calls, services.patience.for_each)
    if not loaded.results:
        raise loaded.first_error()
    failed = {name: str(error) for (_, name), error in loaded.errors.items()}
    return {name: rows for (_, name), rows in loaded.results.items()}, failed


def _result(group: Group, rows: Mapping[str, Liquidations], absent: dict[str, str], now: float) -> LiquidationsResult:
    columns = columns_of_group(group)
    exchanges = {name: _series(group, name, rows[name], columns) for name in group.members if name in rows}
    silent = [
        warning if len(rows) == 1 else f"{name}: {warning}"
        for name in exchanges
        for warning in silence_warnings(group.members[name].data.bars, rows[name])
    ]
    envelope = group.envelope(now)
    return LiquidationsResult(
        replace(envelope, warnings=(*envelope.warnings, *silent)),
        columns,
        group.reference.data.bars.step,
        _total(list(exchanges.values())),
        exchanges,
        absent,
    )


def _series(group: Group, name: str, rows: Liquidations, columns: Times) -> LiquidationSeries:
    bars = group.members[name].data.bars
    long, short = by_bar(bars, rows)
    amounts = (long, short, long / bars.close, short / bars.close)
    return LiquidationSeries(*(series_on_columns(columns, bars.time, amount) for amount in amounts))


def _total(parts: Sequence[LiquidationSeries]) -> LiquidationSeries:
    names = ("long_usd", "short_usd", "long_coin", "short_coin")
    return LiquidationSeries(*(series_summed([getattr(part, name) for part in parts]) for name in names))
