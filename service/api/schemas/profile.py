"""What /v1/profile answers."""

from typing import Any

import numpy as np
from marshmallow import Schema, fields

from service.analysis.maps.encoding import dense, resolution
from service.analysis.results.profile import ProfileResult
from service.api.schemas.described import described
from service.api.schemas.envelope import EnvelopeSchema
from service.api.schemas.envelope_body import envelope_body
from service.api.schemas.uncertainty import UncertaintySchema, uncertainty_body
from service.heatmap import BySide, Profile, Side
from service.heatmap.profile import SideProfile


class BandSchema(Schema):
    """Notional by bin of the positions whose leverage is above `over` and at most `upto` (null: no limit)."""

    over = fields.Float(required=True)
    upto = fields.Float(required=True, allow_none=True)
    notional = fields.List(fields.Float(), required=True)


class MaxPainSchema(Schema):
    """Where a side's hottest run peaks: there liquidations stand out most from what lies around them."""

    price = fields.Float(required=True, metadata=described("That of the peak, of heat's own bins"))
    notional = fields.Float(required=True, metadata=described("Of the bin that holds it"))
    distance_pct = fields.Float(required=True, metadata=described("From the price, signed"))


class SideProfileSchema(Schema):
    """One side, by bin; USD notional."""

    notional = fields.List(fields.Float(), required=True)
    cumulative = fields.List(
        fields.Float(), required=True, metadata=described("Between the price and the far edge of the bin")
    )
    by_leverage = fields.List(fields.Nested(BandSchema), required=True)
    average_leverage = fields.List(fields.Float(), required=True, metadata=described("0 in empty bins"))
    total = fields.Float(required=True, metadata=described("USD in the bins"))
    standing = fields.Float(required=True, metadata=described("USD with leverage, in the bins or beyond them"))
    passed = fields.Float(
        required=True,
        metadata=described("USD that stood at the last close and that the price has passed since; in no bin"),
    )
    max_pain = fields.Nested(
        MaxPainSchema,
        required=True,
        allow_none=True,
        metadata=described("Null where nothing is hot within the range and 15 % of the price"),
    )


class SidesSchema(Schema):
    """Both sides of a map."""

    long = fields.Nested(SideProfileSchema, required=True)
    short = fields.Nested(SideProfileSchema, required=True)
    imbalance = fields.Float(
        required=True, metadata=described("(short - long) / (short + long) within the axis, -1..1")
    )


class ProfileSchema(EnvelopeSchema, SidesSchema):
    """Answer of /v1/profile; with several exchanges their sum."""

    bin_size = fields.Float(required=True)
    edges = fields.List(fields.Float(), required=True)
    resolution = fields.Float(required=True)
    heat = fields.List(
        fields.Float(),
        required=True,
        metadata=described("How full each bin is against its surroundings, both sides together, 0..1"),
    )
    uncertainty = fields.Nested(UncertaintySchema)
    split = fields.Dict(keys=fields.String(), values=fields.Nested(SidesSchema), metadata=described("By exchange"))


def profile_body(result: ProfileResult) -> dict[str, Any]:
    """Return a profile as JSON."""
    total, axis = result.total, result.axis
    unit = resolution(max(float(side.notional.max()) for side in total.sides.values()))
    body = envelope_body(result.envelope) | {"bin_size": axis.bin_size, "edges": axis.edges, "resolution": unit}
    body |= _sides(total, result.newest.max_pain, unit)
    body["heat"] = result.newest.heat.round(4)
    if result.spread is not None:
        body["uncertainty"] = uncertainty_body(result.spread, unit)
    if result.split is not None:
        body["split"] = {name: _sides(part, result.newest.own[name], unit) for name, part in result.split.items()}
    return body


def _sides(profile: Profile, pain: BySide[float | None], unit: float) -> dict[str, Any]:
    return {
        "long": _side(profile, profile.sides[Side.LONG], pain.long, unit),
        "short": _side(profile, profile.sides[Side.SHORT], pain.short, unit),
        "imbalance": round(profile.imbalance, 6),
    }


def _side(profile: Profile, side: SideProfile, pain: float | None, unit: float) -> dict[str, Any]:
    bands = [
        {"over": low, "upto": high if np.isfinite(high) else None, "notional": dense(rows, unit)}
        for (low, high), rows in zip(profile.bands, side.by_band, strict=True)
    ]
    return {
        "notional": dense(side.notional, unit),
        "cumulative": dense(side.cumulative, unit),
        "by_leverage": bands,
        "average_leverage": side.average_leverage.round(2),
        "total": round(side.total, 2),
        "standing": round(side.standing, 2),
        "passed": round(side.passed, 2),
        "max_pain": _max_pain(profile, side, pain),
    }


def _max_pain(profile: Profile, side: SideProfile, price: float | None) -> dict[str, float] | None:
    if price is None:
        return None
    at = min(max(int(np.searchsorted(profile.axis.edges, price, "right")) - 1, 0), profile.axis.count - 1)
    distance = 100.0 * (price / profile.price - 1.0)
    return {
        "price": float(f"{price:.9g}"),
        "notional": round(float(side.notional[at]), 2),
        "distance_pct": round(distance, 4),
    }
