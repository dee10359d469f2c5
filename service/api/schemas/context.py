"""The market's context in answers: funding, open interest, volume and book, each with its age."""

from typing import Any

from marshmallow import Schema, fields

from service.analysis.markets.envelope import age_seconds
from service.analysis.zones.context import FundingContext, MarketContext
from service.api.schemas.described import described
from service.heatmap.stats import ContextFigure

AGE = "Seconds since the moment it held for, from 0"
DIGITS = 6


class ReadingSchema(Schema):
    """A figure and how old it is; null, with the reason, where it cannot be known."""

    value = fields.Float(required=True, allow_none=True, metadata=described("The figure; null where it is not known"))
    age_seconds = fields.Float(
        required=True, allow_none=True, metadata=described(f"{AGE}; null where there is nothing")
    )
    reason = fields.String(
        required=True, allow_none=True, metadata=described("Why value is null; null where it is not")
    )


class FundingSchema(Schema):
    """The funding rate in force; longs pay when it is positive."""

    rate = fields.Float(required=True, metadata=described("Fraction of notional per interval, signed"))
    interval_hours = fields.Float(required=True, metadata=described("Hours from one payment to the next, above 0"))
    annualised = fields.Float(
        required=True, metadata=described("Fraction of notional per year, signed, not compounded")
    )
    age_seconds = fields.Float(required=True, metadata=described(AGE))


class ContextSchema(Schema):
    """How crowded the market is, on the exchange with the most open interest."""

    funding = fields.Nested(
        FundingSchema,
        required=True,
        allow_none=True,
        metadata=described("The rate in force; null where it is not known, and `missing` of the source then says why"),
    )
    long_short_ratio = fields.Nested(
        ReadingSchema,
        required=True,
        metadata=described("Accounts net long / accounts net short, above 0, where public"),
    )
    open_interest_change_1h = fields.Nested(
        ReadingSchema,
        required=True,
        metadata=described("Newest open interest / that of an hour before it - 1, on any timeframe"),
    )
    open_interest_change_24h = fields.Nested(
        ReadingSchema,
        required=True,
        metadata=described("Newest open interest / that of 24 hours before it - 1, on any timeframe"),
    )
    volume_z = fields.Nested(
        ReadingSchema,
        required=True,
        metadata=described(
            "Volume of the last closed bar less the mean of the 20 before, in their standard deviations"
        ),
    )
    book_imbalance = fields.Nested(
        ReadingSchema,
        required=True,
        metadata=described("(bids - asks) / (bids + asks) in quote currency within 1 % of the price, -1..1"),
    )


def context_body(context: MarketContext, now: float) -> dict[str, Any]:
    """Return the context as JSON; `now` in epoch seconds."""
    return {
        "funding": _funding(context.funding, now),
        "long_short_ratio": _reading(context.long_short_ratio, now),
        "open_interest_change_1h": _reading(context.open_interest_change_1h, now),
        "open_interest_change_24h": _reading(context.open_interest_change_24h, now),
        "volume_z": _reading(context.volume_z, now),
        "book_imbalance": _reading(context.book_imbalance, now),
    }


def _funding(funding: FundingContext | None, now: float) -> dict[str, Any] | None:
    if funding is None:
        return None
    return {
        "rate": funding.rate,
        "interval_hours": funding.interval_hours,
        "annualised": funding.annualised,
        "age_seconds": age_seconds(funding.time, now),
    }


def _reading(reading: ContextFigure, now: float) -> dict[str, Any]:
    value = None if reading.value is None else round(reading.value, DIGITS)
    age = None if reading.time is None else age_seconds(reading.time, now)
    return {"value": value, "age_seconds": age, "reason": reading.reason}
