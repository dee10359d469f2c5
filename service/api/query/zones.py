"""The parameters of /v1/zones."""

from typing import Any, get_args

from marshmallow import ValidationError, fields, post_load, validate, validates_schema

from service.analysis.results.zones import ZoneRank, ZonesRequest
from service.api.query.assembly import assembled
from service.api.query.axis_query import RangeQuery
from service.api.query.listed import Listed
from service.api.query.parameters import SideName, exchanges_field
from service.api.schemas.described import described
from service.api.schemas.zone import KINDS
from service.market.contract import TIMEFRAMES

MOST_TIMEFRAMES = 4
MOST_ENDED_BARS = 200


class ZonesQuery(RangeQuery):
    """Parameters of /v1/zones."""

    request = ZonesRequest

    exchange = exchanges_field()
    timeframes = Listed(
        fields.String(validate=validate.OneOf(list(TIMEFRAMES))),
        load_default=lambda: None,
        validate=validate.Length(1, MOST_TIMEFRAMES),
        metadata=described(f"Up to {MOST_TIMEFRAMES} timeframes read together, such as 1h,4h, instead of timeframe"),
    )
    split = fields.Boolean(load_default=False, metadata=described("Include each exchange's own zones"))
    uncertainty = fields.Boolean(
        load_default=False,
        metadata=described(
            "Give each zone the share of the ensemble's members in which it stands, and q10, q50 and "
            "q90 of its notional over them; not those in split"
        ),
    )
    ended_bars = fields.Integer(
        load_default=24,
        validate=validate.Range(0, MOST_ENDED_BARS),
        metadata=described(
            "Through how many of the last closes of the first timeframe to look for hot zones that are "
            "gone; no more than the lookback has. kind, side, top and within_pct choose among them"
        ),
    )
    kind = fields.String(
        load_default=None, validate=validate.OneOf(KINDS), metadata=described("Only these; both if left out")
    )
    side = SideName(
        load_default=None,
        metadata=described("Only these; both if left out"),
    )
    top = fields.Integer(
        load_default=20, validate=validate.Range(1, 200), metadata=described("At most this many of each kind")
    )
    rank_by = fields.String(
        load_default="score",
        validate=validate.OneOf(get_args(ZoneRank)),
        metadata=described(
            "What hot zones are ranked by: score; fragility: what each forces over what the book of an "
            "event takes there, `cascade_ratio`, which is known where a book is"
        ),
    )
    within_pct = fields.Float(
        load_default=None,
        validate=validate.Range(0, 90),
        metadata=described("Only zones whose near edge is at most this far from the price, in %"),
    )
    min_share = fields.Float(
        load_default=0.0,
        validate=validate.Range(0, 1),
        metadata=described("Only zones that hold at least this share of the map"),
    )

    @validates_schema
    def refuse_another_timeframe(self, args: dict[str, Any], **_: Any) -> None:  # noqa: ANN401 - marshmallow's own
        """Refuse one timeframe beside others; its default is no contradiction, for generated clients send it along."""
        frames = args.get("timeframes")
        if frames and args["timeframe"] not in {*frames, self.fields["timeframe"].load_default}:
            raise ValidationError({"timeframes": ["Allowed: either timeframe or timeframes, not both."]})

    @post_load
    def as_request(self, values: dict[str, Any], **_: Any) -> ZonesRequest:  # noqa: ANN401 - marshmallow's own
        """Return the request, whose timeframes stand in place of the one: however it is asked, it is the same."""
        frames = sorted(values["timeframes"] or [values["timeframe"]], key=lambda frame: TIMEFRAMES[frame])
        return assembled(ZonesRequest, values | {"timeframe": frames[0], "timeframes": frames})
