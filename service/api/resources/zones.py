"""GET /v1/zones: where liquidations cluster and where little stands, ranked."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, ValidationError, fields, validate, validates_schema
from webargs.fields import DelimitedList

from service.analysis.group import Group, group_map_and_profile, group_profile, groups_of
from service.analysis.services import Services
from service.api.edge.answers import Answers, etag_of
from service.api.query.axis_query import AxisQuery, args_key, check_zone_axis, fitting_bins, freshness
from service.api.query.parameters import exchanges_field
from service.api.schemas.context import context_body
from service.api.schemas.zone import KINDS, level_body, support_body, zone_body
from service.api.schemas.zones import ZonesSchema
from service.heatmap import BadInput, PriceAxis, Side, find_levels, find_zones
from service.heatmap.base import Floats
from service.heatmap.density import DensityRules
from service.heatmap.inventory import Ensemble
from service.heatmap.levels import Level
from service.heatmap.zones import (
    DEFAULT_ZONE_RULES,
    GridHistory,
    OnTimeframe,
    ZoneMap,
    ZoneRules,
    merged,
    supports,
    zones_axis,
)
from service.market.contract import TIMEFRAMES

MOST_TIMEFRAMES = 4
# Stops stand half an ATR beyond a zone for these, a whole one for all others.
MAJORS = ("BTC", "ETH")


class ZonesQuery(AxisQuery):
    """Parameters of /v1/zones."""

    exchange = exchanges_field()
    timeframes = DelimitedList(
        fields.String(validate=validate.OneOf(list(TIMEFRAMES))),
        load_default=lambda: None,
        validate=validate.Length(1, MOST_TIMEFRAMES),
        metadata={
            "description": f"Up to {MOST_TIMEFRAMES} timeframes read together, such as 1h,4h; "
            "instead of timeframe, not with it",
        },
    )
    split = fields.Boolean(load_default=False, metadata={"description": "Include each exchange's own zones"})
    uncertainty = fields.Boolean(
        load_default=False,
        metadata={
            "description": "Give each zone the share of the ensemble's members in which it stands, and q10, q50 and "
            "q90 of its notional over them; not those in split"
        },
    )
    kind = fields.String(
        load_default=None, validate=validate.OneOf(KINDS), metadata={"description": "Only these; both if left out"}
    )
    side = fields.String(
        load_default=None,
        validate=validate.OneOf([side.value for side in Side]),
        metadata={"description": "Only these; both if left out"},
    )
    top = fields.Integer(
        load_default=20, validate=validate.Range(1, 200), metadata={"description": "At most this many of each kind"}
    )
    within_pct = fields.Float(
        load_default=None,
        validate=validate.Range(0, 90),
        metadata={"description": "Only zones whose near edge is at most this far from the price, in %"},
    )
    min_share = fields.Float(
        load_default=0.0,
        validate=validate.Range(0, 1),
        metadata={"description": "Only zones that hold at least this share of the map"},
    )

    @validates_schema(pass_original=True)
    def refuse_both_timeframes(self, args: dict[str, Any], given: Any, **_: Any) -> None:  # noqa: ANN401 - marshmallow's own
        """Refuse one timeframe along with several."""
        if args.get("timeframes") and "timeframe" in given:
            raise ValidationError({"timeframes": ["Allowed: either timeframe or timeframes, not both."]})


@dataclass(frozen=True, eq=False)
class Reading:
    """The zones of one market on one timeframe, the levels they were compared with, and the profile they lie in.

    `price` is the one that they were read from, `axis` the one that their bins count on; long, short float64[B] are on
    the axis that was asked for, outside_long, outside_short what stands beyond it, at `price`.
    """

    found: Group
    axis: PriceAxis
    price: float
    zones: ZoneMap
    levels: tuple[Level, ...]
    long: Floats
    short: Floats
    outside_long: float
    outside_short: float


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("zones", __name__, description="Where liquidations cluster, and where price moves freely")

    @routes.get("/v1/zones")
    @routes.arguments(ZonesQuery, location="query", unknown=RAISE)
    @routes.response(200, ZonesSchema)
    def get_zones(args: dict[str, Any]) -> Response:
        """Rank the hot and cold zones of one market, on one timeframe or several together."""
        frames = ordered(args)
        bins = [fitting_bins(args | {"timeframe": frame}) for frame in frames]
        queries = [args | {"timeframe": frame, "context": True} for frame in frames]
        groups = groups_of(services, queries)
        axis = groups[0].axis(args | {"bins": min((most for most in bins if most is not None), default=None)})
        for found in groups:
            check_zone_axis(found, axis, args)
        etag = etag_of("zones", args_key(args), [found.fingerprint for found in groups])

        def make() -> dict[str, Any]:
            # The close of a coarse bar may be hours old: all are read from the newest price.
            rules = ZoneRules(density=DensityRules(window_pct=args["range_pct"]))
            readings = [read_zones(found, axis, groups[0].price, rules=rules) for found in groups]
            body = _body(readings, frames, args, services.clock())
            return body | {"split": _split(groups, axis, frames, args, rules)} if args["split"] else body

        return answers.reply(etag, min(freshness(args, found) for found in groups), make)

    return routes


def ordered(args: dict[str, Any]) -> list[str]:
    """Return the timeframes asked for, finest first; raises BadInput if one is named twice."""
    frames = args["timeframes"] or [args["timeframe"]]
    if len(set(frames)) < len(frames):
        raise BadInput("timeframes", "One is named twice", "each at most once")
    return sorted(frames, key=lambda frame: TIMEFRAMES[frame])


def read_zones(
    found: Group,
    axis: PriceAxis,
    price: float | None = None,
    *,
    aged: bool = True,
    rules: ZoneRules = DEFAULT_ZONE_RULES,
) -> Reading:
    """Find the zones of a group in bins of an axis: of its sum, read on the bars of the largest exchange.

    `price` is the group's own unless there is a newer one. Zones have no age unless `aged`, which takes all columns.
    """
    price, asked = found.price if price is None else price, axis
    axis = zones_axis(axis, price, price, rules.density)
    history = None
    if aged:
        whole, now = group_map_and_profile(found, axis)
        history = GridHistory(whole.total.time, whole.total.long, whole.total.short)
    else:
        now, _ = group_profile(found, axis)
    bars, (bids, asks) = found.reference.data.bars, found.book or (None, None)
    levels = find_levels(bars, bids=bids, asks=asks)
    long, short = now.sides[Side.LONG], now.sides[Side.SHORT]
    zones = find_zones(
        axis.edges,
        long.notional,
        short.notional,
        price,
        bars,
        bids=bids,
        asks=asks,
        average_leverage=np.where(axis.centres < price, long.average_leverage, short.average_leverage),
        history=history,
        levels=levels,
        standing=long.standing + short.standing,
        confidence=found.confidence.value,
        major=found.reference.data.symbol.split("/")[0] in MAJORS,
        rules=rules,
    )
    shown = asked.within(axis)
    # What stands is told at the price, and what is in a bin at the bin's own, unless contracts are in USD.
    worth = np.ones(asked.count) if found.reference.data.inverse else price / asked.centres
    outside = [max(side.standing - side.passed - float(side.notional[shown] @ worth), 0.0) for side in (long, short)]
    return Reading(found, axis, price, zones, levels, long.notional[shown], short.notional[shown], *outside)


def _body(readings: list[Reading], frames: list[str], args: dict[str, Any], now: float) -> dict[str, Any]:
    first = readings[0]
    scale = first.zones.scale
    spreads = [reading.found.ensemble(reading.axis) for reading in readings] if args["uncertainty"] else []
    body = first.found.envelope(now, spreads[0] if spreads else None)
    body["timeframes"] = frames
    body["warnings"] += _coarser_warnings(readings[1:], frames[1:], body["warnings"], now)
    body |= _rows(readings, frames, args)
    for reading, frame, spread in zip(readings, frames, spreads, strict=False):
        _add_support(body, reading, frame, spread)
    return body | {
        "levels": [level_body(level) for level in first.levels],
        "scale": {
            "atr": scale.atr,
            "daily_atr": scale.daily_atr,
            "smoothing": scale.sigma,
            "reach": scale.reach,
        },
        "context": context_body(first.found.reference.data, now),
        "notes": list(dict.fromkeys(note for reading in readings for note in reading.zones.notes)),
    }


def _rows(readings: list[Reading], frames: list[str], args: dict[str, Any]) -> dict[str, Any]:
    rows = {}
    for kind in KINDS:
        every = merged({f: getattr(r.zones, kind) for f, r in zip(frames, readings, strict=True)})
        rows[kind] = [zone_body(row.zone, row.timeframe, list(row.timeframes)) for row in _wanted(every, kind, args)]
    return rows


def _split(
    groups: list[Group], axis: PriceAxis, frames: list[str], args: dict[str, Any], rules: ZoneRules
) -> dict[str, Any]:
    """Return the zones of every exchange that is there on all timeframes, each read from its own price."""
    names = [name for name in groups[0].members if all(name in found.members for found in groups)]
    return {
        name: _rows([read_zones(found.alone(name), axis, rules=rules) for found in groups], frames, args)
        for name in names
    }


def _coarser_warnings(readings: list[Reading], frames: list[str], said: list[str], now: float) -> list[str]:
    """Return what is to be said of the coarser timeframes alone."""
    by_frame = {frame: reading.found.envelope(now)["warnings"] for frame, reading in zip(frames, readings, strict=True)}
    return [f"{frame}: {warning}" for frame, found in by_frame.items() for warning in found if warning not in said]


def _add_support(body: dict[str, Any], reading: Reading, frame: str, spread: Ensemble) -> None:
    """Give the zones of a timeframe their support in its ensemble."""
    bars = reading.found.reference.data.bars
    for kind in KINDS:
        zones = getattr(reading.zones, kind)
        found = supports(spread, reading.axis, reading.price, bars, zones)
        by_edges = {(zone.side, zone.low, zone.high): one for zone, one in zip(zones, found, strict=True)}
        for row in body[kind]:
            if row["timeframe"] == frame:
                row.update(support_body(by_edges[row["side"], row["low"], row["high"]]))


def _wanted(rows: list[OnTimeframe], kind: str, args: dict[str, Any]) -> list[OnTimeframe]:
    """Filter; ranks stay those of the whole list."""
    if args["kind"] not in {None, kind}:
        return []
    kept = [
        row
        for row in rows
        if args["side"] in {None, row.zone.side}
        and row.zone.share >= args["min_share"]
        and (args["within_pct"] is None or row.zone.distance_pct <= args["within_pct"])
    ]
    return kept[: args["top"]]
