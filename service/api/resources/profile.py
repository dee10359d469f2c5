"""GET /v1/profile: what stands now, by side and leverage, and cumulated away from the price."""

from typing import Any

import numpy as np
from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields

from service.analysis.encoding import dense, resolution
from service.analysis.group import Group, group, group_profile
from service.analysis.services import Services
from service.api.edge.answers import Answers, etag_of
from service.api.query.axis_query import AxisQuery, args_key, freshness
from service.api.query.parameters import exchanges_field
from service.api.schemas.envelope import EnvelopeSchema
from service.api.schemas.uncertainty import UncertaintySchema, uncertainty_body, uncertainty_field
from service.heatmap import PriceAxis, Profile, Side
from service.heatmap.profile import SideProfile


class ProfileQuery(AxisQuery):
    """Parameters of /v1/profile."""

    exchange = exchanges_field()
    uncertainty = uncertainty_field()
    split = fields.Boolean(load_default=False, metadata={"description": "Include each exchange's own profile"})


class BandSchema(Schema):
    """Notional by bin of the positions whose leverage is above `over` and at most `upto` (null: no limit)."""

    over = fields.Float(required=True)
    upto = fields.Float(required=True, allow_none=True)
    notional = fields.List(fields.Float(), required=True)


class MaxPainSchema(Schema):
    """The bin of a side that is densest against its surroundings, where liquidations stand out most."""

    price = fields.Float(required=True, metadata={"description": "Middle of the bin"})
    notional = fields.Float(required=True)
    distance_pct = fields.Float(required=True, metadata={"description": "From the price, signed"})


class SideProfileSchema(Schema):
    """One side, by bin; USD notional."""

    notional = fields.List(fields.Float(), required=True)
    cumulative = fields.List(
        fields.Float(), required=True, metadata={"description": "Between the price and the far edge of the bin"}
    )
    by_leverage = fields.List(fields.Nested(BandSchema), required=True)
    average_leverage = fields.List(fields.Float(), required=True, metadata={"description": "0 in empty bins"})
    total = fields.Float(required=True, metadata={"description": "USD in the bins"})
    standing = fields.Float(required=True, metadata={"description": "USD with leverage, in the bins or beyond them"})
    passed = fields.Float(
        required=True,
        metadata={"description": "USD that stood at the last close and that the price has passed since; in no bin"},
    )
    max_pain = fields.Nested(
        MaxPainSchema,
        required=True,
        allow_none=True,
        metadata={"description": "Null where no bin within 15 % of the price stands out by 5 %"},
    )


class SidesSchema(Schema):
    """Both sides of a map."""

    long = fields.Nested(SideProfileSchema, required=True)
    short = fields.Nested(SideProfileSchema, required=True)
    imbalance = fields.Float(
        required=True, metadata={"description": "(short - long) / (short + long) within the axis, -1..1"}
    )


class ProfileSchema(EnvelopeSchema, SidesSchema):
    """Answer of /v1/profile; with several exchanges their sum."""

    bin_size = fields.Float(required=True)
    edges = fields.List(fields.Float(), required=True)
    resolution = fields.Float(required=True)
    uncertainty = fields.Nested(UncertaintySchema)
    split = fields.Dict(
        keys=fields.String(), values=fields.Nested(SidesSchema), metadata={"description": "By exchange"}
    )


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("profile", __name__, description="The map now, split by side and leverage")

    @routes.get("/v1/profile")
    @routes.arguments(ProfileQuery, location="query", unknown=RAISE)
    @routes.response(200, ProfileSchema)
    def get_profile(args: dict[str, Any]) -> Response:
        """Return the newest column of the map in detail."""
        found = group(services, args)
        axis = found.axis(args)
        etag = etag_of("profile", args_key(args), found.fingerprint)
        return answers.reply(etag, freshness(args, found), lambda: _body(found, axis, args, services.clock()))

    return routes


def _body(found: Group, axis: PriceAxis, args: dict[str, Any], now: float) -> dict[str, Any]:
    made, parts = group_profile(found, axis)
    unit = resolution(max(float(side.notional.max()) for side in made.sides.values()))
    spread = found.ensemble(axis) if args["uncertainty"] else None
    body = found.envelope(now, spread) | {"bin_size": axis.bin_size, "edges": axis.edges, "resolution": unit}
    body |= _sides(made, unit)
    if spread is not None:
        body["uncertainty"] = uncertainty_body(spread, unit)
    if args["split"]:
        body["split"] = {name: _sides(part, unit) for name, part in parts.items()}
    return body


def _sides(made: Profile, unit: float) -> dict[str, Any]:
    return {
        "long": _side(made, made.sides[Side.LONG], unit),
        "short": _side(made, made.sides[Side.SHORT], unit),
        "imbalance": round(made.imbalance, 6),
    }


def _side(made: Profile, side: SideProfile, unit: float) -> dict[str, Any]:
    bands = [
        {"over": low, "upto": high if np.isfinite(high) else None, "notional": dense(rows, unit)}
        for (low, high), rows in zip(made.bands, side.by_band, strict=True)
    ]
    return {
        "notional": dense(side.notional, unit),
        "cumulative": dense(side.cumulative, unit),
        "by_leverage": bands,
        "average_leverage": side.average_leverage.round(2),
        "total": round(side.total, 2),
        "standing": round(side.standing, 2),
        "passed": round(side.passed, 2),
        "max_pain": _max_pain(made.price, side),
    }


def _max_pain(price: float, side: SideProfile) -> dict[str, float] | None:
    if side.max_pain is None:
        return None
    distance = 100.0 * (side.max_pain / price - 1.0)
    return {"price": side.max_pain, "notional": round(side.max_pain_notional, 2), "distance_pct": round(distance, 4)}
