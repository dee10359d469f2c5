"""The schema of /v1/diff: what each figure of an answer means, and in what unit."""

from marshmallow import Schema, fields, validate

from service.api.schemas.envelope import EnvelopeSchema
from service.api.schemas.figures import told
from service.heatmap import Side
from service.heatmap.compare import LEAST_OVERLAP
from service.heatmap.density import DEFAULT_DENSITY_RULES as RULES

SIDES = ("a", "b")
KINDS = ("exchanges", "moments", "assumptions")
ALIGNMENTS = ("absolute", "relative")
EDGE = "quote currency where alignment is absolute, and a share of the mark where it is relative"
LESS = "USD in a less USD in b, by bin, {} positions"
DENSITY = "By bin, {} positions: USD in a / a's open interest in USD, less the same of b; a share, -1..1"
STANDS_OUT = f"{RULES.faint_excess:.1%} over its own surroundings, on the whole of the zone's prices"
FAINT = f"Hot in {{}} alone, but {{}} stands out there as well, by at least {STANDS_OUT}: less than a hot zone must"
ONLY = f"Hot in {{}}, where {{}} does not stand out: not by {STANDS_OUT}"

OUTSIDE = tuple(f"outside_{kind}_usd_{side}" for side in SIDES for kind in Side)
BEYOND = "USD at the price that {} positions of {} with leverage have beyond the edges: in no bin and no other figure"


class AgreementSchema(Schema):
    """How alike the two shapes are; null where one map is empty."""

    wasserstein_pct = fields.Float(
        required=True,
        allow_none=True,
        metadata=told("Mean distance that mass must move to turn one into the other, % of the price, from 0"),
    )
    jensen_shannon = fields.Float(
        required=True, allow_none=True, metadata={"description": "Divergence in bits: 0 the same, 1 nothing in common"}
    )
    rank_correlation = fields.Float(
        required=True, allow_none=True, metadata={"description": "Spearman over the bins, -1..1"}
    )
    common_share = fields.Float(required=True, allow_none=True, metadata={"description": "Mass in common, 0..1"})


class AgreementsSchema(Schema):
    """By side, and both judged as one."""

    long = fields.Nested(AgreementSchema, required=True, metadata=told("Of long positions"))
    short = fields.Nested(AgreementSchema, required=True, metadata=told("Of short positions"))
    both = fields.Nested(AgreementSchema, required=True, metadata=told("Of both, each side compared with its like"))


class MapZoneSchema(Schema):
    """A hot zone of one map; prices, or prices / mark where aligned relatively."""

    id = fields.String(required=True, metadata=told("Kind, side and anchor price in quote currency"))
    side = fields.String(
        required=True,
        validate=validate.OneOf([side.value for side in Side]),
        metadata=told("Whose liquidations: long or short positions'"),
    )
    low = fields.Float(required=True, metadata=told(f"Lower edge: {EDGE}"))
    high = fields.Float(required=True, metadata=told(f"Upper edge: {EDGE}"))
    weight = fields.Float(required=True, metadata=told("What stands in it, USD"))


class SharedZoneSchema(Schema):
    """A pair of zones that agree."""

    a = fields.Nested(MapZoneSchema, required=True, metadata=told("The zone of a"))
    b = fields.Nested(MapZoneSchema, required=True, metadata=told("The zone of b"))
    overlap = fields.Float(required=True, metadata={"description": "Common part of the narrower, 0..1"})


class ZonesDiffSchema(Schema):
    """Hot zones of both maps."""

    in_both = fields.List(
        fields.Nested(SharedZoneSchema),
        required=True,
        metadata=told(
            f"Pairs of one side whose common part is at least {LEAST_OVERLAP:.0%} of the narrower; the heaviest first"
        ),
    )
    faint_in_b = fields.List(fields.Nested(MapZoneSchema), required=True, metadata=told(FAINT.format("a", "b")))
    faint_in_a = fields.List(fields.Nested(MapZoneSchema), required=True, metadata=told(FAINT.format("b", "a")))
    only_a = fields.List(fields.Nested(MapZoneSchema), required=True, metadata=told(ONLY.format("a", "b")))
    only_b = fields.List(fields.Nested(MapZoneSchema), required=True, metadata=told(ONLY.format("b", "a")))


class ConsensusZoneSchema(Schema):
    """Prices that zones of at least two exchanges cover."""

    rank = fields.Integer(required=True, metadata=told("From 1: by how many exchanges confirm it, then by score"))
    side = fields.String(
        required=True,
        validate=validate.OneOf([side.value for side in Side]),
        metadata=told("Whose liquidations: long or short positions'"),
    )
    low = fields.Float(required=True, metadata=told(f"Lower edge: {EDGE}"))
    high = fields.Float(required=True, metadata=told(f"Upper edge: {EDGE}"))
    maps = fields.List(fields.String(), required=True, metadata=told("Ids of the exchanges that confirm it"))
    zones = fields.List(fields.String(), required=True, metadata=told("Ids of the hot zones that cover it"))
    score = fields.Float(
        required=True,
        metadata=told("Sum over these exchanges of the zone's share of its exchange's hot notional, 0..1 for each"),
    )


class DiffSchema(Schema):
    """Answer of /v1/diff: everything is a less b."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS), metadata=told("What sets a and b apart"))
    alignment = fields.String(
        required=True, validate=validate.OneOf(ALIGNMENTS), metadata=told("Compared by price, or by price / mark")
    )
    a = fields.Nested(EnvelopeSchema, required=True, metadata=told("What a was made of"))
    b = fields.Nested(EnvelopeSchema, required=True, metadata=told("What b was made of"))
    edges = fields.List(
        fields.Float(), required=True, metadata=told(f"Edges of the bins, one more than there are bins: {EDGE}")
    )
    resolution = fields.Float(required=True, metadata=told("usd_long and usd_short are whole multiples of it, USD"))
    usd_long = fields.List(fields.Float(), required=True, metadata=told(LESS.format("long")))
    usd_short = fields.List(fields.Float(), required=True, metadata=told(LESS.format("short")))
    density_long = fields.List(fields.Float(), required=True, metadata=told(DENSITY.format("long")))
    density_short = fields.List(fields.Float(), required=True, metadata=told(DENSITY.format("short")))
    agreement = fields.Nested(
        AgreementsSchema, required=True, metadata=told("How alike the shapes within the edges are, whatever their size")
    )
    basis_pct = fields.Float(required=True, metadata={"description": "Price of a over that of b, % of their mean"})
    outside_long_usd_a = fields.Float(required=True, metadata=told(BEYOND.format("long", "a")))
    outside_short_usd_a = fields.Float(required=True, metadata=told(BEYOND.format("short", "a")))
    outside_long_usd_b = fields.Float(required=True, metadata=told(BEYOND.format("long", "b")))
    outside_short_usd_b = fields.Float(required=True, metadata=told(BEYOND.format("short", "b")))
    zones = fields.Nested(ZonesDiffSchema, required=True, metadata=told("Hot zones of both, each in one list"))
    consensus = fields.List(
        fields.Nested(ConsensusZoneSchema),
        required=True,
        metadata=told("Prices that hot zones of at least two exchanges cover; empty where only one confirms, or none"),
    )
    consensus_missing = fields.String(
        required=True, allow_none=True, metadata=told("Why there can be no consensus; null where it was sought")
    )
