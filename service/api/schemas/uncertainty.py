"""Uncertainty in answers: quantiles of each bin over the ensemble."""

from typing import Any

from marshmallow import Schema, fields

from service.analysis.maps.encoding import dense
from service.api.schemas.described import described
from service.heatmap.inventory import Ensemble


class QuantilesSchema(Schema):
    """USD notional of the newest column, by bin."""

    q10 = fields.List(fields.Float(), required=True)
    q50 = fields.List(fields.Float(), required=True)
    q90 = fields.List(fields.Float(), required=True)


class UncertaintySchema(Schema):
    """How far the newest column hangs on the assumptions: churn halved and doubled, the mix tilted either way."""

    members = fields.Integer(required=True)
    agreement = fields.Float(required=True, metadata=described("Share of the q90 map that is in the q10 map"))
    long = fields.Nested(QuantilesSchema, required=True)
    short = fields.Nested(QuantilesSchema, required=True)


def uncertainty_body(spread: Ensemble, unit: float) -> dict[str, Any]:
    """Return the ensemble as JSON, amounts rounded to multiples of `unit`."""
    sides = {
        side.value: {name: dense(values, unit) for name, values in zip(("q10", "q50", "q90"), three, strict=True)}
        for side, three in spread.quantiles.items()
    }
    return {"members": len(spread.long), "agreement": round(spread.agreement, 6)} | sides
