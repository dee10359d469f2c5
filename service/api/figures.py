"""Figures with their intervals in answers, and what fitting the mix came to."""

import math
from typing import Any

from marshmallow import Schema, fields

from service.heatmap.day_bootstrap import Estimate
from service.heatmap.fitting import Fit


class FigureSchema(Schema):
    """A figure with its 95 % interval; null where it is not defined."""

    value = fields.Float(required=True, allow_none=True)
    low = fields.Float(required=True, allow_none=True)
    high = fields.Float(required=True, allow_none=True)
    standing = fields.String(required=True, metadata={"enum": ["better", "indistinguishable", "worse", "undefined"]})


class FitSchema(Schema):
    """The leverage mix re-fitted walk-forward: tilt is the power of leverage by which the mix is multiplied."""

    gain = fields.Nested(FigureSchema, required=True, metadata={"description": "Spearman, out of sample"})
    gains = fields.Boolean(required=True, metadata={"description": "If not, the mix that was fitted is not used"})
    tilts = fields.List(fields.Float(), required=True, metadata={"description": "Chosen before each fold"})
    days = fields.Integer(required=True)


def figure_body(figure: Estimate) -> dict[str, Any]:
    """Return a figure as JSON."""
    numbers = {"value": figure.value, "low": figure.low, "high": figure.high}
    finite = {name: value if math.isfinite(value) else None for name, value in numbers.items()}
    return finite | {"standing": figure.standing}


def fit_body(made: Fit) -> dict[str, Any]:
    """Return a fit as JSON."""
    return {"gain": figure_body(made.gain), "gains": made.gains, "tilts": list(made.chosen), "days": made.days}
