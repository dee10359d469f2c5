"""GET /v1/diff: where two maps disagree: two exchanges, two moments, or two sets of assumptions."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from service.api.answers import etag_of
from service.api.axis_query import AxisQuery, args_key, check_zone_axis, fitting_bins, zone_axis
from service.api.encoding import dense, resolution
from service.api.envelope_schema import EnvelopeSchema
from service.api.group import Group, group
from service.api.parameters import CHURN, LeverageMix, Moment
from service.api.services import Services
from service.api.zones import Reading, read_zones
from service.heatmap.alignment import MapColumn
from service.heatmap.axis import PriceAxis
from service.heatmap.bad_input import BadInput
from service.heatmap.consensus import ConsensusZone, MapZone, compare_zones, consensus
from service.heatmap.diff import Difference, diff
from service.heatmap.zone import Zone
from service.market.feed import BOOK_SECONDS

SIDES = ("a", "b")


class DiffQuery(AxisQuery):
    """Parameters of /v1/diff: exactly one kind of pair must be given."""

    a = fields.String(
        load_default=None,
        validate=validate.Length(1, 200),
        metadata={"description": "Exchange against exchange: ids, several with commas, or all", "example": "sim"},
    )
    b = fields.String(load_default=None, validate=validate.Length(1, 200), metadata={"example": "sim2"})
    as_of_a = Moment(
        load_default=None, metadata={"description": "Moment against moment; the other one is as_of if left out, or now"}
    )
    as_of_b = Moment(load_default=None)
    mix_a = LeverageMix(load_default=None, metadata={"description": "Assumption against assumption, as mix"})
    mix_b = LeverageMix(load_default=None)
    churn_a = fields.Float(load_default=None, validate=CHURN, metadata={"description": "As churn"})
    churn_b = fields.Float(load_default=None, validate=CHURN)
    alignment = fields.String(
        load_default="absolute",
        validate=validate.OneOf(["absolute", "relative"]),
        metadata={"description": "Compare at the same price, or at the same price / mark"},
    )


class AgreementSchema(Schema):
    """How alike the two shapes are; null where one map is empty."""

    wasserstein_pct = fields.Float(required=True, allow_none=True, metadata={"description": "% of the price"})
    jensen_shannon = fields.Float(required=True, allow_none=True, metadata={"description": "Bits, 0..1"})
    rank_correlation = fields.Float(required=True, allow_none=True, metadata={"description": "Spearman, -1..1"})
    common_share = fields.Float(required=True, allow_none=True, metadata={"description": "Mass in common, 0..1"})


class AgreementsSchema(Schema):
    """By side, and both judged as one."""

    long = fields.Nested(AgreementSchema, required=True)
    short = fields.Nested(AgreementSchema, required=True)
    both = fields.Nested(AgreementSchema, required=True)


class MapZoneSchema(Schema):
    """A hot zone of one map; prices, or prices / mark where aligned relatively."""

    id = fields.String(required=True)
    side = fields.String(required=True)
    low = fields.Float(required=True)
    high = fields.Float(required=True)
    weight = fields.Float(required=True, metadata={"description": "Notional"})


class SharedZoneSchema(Schema):
    """A pair of zones that agree."""

    a = fields.Nested(MapZoneSchema, required=True)
    b = fields.Nested(MapZoneSchema, required=True)
    overlap = fields.Float(required=True, metadata={"description": "Common part of the narrower, 0..1"})


class ZonesDiffSchema(Schema):
    """Hot zones of both maps."""

    in_both = fields.List(fields.Nested(SharedZoneSchema), required=True)
    only_a = fields.List(fields.Nested(MapZoneSchema), required=True)
    only_b = fields.List(fields.Nested(MapZoneSchema), required=True)


class ConsensusZoneSchema(Schema):
    """Prices that zones of at least two exchanges cover."""

    rank = fields.Integer(required=True)
    side = fields.String(required=True)
    low = fields.Float(required=True)
    high = fields.Float(required=True)
    maps = fields.List(fields.String(), required=True)
    zones = fields.List(fields.String(), required=True)
    score = fields.Float(required=True)


class DiffSchema(Schema):
    """Answer of /v1/diff: everything is a less b."""

    kind = fields.String(required=True, metadata={"enum": ["exchanges", "moments", "assumptions"]})
    alignment = fields.String(required=True)
    a = fields.Nested(EnvelopeSchema, required=True)
    b = fields.Nested(EnvelopeSchema, required=True)
    edges = fields.List(fields.Float(), required=True)
    resolution = fields.Float(required=True)
    usd_long = fields.List(fields.Float(), required=True)
    usd_short = fields.List(fields.Float(), required=True)
    density_long = fields.List(
        fields.Float(), required=True, metadata={"description": "Each map over its open interest"}
    )
    density_short = fields.List(fields.Float(), required=True)
    agreement = fields.Nested(AgreementsSchema, required=True)
    basis_pct = fields.Float(required=True, metadata={"description": "Price of a over that of b, % of their mean"})
    outside_a_usd = fields.Float(required=True, metadata={"description": "Of a, off the common axis"})
    outside_b_usd = fields.Float(required=True)
    zones = fields.Nested(ZonesDiffSchema, required=True)
    consensus = fields.List(fields.Nested(ConsensusZoneSchema), required=True)


def blueprint(services: Services) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("diff", __name__, description="Where two maps disagree")

    @routes.get("/v1/diff")
    @routes.arguments(DiffQuery, location="query", unknown=RAISE)
    @routes.response(200, DiffSchema)
    def get_diff(args: dict[str, Any]) -> Response:
        """Compare two exchanges, the same market at two moments, or two sets of assumptions."""
        kind = kind_of(args)
        fitting_bins(args)
        groups = {}
        for side in SIDES:
            with _named_as_asked(args, side):
                groups[side] = group(services, side_args(args, kind, side))
        axes = _axes(groups, args)
        etag = etag_of("diff", args_key(args), [found.fingerprint for found in groups.values()])

        def make() -> dict[str, Any]:
            return _body(groups, axes, kind, args, services.clock())

        return services.answers.reply(etag, BOOK_SECONDS, make)

    return routes


def kind_of(args: dict[str, Any]) -> str:
    """Return which kind of pair is asked for; raises BadInput unless it is one, and whole."""
    given = {
        "exchanges": args["a"] is not None or args["b"] is not None,
        "moments": args["as_of_a"] is not None or args["as_of_b"] is not None,
        "assumptions": any(args[f"{name}_{side}"] is not None for name in ("mix", "churn") for side in SIDES),
    }
    kinds = [kind for kind, there in given.items() if there]
    if len(kinds) != 1:
        asked = " and ".join(kinds) or "nothing"
        raise BadInput("a", f"Asked to compare {asked}", "a and b, or as_of_a/b, or mix_a/b and churn_a/b")
    if kinds[0] == "exchanges":
        for side in SIDES:
            if args[side] is None:
                raise BadInput(side, "Is needed with the other", "exchange ids")
    return kinds[0]


def side_args(args: dict[str, Any], kind: str, side: str) -> dict[str, Any]:
    """Return the query of one side: the shared parameters with the side's own in their place."""
    if kind == "exchanges":
        return args | {"exchange": args[side]}
    if kind == "moments":
        own = {"as_of": args[f"as_of_{side}"]}
    else:
        own = {name: args[f"{name}_{side}"] for name in ("mix", "churn")}
    return args | {name: value for name, value in own.items() if value is not None}


@contextmanager
def _named_as_asked(args: dict[str, Any], side: str) -> Iterator[None]:
    """Name a bad parameter of one side as the caller wrote it."""
    try:
        yield
    except BadInput as error:
        own = side if error.field == "exchange" else f"{error.field}_{side}"
        field = error.field if args.get(own) is None else own
        raise BadInput(field, error.message, error.allowed) from None


def _body(
    groups: dict[str, Group], axes: dict[str, PriceAxis], kind: str, args: dict[str, Any], now: float
) -> dict[str, Any]:
    readings = {}
    for side, found in groups.items():
        with _named_as_asked(args, side):
            readings[side] = read_zones(found, axes[side], aged=False)
    columns = {side: _column(groups[side], axes[side], readings[side]) for side in SIDES}
    difference = diff(columns["a"], columns["b"], args["alignment"])
    zones = {side: _zones(groups[side], readings[side].zones.hot, args["alignment"]) for side in SIDES}
    body = {"kind": kind} | {side: groups[side].envelope(now) for side in SIDES} | _difference(difference)
    body["zones"] = asdict(compare_zones(zones["a"], zones["b"]))
    body["consensus"] = [asdict(zone) for zone in _consensus(groups, zones, args["alignment"], axes)]
    return body


def _axes(groups: dict[str, Group], args: dict[str, Any]) -> dict[str, PriceAxis]:
    """Return an axis for each side, both with the bin size of the dearer one, so that bins coincide."""
    dearer = max(groups.values(), key=lambda found: found.price)
    size = zone_axis(dearer, args).bin_size
    axes = {side: found.axis(args | {"bins": None, "bin_size": size}) for side, found in groups.items()}
    for side, found in groups.items():
        check_zone_axis(found, axes[side], args)
    return axes


def _column(found: Group, axis: PriceAxis, reading: Reading) -> MapColumn:
    interest = sum(member.open_interest_usd for member in found.members.values())
    return MapColumn(axis.edges, reading.long, reading.short, interest, found.price)


def _zones(found: Group, hot: tuple[Zone, ...], alignment: str) -> list[MapZone]:
    zones = [MapZone(zone.id, zone.side, zone.low, zone.high, zone.notional) for zone in hot]
    return [zone.relative(found.price) for zone in zones] if alignment == "relative" else zones


def _consensus(
    groups: dict[str, Group], zones: dict[str, list[MapZone]], alignment: str, axes: dict[str, PriceAxis]
) -> list[ConsensusZone]:
    """Return the zones that at least two exchanges confirm, each exchange of either side counting once."""
    maps: dict[str, list[MapZone]] = {}
    for side, found in groups.items():
        if len(found.members) == 1:
            maps.setdefault(next(iter(found.members)), zones[side])
            continue
        for name, member in found.members.items():
            alone = Group({name: member}, {})
            maps.setdefault(name, _zones(alone, read_zones(alone, axes[side], aged=False).zones.hot, alignment))
    return consensus(maps)


def _difference(found: Difference) -> dict[str, Any]:
    unit = resolution(float(max(abs(found.usd_long).max(), abs(found.usd_short).max())))
    return {
        "alignment": found.alignment,
        "edges": found.edges,
        "resolution": unit,
        "usd_long": dense(found.usd_long, unit),
        "usd_short": dense(found.usd_short, unit),
        "density_long": found.density_long,
        "density_short": found.density_short,
        "agreement": {name: asdict(part) for name, part in found.agreement.items()},
        "basis_pct": found.basis_pct,
        "outside_a_usd": found.outside_a_usd,
        "outside_b_usd": found.outside_b_usd,
    }
