"""Reported liquidations to expect of an amount that stands on the map, and whose calibration that is."""

from dataclasses import asdict
from typing import Any

from marshmallow import Schema, fields

from service.api.schemas.described import described
from service.heatmap.skill import MeasuredShare


class ExpectedLiquidationSchema(Schema):
    """What exchanges would report as liquidated if price went through all of it; quote currency, tenths of hours."""

    q10 = fields.Float(required=True, metadata=described("Less in one hour of ten"))
    q50 = fields.Float(required=True, metadata=described("Less in half of the hours"))
    q90 = fields.Float(required=True, metadata=described("More in one hour of ten"))


class CalibrationSchema(Schema):
    """Reported over predicted, by which expected liquidations are told; /v1/skill measures a market's own."""

    of = fields.String(required=True, metadata=described("Whose hours it was measured on"))
    q10 = fields.Float(required=True, metadata=described("Share of what is swept, tenth 1 of hours"))
    q50 = fields.Float(required=True, metadata=described("Tenth 5"))
    q90 = fields.Float(required=True, metadata=described("Tenth 9"))
    covered = fields.Float(
        required=True, metadata=described("Share of later hours between q10 and q90 of earlier ones; .8 is right")
    )
    hours = fields.Integer(required=True, metadata=described("How many hours these are"))


NOT_MEASURED = "null with another mix or churn than the default, on Hyperliquid, whose default is another, and on sim"


def expected_field() -> fields.Nested:
    """Return the field of an amount's expected liquidations."""
    return fields.Nested(
        ExpectedLiquidationSchema,
        required=True,
        allow_none=True,
        metadata=described(f"What would be reported if price went through it: `calibration`; {NOT_MEASURED}"),
    )


def calibration_field() -> fields.Nested:
    """Return the field of an answer's calibration."""
    return fields.Nested(
        CalibrationSchema,
        required=True,
        allow_none=True,
        metadata=described(f"By which expected liquidations are told; {NOT_MEASURED}"),
    )


def expected_body(amount: float, share: MeasuredShare | None) -> dict[str, Any] | None:
    """Return the expected liquidations of an amount as JSON."""
    if share is None:
        return None
    q10, q50, q90 = (round(value, 2) for value in share.times(amount))
    return {"q10": q10, "q50": q50, "q90": q90}


def calibration_body(share: MeasuredShare | None) -> dict[str, Any] | None:
    """Return a calibration as JSON."""
    return None if share is None else asdict(share)
