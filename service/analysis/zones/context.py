"""The market's context: how crowded it is, from what the feed gave of it."""

from dataclasses import dataclass

from service.heatmap.stats import ContextFigure, annualised, book_imbalance, newest_of, open_interest_change, volume_z
from service.market.contract import MarketData


@dataclass(frozen=True)
class FundingContext:
    """The funding rate in force at `time` (epoch ms): fraction of notional per interval, and per year."""

    rate: float
    interval_hours: float
    annualised: float
    time: int


@dataclass(frozen=True)
class MarketContext:
    """Figures of how crowded a market is, each with the moment it held for, or why it is not known."""

    funding: FundingContext | None
    long_short_ratio: ContextFigure
    open_interest_change_1h: ContextFigure
    open_interest_change_24h: ContextFigure
    volume_z: ContextFigure
    book_imbalance: ContextFigure


def market_context(data: MarketData) -> MarketContext:
    """Return the context of a market."""
    book, ratio = data.book, data.account_ratio
    return MarketContext(
        funding=_funding(data),
        long_short_ratio=_absent(data, "account_ratio") if ratio is None else ContextFigure(ratio.ratio, ratio.time),
        open_interest_change_1h=_interest_change(data, 1),
        open_interest_change_24h=_interest_change(data, 24),
        volume_z=volume_z(data.bars),
        book_imbalance=_absent(data, "order_book")
        if book is None
        else book_imbalance(book.bids, book.asks, data.price, book.time),
    )


def _interest_change(data: MarketData, hours: int) -> ContextFigure:
    """Return the change that ends last: the bars' own, or that of the finer history beside bars of hours or days."""
    readings = [open_interest_change(data.bars.close_time, data.bars.open_interest, hours)]
    if data.recent_interest is not None:
        readings.insert(0, open_interest_change(data.recent_interest.time, data.recent_interest.amount, hours))
    return newest_of(readings)


def _absent(data: MarketData, part: str) -> ContextFigure:
    return ContextFigure(None, None, data.missing.get(part, "not published"))


def _funding(data: MarketData) -> FundingContext | None:
    funding = data.funding
    if funding is None:
        return None
    yearly = annualised(funding.rate, funding.interval_hours)
    return FundingContext(funding.rate, funding.interval_hours, yearly, funding.time)
