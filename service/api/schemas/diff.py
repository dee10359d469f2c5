"""The schema of /v1/diff: what each figure of an answer means, and in what unit."""

from dataclasses import asdict
from typing import Any, get_args

from marshmallow import Schema, fields, validate

from service.analysis.maps.encoding import dense, resolution
from service.analysis.results.diff import DiffResult
from service.analysis.results.diff_request import KINDS, MAPS
from service.api.schemas.described import described
from service.api.schemas.envelope import EnvelopeSchema
from service.api.schemas.envelope_body import envelope_body
from service.heatmap import Side
from service.heatmap.compare import LEAST_OVERLAP, Difference, How
from service.heatmap.density import DEFAULT_DENSITY_RULES as RULES

ALIGNMENTS = get_args(How)
EDGE = "quote currency where alignment is absolute, and a share of the mark where it is relative"
USD_LESS = "USD in a less USD in b, by bin, {} positions"
DENSITY = "By bin, {} positions: USD in a / a's open interest in USD, less the same of b; a share, -1..1"
STANDS_OUT = f"a mean heat of {RULES.faint:g} on the whole of the zone's prices"
FAINT = f"Hot in {{}} alone, but {{}} stands out there as well, with {STANDS_OUT} at least: less than a hot zone has"
ONLY = f"Hot in {{}}, where {{}} does not stand out: not with {STANDS_OUT}"

OUTSIDE = tuple(f"outside_{kind}_usd_{side}" for side in MAPS for kind in Side)
BEYOND = "USD at the price that {} positions of {} with leverage have beyond the edges: in no bin and no other figure"


class AgreementSchema(Schema):
    """How alike the two shapes are; null where one map is empty."""

    wasserstein_pct = fields.Float(
        required=True,
        allow_none=True,
        metadata=described("Mean distance that mass must move to turn one into the other, % of the price, from 0"),
    )
    jensen_shannon = fields.Float(
        required=True, allow_none=True, metadata=described("Divergence in bits: 0 the same, 1 nothing in common")
    )
    rank_correlation = fields.Float(required=True, allow_none=True, metadata=described("Spearman over the bins, -1..1"))
    common_share = fields.Float(required=True, allow_none=True, metadata=described("Mass in common, 0..1"))


class AgreementsSchema(Schema):
    """By side, and both judged as one."""

    long = fields.Nested(AgreementSchema, required=True, metadata=described("Of long positions"))
    short = fields.Nested(AgreementSchema, required=True, metadata=described("Of short positions"))
    both = fields.Nested(
        AgreementSchema, required=True, metadata=described("Of both, each side compared with its like")
    )


class MapZoneSchema(Schema):
    """A hot zone of one map; prices, or prices / mark where aligned relatively."""

    id = fields.String(required=True, metadata=described("Kind, side and anchor price in quote currency"))
    side = fields.String(
        required=True,
        validate=validate.OneOf([side.value for side in Side]),
        metadata=described("Whose liquidations: long or short positions'"),
    )
    low = fields.Float(required=True, metadata=described(f"Lower edge: {EDGE}"))
    high = fields.Float(required=True, metadata=described(f"Upper edge: {EDGE}"))
    weight = fields.Float(required=True, metadata=described("What stands in it, USD"))


class SharedZoneSchema(Schema):
    """A pair of zones that agree."""

    a = fields.Nested(MapZoneSchema, required=True, metadata=described("The zone of a"))
    b = fields.Nested(MapZoneSchema, required=True, metadata=described("The zone of b"))
    overlap = fields.Float(required=True, metadata=described("Common part of the narrower, 0..1"))


class ZonesDiffSchema(Schema):
    """Hot zones of both maps."""

    in_both = fields.List(
        fields.Nested(SharedZoneSchema),
        required=True,
        metadata=described(
            f"Pairs of one side whose common part is at least {LEAST_OVERLAP:.0%} of the narrower; the heaviest first"
        ),
    )
    faint_in_b = fields.List(fields.Nested(MapZoneSchema), required=True, metadata=described(FAINT.format("a", "b")))
    faint_in_a = fields.List(fields.Nested(MapZoneSchema), required=True, metadata=described(FAINT.format("b", "a")))
    only_a = fields.List(fields.Nested(MapZoneSchema), required=True, metadata=described(ONLY.format("a", "b")))
    only_b = fields.List(fields.Nested(MapZoneSchema), required=True, metadata=described(ONLY.format("b", "a")))


class ConsensusZoneSchema(Schema):
    """Prices that zones of at least two exchanges cover."""

    rank = fields.Integer(required=True, metadata=described("From 1: by how many exchanges confirm it, then by score"))
    side = fields.String(
        required=True,
        validate=validate.OneOf([side.value for side in Side]),
        metadata=described("Whose liquidations: long or short positions'"),
    )
    low = fields.Float(required=True, metadata=described(f"Lower edge: {EDGE}"))
    high = fields.Float(required=True, metadata=described(f"Upper edge: {EDGE}"))
    maps = fields.List(fields.String(), required=True, metadata=described("Ids of the exchanges that confirm it"))
    zones = fields.List(fields.String(), required=True, metadata=described("Ids of the hot zones that cover it"))
    score = fields.Float(
        required=True,
        metadata=described(
            "Sum over these exchanges of the zone's share of its exchange's hot notional, 0..1 for each"
        ),
    )


class DiffSchema(Schema):
    """Answer of /v1/diff: everything is a less b."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS), metadata=described("What sets a and b apart"))
    alignment = fields.String(
        required=True, validate=validate.OneOf(ALIGNMENTS), metadata=described("Compared by price, or by price / mark")
    )
    a = fields.Nested(EnvelopeSchema, required=True, metadata=described("What a was made of"))
    b = fields.Nested(EnvelopeSchema, required=True, metadata=described("What b was made of"))
    edges = fields.List(
        fields.Float(), required=True, metadata=described(f"Edges of the bins, one more than there are bins: {EDGE}")
    )
    resolution = fields.Float(
        required=True, metadata=described("usd_long and usd_short are whole multiples of it, USD")
    )
    usd_long = fields.List(fields.Float(), required=True, metadata=described(USD_LESS.format("long")))
    usd_short = fields.List(fields.Float(), required=True, metadata=described(USD_LESS.format("short")))
    density_long = fields.List(fields.Float(), required=True, metadata=described(DENSITY.format("long")))
    density_short = fields.List(fields.Float(), required=True, metadata=described(DENSITY.format("short")))
    agreement = fields.Nested(
        AgreementsSchema,
        required=True,
        metadata=described("How alike the shapes within the edges are, whatever their size"),
    )
    basis_pct = fields.Float(required=True, metadata=described("Price of a over that of b, % of their mean"))
    outside_long_usd_a = fields.Float(required=True, metadata=described(BEYOND.format("long", "a")))
    outside_short_usd_a = fields.Float(required=True, metadata=described(BEYOND.format("short", "a")))
    outside_long_usd_b = fields.Float(required=True, metadata=described(BEYOND.format("long", "b")))
    outside_short_usd_b = fields.Float(required=True, metadata=described(BEYOND.format("short", "b")))
    zones = fields.Nested(ZonesDiffSchema, required=True, metadata=described("Hot zones of both, each in one list"))
    consensus = fields.List(
        fields.Nested(ConsensusZoneSchema),
        required=True,
        metadata=described(
            "Prices that hot zones of at least two exchanges cover; empty where only one confirms, or none"
        ),
    )
    consensus_missing = fields.String(
        required=True, allow_none=True, metadata=described("Why there can be no consensus; null where it was sought")
    )


def diff_body(result: DiffResult) -> dict[str, Any]:
    """Return what sets two maps apart as JSON."""
    envelopes = {name: envelope_body(envelope) for name, envelope in result.envelopes.items()}
    return (
        {"kind": result.kind}
        | envelopes
        | _difference(result.difference)
        | {
            "zones": asdict(result.zones),
            "consensus": [asdict(zone) for zone in result.consensus],
            "consensus_missing": result.consensus_missing,
        }
    )


def _difference(difference: Difference) -> dict[str, Any]:
    unit = resolution(float(max(abs(difference.usd_long).max(), abs(difference.usd_short).max())))
    return {
        "alignment": difference.alignment,
        "edges": difference.edges,
        "resolution": unit,
        "usd_long": dense(difference.usd_long, unit),
        "usd_short": dense(difference.usd_short, unit),
        "density_long": difference.density_long,
        "density_short": difference.density_short,
        "agreement": {name: asdict(part) for name, part in difference.agreement.items()},
        "basis_pct": difference.basis_pct,
        **{name: round(getattr(difference, name), 2) for name in OUTSIDE},
    }
