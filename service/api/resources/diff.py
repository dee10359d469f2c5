"""GET /v1/diff: where two maps disagree: two exchanges, two moments, or two sets of assumptions."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, replace
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, fields, validate

from service.analysis.encoding import dense, resolution
from service.analysis.group import Group, begin_group
from service.analysis.services import Services
from service.api.edge.answers import Answers, etag_of
from service.api.query.axis_query import AxisQuery, args_key, check_zone_axis, fitting_bins, zone_axis
from service.api.query.parameters import CHURN, LeverageMix, Moment
from service.api.resources.zones import Reading, read_zones
from service.api.schemas.diff import ALIGNMENTS, KINDS, OUTSIDE, SIDES, DiffSchema
from service.heatmap import BadInput, MapColumn, PriceAxis, Zone, compare_maps
from service.heatmap.base import axis_between
from service.heatmap.compare import ConsensusZone, Difference, MapZone, compare_zones, find_consensus
from service.heatmap.density import DEFAULT_DENSITY_RULES as RULES
from service.heatmap.density import Relief
from service.market.contract import UnknownExchange
from service.market.feed.feed import BOOK_SECONDS

ASSUMED = ("mix_a", "mix_b", "churn_a", "churn_b")


class DiffQuery(AxisQuery):
    """Parameters of /v1/diff: exactly one kind of pair must be given."""

    a = fields.String(
        load_default=None,
        validate=validate.Length(1, 200),
        metadata={"description": "Exchange against exchange: ids, several with commas, or all", "example": "sim"},
    )
    b = fields.String(
        load_default=None,
        validate=validate.Length(1, 200),
        metadata={"description": "What a is compared with, written as a is", "example": "sim2"},
    )
    as_of_a = Moment(
        load_default=None, metadata={"description": "Moment against moment; the other one is as_of if left out, or now"}
    )
    as_of_b = Moment(load_default=None, metadata={"description": "As as_of_a"})
    mix_a = LeverageMix(load_default=None, metadata={"description": "Assumption against assumption, as mix"})
    mix_b = LeverageMix(load_default=None, metadata={"description": "As mix_a"})
    churn_a = fields.Float(load_default=None, validate=CHURN, metadata={"description": "As churn"})
    churn_b = fields.Float(load_default=None, validate=CHURN, metadata={"description": "As churn"})
    alignment = fields.String(
        load_default="absolute",
        validate=validate.OneOf(ALIGNMENTS),
        metadata={"description": "Compare at the same price, or at the same price / mark"},
    )


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("diff", __name__, description="Where two maps disagree")

    @routes.get("/v1/diff")
    @routes.arguments(DiffQuery, location="query", unknown=RAISE)
    @routes.response(200, DiffSchema)
    def get_diff(args: dict[str, Any]) -> Response:
        """Compare two exchanges, the same market at two moments, or two sets of assumptions."""
        kind = kind_of(args)
        fitting_bins(args)
        begun, groups = {}, {}
        for side in SIDES:
            with _named_as_asked(args, side):
                begun[side] = begin_group(services, side_args(args, kind, side))
        for side in SIDES:
            with _named_as_asked(args, side):
                groups[side] = begun[side].group()
        axes = _axes(groups, args)
        etag = etag_of("diff", args_key(args), [found.fingerprint for found in groups.values()])

        def make() -> dict[str, Any]:
            return _body(groups, axes, kind, args, services.clock())

        return answers.reply(etag, BOOK_SECONDS, make)

    return routes


def kind_of(args: dict[str, Any]) -> str:
    """Return which kind of pair is asked for; raises BadInput naming what was given, unless it is one, and whole."""
    own = {"exchanges": ("a", "b"), "moments": ("as_of_a", "as_of_b"), "assumptions": ASSUMED}
    given = {kind: [name for name in own[kind] if args[name] is not None] for kind in KINDS}
    kinds = [kind for kind in KINDS if given[kind]]
    if len(kinds) != 1:
        asked = " and ".join(kinds) or "nothing"
        field = given[kinds[-1]][0] if kinds else "a"
        raise BadInput(field, f"Asked to compare {asked}", "a and b, or as_of_a/b, or mix_a/b and churn_a/b")
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
    except UnknownExchange as error:
        raise UnknownExchange(error.exchange, error.known, side if args[side] else error.field) from None


def _body(
    groups: dict[str, Group], axes: dict[str, PriceAxis], kind: str, args: dict[str, Any], now: float
) -> dict[str, Any]:
    readings = {}
    for side, found in groups.items():
        with _named_as_asked(args, side):
            readings[side] = read_zones(found, axes[side], aged=False)
    columns = {side: _column(groups[side], axes[side], readings[side]) for side in SIDES}
    difference = compare_maps(columns["a"], columns["b"], args["alignment"])
    zones = {side: _zones(groups[side], readings[side].zones.hot, args["alignment"]) for side in SIDES}
    body = {"kind": kind} | {side: groups[side].envelope(now) for side in SIDES} | _difference(difference)
    reliefs = {side: _relief(readings[side], args["alignment"]) for side in SIDES}
    excess_a, excess_b = (reliefs[side].excess for side in SIDES)
    body["zones"] = asdict(
        compare_zones(
            zones["a"],
            zones["b"],
            lambda zone: excess_a(zone.side, zone.low, zone.high),
            lambda zone: excess_b(zone.side, zone.low, zone.high),
            faint=RULES.faint_excess,
        )
    )
    reason = _no_consensus(kind, groups)
    confirmed = [] if reason else _consensus(groups, zones, args["alignment"], axes)
    return body | {"consensus": [asdict(zone) for zone in confirmed], "consensus_missing": reason}


def _axes(groups: dict[str, Group], args: dict[str, Any]) -> dict[str, PriceAxis]:
    """Return an axis for each side, cut so that the bins of both are the same ones.

    By price it is one axis over both ranges, so that neither map ends where the other goes on. By price / mark it is
    the dearer side's, and for the other side the same one times the ratio of the marks. Raises BadInput.
    """
    prices = {side: found.price for side, found in groups.items()}
    dearer = max(SIDES, key=lambda side: prices[side])
    if args["alignment"] == "relative":
        own = zone_axis(groups[dearer], args)
        axes = {side: replace(own, bin_size=own.bin_size * price / prices[dearer]) for side, price in prices.items()}
    else:
        share = args["range_pct"] / 100.0
        low, high = (1.0 - share) * min(prices.values()), (1.0 + share) * prices[dearer]
        axes = dict.fromkeys(SIDES, axis_between(low, high, bins=fitting_bins(args), bin_size=args["bin_size"]))
    for side, found in groups.items():
        check_zone_axis(found, axes[side], args)
    return axes


def _column(found: Group, axis: PriceAxis, reading: Reading) -> MapColumn:
    interest = sum(member.open_interest_usd for member in found.members.values())
    outside = reading.outside_long, reading.outside_short
    return MapColumn(axis.edges, reading.long, reading.short, interest, found.price, *outside)


def _relief(reading: Reading, alignment: str) -> Relief:
    edges = reading.axis.edges
    return Relief(edges / reading.price if alignment == "relative" else edges, reading.zones.sides)


def _zones(found: Group, hot: tuple[Zone, ...], alignment: str) -> list[MapZone]:
    zones = [MapZone(zone.id, zone.side, zone.low, zone.high, zone.notional) for zone in hot]
    return [zone.relative(found.price) for zone in zones] if alignment == "relative" else zones


def _no_consensus(kind: str, groups: dict[str, Group]) -> str | None:
    """Return why exchanges cannot confirm each other here, None if they can."""
    if kind != "exchanges":
        return f"Two {kind} of the same exchanges are compared: exchanges confirm each other where a and b are given."
    if len({name for found in groups.values() for name in found.members}) <= 1:
        return "A single exchange is on both sides: nothing confirms its zones."
    return None


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
    return find_consensus(maps)


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
        **{name: round(getattr(found, name), 2) for name in OUTSIDE},
    }
