"""What /v1/cascade answers."""

from dataclasses import asdict
from typing import Any

from marshmallow import Schema, fields

from service.analysis.markets.calibrated import calibration_of
from service.analysis.results.cascade import CascadeResult, ReachedZone
from service.api.schemas.described import described
from service.api.schemas.envelope import AssumptionsSchema, EnvelopeSchema
from service.api.schemas.envelope_body import envelope_body
from service.api.schemas.expected import calibration_body, calibration_field, expected_body, expected_field
from service.heatmap.cascade import STATES, BaseRate


class StageSchema(Schema):
    """One round; amounts are since the start."""

    seconds = fields.Float(required=True, metadata=described("After the shock: when it was sold"))
    price = fields.Float(required=True)
    move_pct = fields.Float(required=True)
    forced_usd = fields.Float(required=True, metadata=described("Liquidated up to this price"))
    expected_liquidation = expected_field()
    book_usd = fields.Float(required=True, metadata=described("Taken from the book to get here"))


class ReproductionSchema(Schema):
    """R along the path: USD forced by trading through a bin / USD that the book of the shock's moment takes there."""

    near = fields.List(fields.Float(), required=True)
    far = fields.List(fields.Float(), required=True)
    r = fields.List(fields.Float(), required=True)
    critical_price = fields.Float(
        required=True, allow_none=True, metadata=described("First price with R >= 1: the move feeds itself")
    )


class DrawsSchema(Schema):
    """Between what the draws lie, so that the answer's own is about the median.

    Tenths 1 and 9 of a log-normal spread for executed, and for the book of an event; else the least and the most of an
    even spread of the logarithm.
    """

    executed = fields.List(
        fields.Float(),
        required=True,
        metadata=described("Those of the calibration; of a share that the caller states half and twice, at most 1"),
    )
    depth = fields.List(
        fields.Float(),
        required=True,
        metadata=described("Of the book as it is seen; calm: a third less to half more"),
    )
    refill = fields.List(fields.Float(), required=True, metadata=described("A third less to half more"))


class CascadeAssumptionsSchema(AssumptionsSchema):
    """What the cascade takes for granted besides the map's own assumptions."""

    state = fields.String(
        required=True,
        metadata={
            "description": "Of the book that is met; unless state_given, event from a move of half a usual day on",
            "enum": list(STATES),
        },
    )
    state_given = fields.Boolean(required=True, metadata=described("Whether the caller chose it"))
    executed = fields.Float(required=True, metadata=described("Share of liquidated notional traded into the book"))
    executed_source = fields.String(
        required=True,
        metadata={
            "description": "caller: as asked. calibration: as measured. stand_in: measured on other markets or under "
            "other assumptions",
            "enum": ["caller", "calibration", "stand_in"],
        },
    )
    executed_of = fields.String(
        required=True, allow_none=True, metadata=described("Whose hours it was measured on; null from the caller")
    )
    depth = fields.Float(
        required=True,
        metadata=described("The book at the shock / the book as it is seen, to which it comes back"),
    )
    refill = fields.Float(required=True, metadata=described("Share of the last day's turnover, by path length"))
    refill_usd_per_pct = fields.Float(
        required=True, metadata=described("What it comes to: USD of new orders in each percent of the move")
    )
    refill_minutes = fields.Float(
        required=True, metadata=described("In which all but 1 / e of the book and of new orders has come")
    )
    insurance = fields.Float(
        required=True, metadata=described("Share of open interest that the insurance fund takes over")
    )
    insurance_usd = fields.Float(required=True, metadata=described("What it comes to"))
    margin_pct = fields.Float(
        required=True,
        metadata=described("How far beyond its liquidation price a position's margin lasts, % of the price"),
    )
    draws = fields.Nested(DrawsSchema, required=True)


class AutoDeleveragingSchema(Schema):
    """What would be left for auto-deleveraging: forced orders filled past the price at which their margin is gone.

    Less what the insurance fund takes over (`assumptions.insurance_usd`). Tenths 1, 5 and 9 of the draws.
    """

    usd = fields.List(fields.Float(), required=True, metadata=described("USD"))
    share = fields.List(fields.Float(), required=True, metadata=described("Of what was forced, 0..1"))


class OddsSchema(Schema):
    """The same shock over draws; quantiles from the mildest to the worst.

    Each draw takes executed share, depth and refill from around the answer's own, which are the median of the draws
    (`assumptions.draws`), and the next map of the ensemble. Moves are those within the hour.
    """

    samples = fields.Integer(required=True)
    members = fields.Integer(required=True, metadata=described("Maps that the draws take in turn"))
    seed = fields.Integer(required=True)
    move_pct_q10 = fields.Float(required=True)
    move_pct_q50 = fields.Float(required=True)
    move_pct_q90 = fields.Float(required=True)
    critical_share = fields.Float(
        required=True,
        metadata=described("Share of draws in which R of a percent of price comes to 1 within 10 % beyond the shock"),
    )
    critical_pct = fields.Float(
        required=True,
        allow_none=True,
        metadata=described("The first move, signed %, at which it does: median of these draws"),
    )
    critical_price = fields.Float(
        required=True, allow_none=True, metadata=described("The price to which that move leads")
    )
    absorbed_share = fields.Float(required=True)
    running_share = fields.Float(
        required=True,
        metadata=described("Share of draws with forced orders still to be sold at the end of the hour"),
    )
    extrapolated_share = fields.Float(required=True)
    auto_deleveraging = fields.Nested(AutoDeleveragingSchema, required=True, allow_none=True)


class ReachedZoneSchema(Schema):
    """A hot zone and the share of draws that reach it."""

    id = fields.String(required=True)
    side = fields.String(required=True)
    low = fields.Float(required=True)
    high = fields.Float(required=True)
    probability = fields.Float(required=True)


class PastMovesSchema(Schema):
    """How far some moves went on."""

    moves = fields.Integer(required=True, metadata=described("Bars that went at least so far from the close before"))
    days = fields.Integer(required=True, metadata=described("UTC days that these lie on"))
    bar = fields.List(
        fields.Float(),
        required=True,
        allow_none=True,
        metadata=described("Signed %, by the end of that bar: tenths 1, 5, 9; null below 8 moves"),
    )
    day = fields.List(fields.Float(), required=True, allow_none=True, metadata=described("The same within 24 hours"))
    again_bar = fields.Float(
        required=True,
        allow_none=True,
        metadata=described("Share that went on by as much again by the end of that bar"),
    )
    again_day = fields.Float(required=True, allow_none=True, metadata=described("Share that did within 24 hours"))


class SweptMovesSchema(PastMovesSchema):
    """Those of the moves before which about as much stood in their way as stands in the shock's now."""

    third = fields.String(
        required=True,
        metadata={
            "description": "Of the past moves by what stood in their way, that now falls in",
            "enum": ["least", "middle", "most"],
        },
    )
    share = fields.Float(
        required=True,
        metadata=described("What stands in the shock's way now, share of what the map holds on that side"),
    )


class BaseRateSchema(PastMovesSchema):
    """How far moves as large as the shock's own went on in this market's past, whatever the map said.

    Prices go on for more reasons than forced orders: it is no part of the cascade and is not mixed with it.
    """

    swept = fields.Nested(
        SweptMovesSchema,
        required=True,
        allow_none=True,
        metadata=described("Those with about as much in their way; null where the map's past is not known"),
    )
    told_by = fields.String(
        required=True,
        metadata={
            "description": "Which to read: move_and_swept is `swept`; move where that has too few moves",
            "enum": ["move", "move_and_swept"],
        },
    )


class CascadeSchema(EnvelopeSchema):
    """Answer of /v1/cascade."""

    assumptions = fields.Nested(CascadeAssumptionsSchema, required=True)
    direction = fields.String(required=True, metadata={"enum": ["down", "up"]})
    start_price = fields.Float(required=True)
    terminal_price = fields.Float(required=True)
    terminal_move_pct = fields.Float(required=True)
    forced_usd = fields.Float(required=True)
    executed_usd = fields.Float(required=True)
    book_usd = fields.Float(required=True)
    amplification = fields.Float(required=True, metadata=described("Terminal move / the shock's own move"))
    absorbed = fields.Boolean(required=True)
    running = fields.Boolean(
        required=True, metadata=described("Forced orders were still to be sold at the end of the hour")
    )
    stages = fields.List(fields.Nested(StageSchema), required=True)
    reproduction = fields.Nested(ReproductionSchema, required=True)
    book_end_price = fields.Float(required=True, metadata=described("Where the visible book ended"))
    depth_exponent = fields.Float(required=True, metadata=described("Of the power law beyond it"))
    extrapolated = fields.Boolean(required=True)
    odds = fields.Nested(OddsSchema, required=True)
    zones = fields.List(fields.Nested(ReachedZoneSchema), required=True)
    base_rate = fields.Nested(BaseRateSchema, required=True, allow_none=True)
    calibration = calibration_field()
    caveats = fields.List(fields.String(), required=True, metadata=described("What weakens this answer"))


def cascade_body(result: CascadeResult) -> dict[str, Any]:
    """Return what a shock would set off as JSON."""
    course, odds = asdict(result.course), asdict(result.odds)
    path = {name: course.pop(name) for name in ("near", "far", "critical_price")}
    del odds["reach"]
    share = calibration_of(result.envelope)
    for stage in course["stages"]:
        stage["expected_liquidation"] = expected_body(stage["forced_usd"], share)
    return (
        envelope_body(result.envelope, assumed=asdict(result.assumptions))
        | {name: value for name, value in course.items() if name != "reproduction"}
        | {
            "reproduction": path | {"r": course["reproduction"]},
            "odds": odds | {"seed": result.seed, "critical_price": _critical_price(result)},
            "zones": [_reached(zone) for zone in result.zones],
            "base_rate": None if result.base_rate is None else _base_rate(result.base_rate),
            "calibration": calibration_body(share),
            "caveats": result.caveats,
        }
    )


def _base_rate(rate: BaseRate) -> dict[str, Any]:
    swept = rate.swept
    with_swept = None if swept is None else asdict(swept.past) | {"third": swept.third, "share": swept.share}
    return asdict(rate.past) | {"swept": with_swept, "told_by": rate.told_by}


def _critical_price(result: CascadeResult) -> float | None:
    move = result.odds.critical_pct
    return None if move is None else result.course.start_price * (1.0 + move / 100.0)


def _reached(reached: ReachedZone) -> dict[str, Any]:
    zone = reached.zone
    return {
        "id": zone.id,
        "side": zone.side,
        "low": zone.low,
        "high": zone.high,
        "probability": reached.probability,
    }
