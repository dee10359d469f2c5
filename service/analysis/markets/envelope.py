"""The envelope: what every answer about a market says of its inputs, beside the answer itself."""

from collections.abc import Mapping
from dataclasses import dataclass

from service.analysis.markets.realised import MixFit
from service.heatmap import Assumptions
from service.heatmap.inventory import Confidence, DataQuality, Mix
from service.market.contract import DERIVED_NOTE, NOT_OF_THE_PAST, Coverage, MarketData, PriceSource
from service.times import rfc3339

NOT_THE_NEWEST = "Newer data should be there: they are being fetched, or the exchange has not sent them."


@dataclass(frozen=True)
class UsedSource:
    """An exchange that the answer drew on.

    weight             share of the open interest used, 0..1
    columns            columns that it has a part in
    tiers_dated        the day that a table of ours is of, ISO 8601; else empty
    open_interest_usd  one side, at its price
    as_of              close of the newest bar that it gave, epoch ms
    price              its own, with what it is and of when (epoch ms)
    stale              newer data should be there
    missing            inputs that were not there, and why
    """

    exchange: str
    symbol: str
    columns: int
    rule: str
    tiers: str
    tiers_dated: str
    open_interest_usd: float
    as_of: int
    missing: Mapping[str, str]
    price: float
    price_source: PriceSource
    price_time: int
    stale: bool
    weight: float = 1.0


@dataclass(frozen=True)
class AbsentSource:
    """An exchange that was asked for and is not in the answer; `listed` is false where it has no such market.

    price  where what it lists under that name is something else, by its price
    """

    exchange: str
    reason: str
    listed: bool
    price: float | None = None


@dataclass(frozen=True, eq=False)
class ExchangeFit:
    """What mix=fitted came to on one exchange, and the mix that its map is made with."""

    exchange: str
    mix: Mix
    outcome: MixFit


@dataclass(frozen=True)
class EnvelopeCoverage:
    """How much of what was asked for is in the answer: `bars` of the exchange that has most, the rest over all.

    columns, columns_of_all  columns that any of the exchanges has, and that all have
    exchanges                exchanges in the answer
    exchanges_wanted         exchanges asked for, whatever became of them
    exchanges_not_listing    exchanges that have no such market
    """

    bars: Coverage
    warm_up_bars: int
    columns_wanted: int
    columns: int
    columns_of_all: int
    exchanges: int = 1
    exchanges_wanted: int = 1
    exchanges_not_listing: int = 0


@dataclass(frozen=True, eq=False)
class Envelope:
    """What an answer says of its inputs; times in epoch ms, `assumptions` and `rule` those of the largest exchange.

    confidence                None where the answer was not made under other assumptions too
    stale                     newer data of one exchange at least should be there
    price_source, price_time  what the price is and of when: of several the poorest source and the oldest time
    """

    exchange: str
    symbol: str
    unit: str
    timeframe: str
    as_of: int
    age_seconds: float
    simulated: bool
    price: float
    price_source: PriceSource
    price_time: int
    stale: bool
    sources: tuple[UsedSource, ...]
    assumptions: Assumptions
    rule: str
    coverage: EnvelopeCoverage
    data_quality: DataQuality
    warnings: tuple[str, ...]
    confidence: Confidence | None = None
    fits: tuple[ExchangeFit, ...] = ()
    absent: tuple[AbsentSource, ...] = ()


def envelope_of(
    data: MarketData,
    assumptions: Assumptions,
    columns: tuple[int, int],
    data_quality: DataQuality,
    now: float,
    *,
    open_interest_usd: float,
    newest: int,
    fit: MixFit | None = None,
) -> Envelope:
    """Return the envelope of one exchange's answer.

    `columns` are (wanted, had), `now` epoch seconds, `newest` the close of the newest bar that it gave, epoch ms.
    """
    wanted, had = columns
    source = UsedSource(
        exchange=data.exchange,
        symbol=data.symbol,
        columns=had,
        rule=data.rule,
        tiers=data.tiers.source,
        tiers_dated=data.tiers.dated,
        open_interest_usd=open_interest_usd,
        as_of=newest,
        missing=data.missing,
        price=data.price,
        price_source=data.price_source,
        price_time=data.price_time,
        stale=data.stale,
    )
    fit_warnings = () if fit is None else fit.warnings
    return Envelope(
        exchange=data.exchange,
        symbol=data.symbol,
        unit=data.unit,
        timeframe=data.timeframe,
        as_of=data.as_of,
        age_seconds=age_seconds(data.as_of, now),
        simulated=data.simulated,
        price=data.price,
        price_source=data.price_source,
        price_time=data.price_time,
        stale=data.stale,
        sources=(source,),
        assumptions=assumptions,
        rule=data.rule,
        coverage=EnvelopeCoverage(data.coverage, data.coverage.bars - had, wanted, had, had),
        data_quality=data_quality,
        warnings=(*_warnings(data, columns), *data_quality.warnings, *fit_warnings),
        fits=() if fit is None else (ExchangeFit(data.exchange, assumptions.fast_mix, fit),),
    )


def age_seconds(moment: int, now: float) -> float:
    """Return the seconds from a moment (epoch ms) to `now` (epoch seconds), 0 where an exchange's clock is ahead."""
    return round(max(now - moment / 1000, 0.0), 3)


def _warnings(data: MarketData, columns: tuple[int, int]) -> list[str]:
    coverage, warnings = data.coverage, list(data.coverage.notes)
    if data.simulated:
        warnings.append("This market is simulated.")
    if data.stale:
        warnings.append(NOT_THE_NEWEST)
    # That a map of the past has no book goes without saying.
    if data.book is None and data.missing.get("order_book", NOT_OF_THE_PAST) != NOT_OF_THE_PAST:
        of = rfc3339(data.price_time)
        warnings.append(f"The price is the last close, of {of}: there is no order book ({data.missing['order_book']}).")
    if columns[1] < columns[0]:
        warnings.append(f"The exchange's data reaches back {columns[1]} of the {columns[0]} columns asked for.")
    if coverage.gaps > coverage.missing_at_end:
        warnings.append(f"{coverage.gaps - coverage.missing_at_end} bars are missing in between.")
    # One may not be published yet.
    if coverage.missing_at_end > 1:
        late = coverage.missing_at_end
        warnings.append(f"The newest {late} bars are missing: the map ends early, at {rfc3339(data.as_of)}.")
    if coverage.open_interest_missing_at_end > 1:
        behind = coverage.open_interest_missing_at_end
        newest = rfc3339(data.as_of - behind * data.bars.step)
        warnings.append(f"The newest open interest known is of {newest}, {behind} bars old: the map is scaled to it.")
    if coverage.open_interest_share < 1.0:
        share = round(100 * (1 - coverage.open_interest_share), 1)
        warnings.append(f"Open interest is not known for {share} % of the bars; there, flows come from volume alone.")
    return warnings + _tier_warnings(data)


def _tier_warnings(data: MarketData) -> list[str]:
    """Return what to say of risk tiers that are not the exchange's own, or not those that it has now."""
    warnings = []
    if data.tiers.source == "derived":
        warnings.append(DERIVED_NOTE)
    elif data.tiers.note:
        warnings.append(data.tiers.note)
    elif data.tiers.source != "exchange":
        warnings.append(f"Risk tiers are not the exchange's own: {data.tiers.source}.")
    if "tiers" in data.missing:
        warnings.append(f"Risk tiers could not be read: {data.missing['tiers']}.")
    return warnings
