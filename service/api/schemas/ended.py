"""How a zone that is gone is written in answers."""

from typing import Any

from marshmallow import Schema, fields, validate

from service.api.schemas.described import described
from service.api.schemas.zone import CoreSchema
from service.heatmap import Side
from service.heatmap.touches import ENDINGS, EndedZone
from service.times import rfc3339

USD = "quote currency"
SHARE_DIGITS = 4


class EndedZoneSchema(Schema):
    """A hot zone that stood at one of the last closes and does not stand now, as it was when it held most."""

    id = fields.String(required=True, metadata=described("Its name; of several that the place had, the last"))
    side = fields.String(
        required=True,
        validate=validate.OneOf([side.value for side in Side]),
        metadata=described("Of its positions: long lay below the price, short above"),
    )
    low = fields.Float(required=True, metadata=described(f"Lower edge, {USD}"))
    high = fields.Float(required=True, metadata=described(f"Upper edge, {USD}"))
    core = fields.Nested(CoreSchema, required=True, metadata=described("Where it was hottest"))
    peak = fields.Float(required=True, metadata=described(f"Where its heat was highest, {USD}"))
    notional = fields.Float(required=True, metadata=described(f"The most that stood in it, {USD}, from 0"))
    height_at = fields.DateTime(required=True, metadata=described("The close at which it held that"))
    ended_at = fields.DateTime(
        required=True,
        allow_none=True,
        metadata=described("The first close at which it was gone; null where price has ended it since the last close"),
    )
    why = fields.String(
        required=True,
        validate=validate.OneOf(ENDINGS),
        metadata=described(
            "faded: half of its notional or more stands and is no longer more than around it; else what took most of "
            "it. swept: price went through; closed: its positions were closed without price"
        ),
    )
    swept = fields.Float(
        required=True, metadata=described("Share of its notional through whose prices price went by then, 0..1")
    )
    left = fields.Float(required=True, metadata=described("Share of its notional that stood there at the end, 0..1"))


def ended_body(zone: EndedZone) -> dict[str, Any]:
    """Return an ended zone as JSON."""
    return vars(zone) | {
        "notional": round(zone.notional, 2),
        "height_at": rfc3339(zone.height_at),
        "ended_at": None if zone.ended_at is None else rfc3339(zone.ended_at),
        "swept": round(zone.swept, SHARE_DIGITS),
        "left": round(zone.left, SHARE_DIGITS),
    }
