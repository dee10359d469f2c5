"""The market's context in answers: funding, open interest, volume and book, each with its age."""

from typing import Any

from marshmallow import Schema, fields

from service.heatmap.context import Reading, annualised, book_imbalance, open_interest_change, volume_z
from service.market.data import MarketData


class ReadingSchema(Schema):
    """A figure and how old it is; null where it cannot be known."""

    value = fields.Float(required=True, allow_none=True)
    age_seconds = fields.Float(required=True, allow_none=True)


class FundingSchema(Schema):
    """The funding rate in force; longs pay when it is positive."""

    rate = fields.Float(required=True, metadata={"description": "Fraction per interval"})
    interval_hours = fields.Float(required=True)
    annualised = fields.Float(required=True, metadata={"description": "Fraction per year, not compounded"})
    age_seconds = fields.Float(required=True)


class ContextSchema(Schema):
    """How crowded the market is."""

    funding = fields.Nested(FundingSchema, required=True, allow_none=True)
    long_short_ratio = fields.Nested(
        ReadingSchema, required=True, metadata={"description": "Accounts long / accounts short, where public"}
    )
    open_interest_change_1h = fields.Nested(ReadingSchema, required=True, metadata={"description": "Fraction"})
    open_interest_change_24h = fields.Nested(ReadingSchema, required=True, metadata={"description": "Fraction"})
    volume_z = fields.Nested(ReadingSchema, required=True, metadata={"description": "Last bar against the 20 before"})
    book_imbalance = fields.Nested(
        ReadingSchema, required=True, metadata={"description": "(bids - asks) / (bids + asks) within 1 % of the price"}
    )


def context_body(data: MarketData, now: float) -> dict[str, Any]:
    """Return the context as JSON; `now` in epoch seconds."""
    book, ratio = data.book, data.account_ratio
    imbalance = Reading(None, None) if book is None else book_imbalance(book.bids, book.asks, data.price, book.time)
    return {
        "funding": _funding(data, now),
        "long_short_ratio": _reading(Reading(None, None) if ratio is None else Reading(ratio.ratio, ratio.time), now),
        "open_interest_change_1h": _reading(open_interest_change(data.bars, 1), now),
        "open_interest_change_24h": _reading(open_interest_change(data.bars, 24), now),
        "volume_z": _reading(volume_z(data.bars), now),
        "book_imbalance": _reading(imbalance, now),
    }


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


def _reading(reading: Reading, now: float) -> dict[str, Any]:
    return {"value": reading.value, "age_seconds": None if reading.time is None else _age(reading.time, now)}


def _age(time: int, now: float) -> float:
    return round(max(now - time / 1000, 0.0), 3)
