"""GET /v1/cascade: what a shock would set off."""

from collections.abc import Callable
from dataclasses import asdict
from typing import Any

import numpy as np
from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from service.analysis.estimate import Estimate
from service.analysis.group import Group, one_exchange
from service.analysis.services import Services
from service.api.edge.answers import Answers, etag_of
from service.api.query.axis_query import AxisQuery, args_key, fitting_bins, freshness, zone_axis
from service.api.resources.zones import read_zones
from service.api.schemas.envelope import AssumptionsSchema, EnvelopeSchema
from service.heatmap import BadInput, PriceAxis, Shock, Zone, run_cascade
from service.heatmap.base import Floats
from service.heatmap.cascade import EXECUTED, Cascade, CascadeOdds, Unknowns, cascade_odds, refill_rate
from service.market.contract import ExchangeUnavailable, MarketData
from service.times import DAY_MS

HALF = 0.5
USD = validate.Range(0, 1e12, min_inclusive=False)


class CascadeQuery(AxisQuery):
    """Parameters of /v1/cascade: one of the three shocks must be given."""

    class Meta:
        """A cascade starts from the book, which nobody publishes for the past."""

        exclude = ("as_of",)

    range_pct = fields.Float(
        load_default=50.0, validate=validate.Range(1, 90), metadata={"description": "How far the map reaches, in %"}
    )
    move_pct = fields.Float(
        load_default=None,
        validate=validate.Range(-50, 50),
        metadata={"description": "A move of the price, signed, not 0", "example": -3},
    )
    sell_usd = fields.Float(load_default=None, validate=USD, metadata={"description": "A market sell order"})
    buy_usd = fields.Float(load_default=None, validate=USD, metadata={"description": "A market buy order"})
    executed = fields.Float(
        load_default=EXECUTED,
        validate=validate.Range(0, 1),
        metadata={"description": "Share of liquidated notional that is traded into the book"},
    )
    refill = fields.Float(
        load_default=0.1,
        validate=validate.Range(0, 1),
        metadata={
            "description": "Share of recent turnover that new orders put against the move; 0 is the book as it is seen"
        },
    )
    samples = fields.Integer(
        load_default=400, validate=validate.Range(10, 2000), metadata={"description": "Monte Carlo draws"}
    )
    seed = fields.Integer(load_default=0, validate=validate.Range(0, 2**31 - 1))


class StageSchema(Schema):
    """One round; amounts are since the start."""

    price = fields.Float(required=True)
    move_pct = fields.Float(required=True)
    forced_usd = fields.Float(required=True, metadata={"description": "Liquidated up to this price"})
    book_usd = fields.Float(required=True, metadata={"description": "Taken from the book to get here"})


class ReproductionSchema(Schema):
    """R along the path: USD forced by trading through a bin / USD that it takes to trade through it."""

    near = fields.List(fields.Float(), required=True)
    far = fields.List(fields.Float(), required=True)
    r = fields.List(fields.Float(), required=True)
    critical_price = fields.Float(
        required=True, allow_none=True, metadata={"description": "First price with R >= 1: the move feeds itself"}
    )


class DrawsSchema(Schema):
    """Between what the draws lie, [least, most]: evenly in the logarithm, so that the answer's own is the median."""

    executed = fields.List(fields.Float(), required=True, metadata={"description": "Half to twice, at most 1"})
    depth = fields.List(
        fields.Float(), required=True, metadata={"description": "Of the book as it is seen: a third less to half more"}
    )
    refill = fields.List(fields.Float(), required=True, metadata={"description": "A third less to half more"})


class CascadeAssumptionsSchema(AssumptionsSchema):
    """What the cascade takes for granted besides the map's own assumptions."""

    executed = fields.Float(
        required=True, metadata={"description": "Share of liquidated notional traded into the book"}
    )
    depth = fields.Float(required=True, metadata={"description": "The book that is met / the book as it is seen"})
    refill = fields.Float(required=True, metadata={"description": "Share of the last day's turnover, by path length"})
    refill_usd_per_pct = fields.Float(
        required=True, metadata={"description": "What it comes to: USD of new orders in each percent of the move"}
    )
    draws = fields.Nested(DrawsSchema, required=True)


class OddsSchema(Schema):
    """The same shock over draws; quantiles from the mildest to the worst.

    Each draw takes executed share, depth and refill from around the answer's own, which are the median of the draws
    (`assumptions.draws`), and the next map of the ensemble.
    """

    samples = fields.Integer(required=True)
    members = fields.Integer(required=True, metadata={"description": "Maps that the draws take in turn"})
    seed = fields.Integer(required=True)
    move_pct_q10 = fields.Float(required=True)
    move_pct_q50 = fields.Float(required=True)
    move_pct_q90 = fields.Float(required=True)
    absorbed_share = fields.Float(required=True)
    extrapolated_share = fields.Float(required=True)


class ReachedZoneSchema(Schema):
    """A hot zone and the share of draws that reach it."""

    id = fields.String(required=True)
    side = fields.String(required=True)
    low = fields.Float(required=True)
    high = fields.Float(required=True)
    probability = fields.Float(required=True)


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
    amplification = fields.Float(required=True, metadata={"description": "Terminal move / the shock's own move"})
    absorbed = fields.Boolean(required=True)
    stages = fields.List(fields.Nested(StageSchema), required=True)
    reproduction = fields.Nested(ReproductionSchema, required=True)
    book_end_price = fields.Float(required=True, metadata={"description": "Where the visible book ended"})
    depth_exponent = fields.Float(required=True, metadata={"description": "Of the power law beyond it"})
    extrapolated = fields.Boolean(required=True)
    odds = fields.Nested(OddsSchema, required=True)
    zones = fields.List(fields.Nested(ReachedZoneSchema), required=True)
    caveats = fields.List(fields.String(), required=True, metadata={"description": "What weakens this answer"})


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("cascade", __name__, description="What a shock would set off")

    @routes.get("/v1/cascade")
    @routes.arguments(CascadeQuery, location="query", unknown=RAISE)
    @routes.response(200, CascadeSchema)
    def get_cascade(args: dict[str, Any]) -> Response:
        """Follow a shock through order book and map: stages, terminal move, reproduction number, odds."""
        args["as_of"] = None
        shock = _shock(args)
        fitting_bins(args)
        found = one_exchange(services, args)
        if found.data.book is None:
            why = found.data.missing.get("order_book", "no order book")
            raise ExchangeUnavailable(found.data.exchange, f"a cascade needs the order book: {why}")
        axis = zone_axis(Group({found.data.exchange: found}, {}), args)
        etag = etag_of("cascade", args_key(args), found.fingerprint, found.data.book.time)
        return answers.reply(etag, freshness(args), lambda: _body(found, axis, shock, args, services.clock))

    return routes


def _shock(args: dict[str, Any]) -> Shock:
    given = {name: args[name] for name in ("move_pct", "sell_usd", "buy_usd") if args[name] is not None}
    if len(given) != 1:
        raise BadInput("move_pct", f"{len(given)} shocks are given", "one of move_pct, sell_usd, buy_usd")
    if given.get("move_pct") == 0:
        raise BadInput("move_pct", "Is 0", "-50 to 50, but not 0")
    return Shock(**given)


def _body(
    found: Estimate, axis: PriceAxis, shock: Shock, args: dict[str, Any], clock: Callable[[], float]
) -> dict[str, Any]:
    zones = read_zones(Group({found.data.exchange: found}, {}), axis, aged=False).zones.hot
    course, odds = _course(found, axis, shock, args, zones)
    body = asdict(course)
    path = {name: body.pop(name) for name in ("near", "far", "critical_price")}
    body["reproduction"] = path | {"r": body.pop("reproduction")}
    body["odds"] = asdict(odds) | {"seed": args["seed"]}
    chances = body["odds"].pop("reach")
    body["zones"] = [
        {"id": zone.id, "side": zone.side, "low": zone.low, "high": zone.high, "probability": chance}
        for zone, chance in zip(zones, chances, strict=True)
    ]
    body["caveats"] = _caveats(course, odds, axis)
    told = found.envelope(clock())
    return told | body | {"assumptions": told["assumptions"] | _assumptions(found, args)}


def _assumptions(found: Estimate, args: dict[str, Any]) -> dict[str, Any]:
    own = {"executed": args["executed"], "depth": 1.0, "refill": args["refill"]}
    rate = refill_rate(*_recent_trading(found.data), args["refill"])
    return own | {
        "refill_usd_per_pct": rate / 100,
        "draws": {name: Unknowns().around(name, value) for name, value in own.items()},
    }


def _caveats(course: Cascade, odds: CascadeOdds, axis: PriceAxis) -> list[str]:
    """Return what weakens this answer in particular."""
    caveats = []
    if course.extrapolated:
        caveats.append("The move ends past the visible book: depth there is a power law, not seen.")
    if not axis.edges[0] <= course.terminal_price <= axis.edges[-1]:
        caveats.append("The move ends past range_pct: what stands beyond it is not counted.")
    if not course.absorbed:
        caveats.append("Even the furthest price considered could not take it all.")
    if odds.extrapolated_share > HALF:
        caveats.append("More than half of the draws end past the visible book.")
    return caveats


def _course(
    found: Estimate, axis: PriceAxis, shock: Shock, args: dict[str, Any], zones: tuple[Zone, ...]
) -> tuple[Cascade, CascadeOdds]:
    book, spread = found.data.book, found.ensemble(axis)
    if book is None:
        raise ExchangeUnavailable(found.data.exchange, "no order book")
    setting = (book.bids, book.asks, axis.edges)
    price, refill = found.data.price, refill_rate(*_recent_trading(found.data), args["refill"])
    rng = np.random.default_rng(args["seed"])
    reach = [(zone.low, zone.high) for zone in zones]
    course = run_cascade(
        *setting, spread.long[0], spread.short[0], price, shock, executed=args["executed"], refill=refill
    )
    odds = cascade_odds(
        *setting,
        spread.long,
        spread.short,
        price,
        shock,
        rng=rng,
        zones=reach,
        samples=args["samples"],
        refill=refill,
        executed=args["executed"],
    )
    return course, odds


def _recent_trading(data: MarketData) -> tuple[Floats, Floats]:
    """Return the turnover (USD) and relative path length of the bars of the last day, at least one."""
    last = data.bars.part(-max(DAY_MS // data.bars.step, 1))
    up = last.close >= last.open
    first_leg = np.where(up, last.open - last.low, last.high - last.open)
    last_leg = np.where(up, last.high - last.close, last.close - last.low)
    path: Floats = (first_leg + (last.high - last.low) + last_leg) / last.close
    return last.volume if data.inverse else last.volume * last.close, path
