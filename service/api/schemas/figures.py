"""Figures with their intervals in answers, and what fitting the mix came to."""

import math
from typing import Any, get_args

from marshmallow import Schema, fields

from service.analysis.markets.realised import MixFit
from service.api.schemas.described import described
from service.heatmap.skill import LEAST_GAIN, TILTS
from service.heatmap.stats import Interval, Judgement


class IntervalSchema(Schema):
    """A figure with its 95 % interval from resampling whole days; null where it is not defined."""

    value = fields.Float(required=True, allow_none=True, metadata=described("Over the days as they were"))
    low = fields.Float(required=True, allow_none=True, metadata=described("2.5 % of the resamples lie below"))
    high = fields.Float(required=True, allow_none=True, metadata=described("2.5 % of the resamples lie above"))


class GainSchema(IntervalSchema):
    """A figure that is 0 for a map which adds nothing, with its 95 % interval; null where it is not defined."""

    judgement = fields.String(
        required=True,
        metadata={
            "description": "Where the whole interval lies: above 0 better, below 0 worse, else indistinguishable",
            "enum": list(get_args(Judgement)),
        },
    )


class FitSchema(Schema):
    """The leverage mix re-fitted walk-forward to realised liquidations: it is multiplied by leverage to the tilt."""

    gains = fields.Boolean(
        required=True,
        metadata=described(
            "mix=fitted uses the fitted mix: its rank_gain is better than chance and "
            f"at least {LEAST_GAIN:g}, and its r2_gain not worse; else the mix stays as it is"
        ),
    )
    note = fields.String(
        required=True, metadata=described("In plain words whether the fitted mix is the better one; if not, why")
    )
    rank_gain = fields.Nested(
        GainSchema,
        required=True,
        allow_none=True,
        metadata=described(
            "Spearman with liquidations over that of the mix asked for, out of sample; null if none fitted"
        ),
    )
    r2_gain = fields.Nested(
        GainSchema,
        required=True,
        allow_none=True,
        metadata=described(
            "R2 of log liquidations over that of path and mix asked for, out of sample; null if none fitted"
        ),
    )
    tilt = fields.Float(
        required=True, allow_none=True, metadata=described("Best over all days; null where none could be fitted")
    )
    tilts = fields.List(
        fields.Float(), required=True, metadata=described("Chosen before each fold from the days before it alone")
    )
    at_edge = fields.Boolean(
        required=True,
        metadata=described(f"The tilt is the furthest tried, {TILTS[0]:g} or {TILTS[-1]:g}: the best may lie beyond"),
    )
    days = fields.Integer(
        required=True, allow_none=True, metadata=described("UTC days fitted to; null where none could be fitted")
    )


def interval_body(figure: Interval) -> dict[str, Any]:
    """Return a figure as JSON."""
    return {name: finite(getattr(figure, name)) for name in ("value", "low", "high")}


def finite(value: float) -> float | None:
    """Return what JSON can say of a number: NaN and infinity are null."""
    return value if math.isfinite(value) else None


def gain_body(figure: Interval) -> dict[str, Any]:
    """Return what the map adds as JSON."""
    return interval_body(figure) | {"judgement": figure.judgement}


def fit_body(outcome: MixFit) -> dict[str, Any]:
    """Return as JSON what fitting the mix came to."""
    fit = outcome.fit
    if fit is None:
        unknown: dict[str, Any] = dict.fromkeys(("rank_gain", "r2_gain", "tilt", "days"))
        return {"gains": False, "note": outcome.note, "tilts": [], "at_edge": False} | unknown
    return {
        "gains": fit.gains,
        "note": outcome.note,
        "rank_gain": gain_body(fit.rank_gain),
        "r2_gain": gain_body(fit.r2_gain),
        "tilt": fit.tilt,
        "tilts": list(fit.chosen),
        "at_edge": fit.at_edge,
        "days": fit.days,
    }
