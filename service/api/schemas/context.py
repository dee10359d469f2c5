"""The market's context in answers: funding, open interest, volume and book, each with its age."""

from typing import Any

from marshmallow import Schema, fields

from service.api.schemas.figures import told
from service.heatmap.stats import ContextFigure, annualised, book_imbalance, newest_of, open_interest_change, volume_z
from service.market.contract import MarketData

AGE = "Seconds since the moment it held for, from 0"
DIGITS = 6


class ReadingSchema(Schema):
    """A figure and how old it is; null, with the reason, where it cannot be known."""

    value = fields.Float(required=True, allow_none=True, metadata=told("The figure; null where it is not known"))
    age_seconds = fields.Float(required=True, allow_none=True, metadata=told(f"{AGE}; null where there is nothing"))
    reason = fields.String(required=True, allow_none=True, metadata=told("Why value is null; null where it is not"))


class FundingSchema(Schema):
    """The funding rate in force; longs pay when it is positive."""

    rate = fields.Float(required=True, metadata=told("Fraction of notional per interval, signed"))
    interval_hours = fields.Float(required=True, metadata=told("Hours from one payment to the next, above 0"))
    annualised = fields.Float(required=True, metadata=told("Fraction of notional per year, signed, not compounded"))
    age_seconds = fields.Float(required=True, metadata=told(AGE))


class ContextSchema(Schema):
    """How crowded the market is, on the exchange with the most open interest."""

    funding = fields.Nested(
        FundingSchema,
        required=True,
        allow_none=True,
        metadata=told("The rate in force; null where it is not known, and `missing` of the source then says why"),
    )
    long_short_ratio = fields.Nested(
        ReadingSchema, required=True, metadata=told("Accounts net long / accounts net short, above 0, where public")
    )
    open_interest_change_1h = fields.Nested(
        ReadingSchema,
        required=True,
        metadata=told("Newest open interest / that of an hour before it - 1, on any timeframe"),
    )
    open_interest_change_24h = fields.Nested(
        ReadingSchema,
        required=True,
        metadata=told("Newest open interest / that of 24 hours before it - 1, on any timeframe"),
    )
    volume_z = fields.Nested(
        ReadingSchema,
        required=True,
        metadata=told("Volume of the last closed bar less the mean of the 20 before, in their standard deviations"),
    )
    book_imbalance = fields.Nested(
        ReadingSchema,
        required=True,
        metadata=told("(bids - asks) / (bids + asks) in quote currency within 1 % of the price, -1..1"),
    )


def context_body(data: MarketData, now: float) -> dict[str, Any]:
    """Return the context as JSON; `now` in epoch seconds."""
    book, ratio, missing = data.book, data.account_ratio, data.missing
    readings = {
        "long_short_ratio": _absent(missing, "account_ratio")
        if ratio is None
        else ContextFigure(ratio.ratio, ratio.time),
        "open_interest_change_1h": _interest_change(data, 1),
        "open_interest_change_24h": _interest_change(data, 24),
        "volume_z": volume_z(data.bars),
        "book_imbalance": _absent(missing, "order_book")
        if book is None
        else book_imbalance(book.bids, book.asks, data.price, book.time),
    }
    return {"funding": _funding(data, now)} | {name: _reading(reading, now) for name, reading in readings.items()}


def _interest_change(data: MarketData, hours: int) -> ContextFigure:
    """Return the change that ends last: the bars' own, or that of the finer history beside bars of hours or days."""
    readings = [open_interest_change(data.bars.close_time, data.bars.open_interest, hours)]
    if data.recent_interest is not None:
        readings.insert(0, open_interest_change(data.recent_interest.time, data.recent_interest.amount, hours))
    return newest_of(readings)


def _absent(missing: dict[str, str], part: str) -> ContextFigure:
    return ContextFigure(None, None, missing.get(part, "not published"))


def _funding(data: MarketData, now: float) -> dict[str, Any] | None:
    funding = data.funding
    if funding is None:
        return None
    return {
        "rate": funding.rate,
        "interval_hours": funding.interval_hours,
        "annualised": annualised(funding.rate, funding.interval_hours),
        "age_seconds": _age(funding.time, now),
    }


def _reading(reading: ContextFigure, now: float) -> dict[str, Any]:
    value = None if reading.value is None else round(reading.value, DIGITS)
    age = None if reading.time is None else _age(reading.time, now)
    return {"value": value, "age_seconds": age, "reason": reading.reason}


def _age(time: int, now: float) -> float:
    return round(max(now - time / 1000, 0.0), 3)
