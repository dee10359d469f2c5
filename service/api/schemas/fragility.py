"""How fragile each side of a market is."""

from typing import Any

from marshmallow import Schema, fields

from service.api.schemas.described import described
from service.heatmap import BySide, Side
from service.heatmap.cascade import NAMED_FROM, Fragility


class FragilitySideSchema(Schema):
    """What is forced within 3 % of the price, over what the book of an event takes, 3.4 times thinner than seen."""

    forced_usd = fields.Float(required=True, metadata=described("Share of what stands there that is traded by force"))
    depth_usd = fields.Float(
        required=True, metadata=described("The book of an event; past what is visible a power law")
    )
    ratio = fields.Float(
        required=True,
        metadata=described("forced / depth, from 0; from 1 on a move would feed itself but for new orders"),
    )
    seen_share = fields.Float(
        required=True,
        metadata=described(
            "Of the side's open interest, what stands where the map is read, 0..1; the rest is farther or not levered"
        ),
    )
    critical_share = fields.Float(
        required=True,
        metadata=described(
            "Share of draws of an event's book in which R of a percent of price comes to 1 within 3 %, 0..1"
        ),
    )
    critical_price = fields.Float(
        required=True,
        allow_none=True,
        metadata=described("First price at which it does, median of these draws; null if there are none"),
    )
    could_run_away = fields.Boolean(
        required=True, metadata=described(f"R comes to 1 in {NAMED_FROM:.0%} of these draws or more")
    )


class FragilitySchema(Schema):
    """Longs by a fall, shorts by a rise: where forced orders are heavy, and not that price comes there."""

    long = fields.Nested(
        FragilitySideSchema, required=True, allow_none=True, metadata=described("Of a fall; null without bids")
    )
    short = fields.Nested(
        FragilitySideSchema, required=True, allow_none=True, metadata=described("Of a rise; null without asks")
    )


def fragility_field() -> fields.Nested:
    """Return the field of a market's fragility."""
    return fields.Nested(
        FragilitySchema, required=True, allow_none=True, metadata=described("The cascade ratio; null without a book")
    )


def fragility_body(sides: BySide[Fragility | None] | None) -> dict[str, Any] | None:
    """Return a market's fragility as JSON."""
    if sides is None:
        return None
    return {side.value: None if one is None else _side(one) for side, one in zip(Side, sides, strict=True)}


def _side(one: Fragility) -> dict[str, Any]:
    return {
        "forced_usd": round(one.forced_usd, 2),
        "depth_usd": round(one.depth_usd, 2),
        "ratio": round(one.ratio, 6),
        "seen_share": round(one.seen_share, 4),
        "critical_share": one.critical_share,
        "critical_price": one.critical_price,
        "could_run_away": one.could_run_away,
    }
