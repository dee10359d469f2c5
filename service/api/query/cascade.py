"""The parameters of /v1/cascade."""

from marshmallow import fields, validate

from service.analysis.results.cascade import CascadeRequest
from service.api.query.axis_query import AxisQuery
from service.api.schemas.described import described
from service.heatmap.cascade import INSURANCE, MOST_MINUTES, RETURN_MINUTES, STATES

USD = validate.Range(0, 1e12, min_inclusive=False)


class CascadeQuery(AxisQuery):
    """Parameters of /v1/cascade: one of the three shocks must be given."""

    request = CascadeRequest

    class Meta:
        """A cascade starts from the book, which nobody publishes for the past."""

        exclude = ("as_of",)

    range_pct = fields.Float(
        load_default=50.0, validate=validate.Range(1, 90), metadata=described("How far the map reaches, in %")
    )
    move_pct = fields.Float(
        load_default=None,
        validate=validate.Range(-50, 50),
        metadata={"description": "A move of the price, signed, not 0", "example": -3},
    )
    sell_usd = fields.Float(load_default=None, validate=USD, metadata=described("A market sell order"))
    buy_usd = fields.Float(load_default=None, validate=USD, metadata=described("A market buy order"))
    executed = fields.Float(
        load_default=None,
        validate=validate.Range(0, 1),
        metadata=described(
            "Share of liquidated notional that is traded into the book; if not given the measured one, "
            "with its interval: `assumptions.executed_of` says whose"
        ),
    )
    refill = fields.Float(
        load_default=0.1,
        validate=validate.Range(0, 1),
        metadata=described(
            "Share of recent turnover that new orders put against the move once they have come; 0 is "
            "the book as it is seen"
        ),
    )
    refill_minutes = fields.Float(
        load_default=RETURN_MINUTES,
        validate=validate.Range(0, MOST_MINUTES),
        metadata=described("Minutes in which all but 1 / e of a thinned book and of new orders has come; 0 is at once"),
    )
    insurance = fields.Float(
        load_default=INSURANCE,
        validate=validate.Range(0, 1),
        metadata=described(
            "What the insurance fund takes over before others are auto-deleveraged, as a share of open "
            "interest; a twentieth is about Binance's fund before 2025-10-10"
        ),
    )
    state = fields.String(
        load_default=None,
        validate=validate.OneOf(list(STATES)),
        metadata=described(
            "The book that is met: calm as it is seen, event thinned as in past events (3.4 times, "
            "17 times in one of ten), worst 17 to 114 times; by the size of the shock if not given"
        ),
    )
    samples = fields.Integer(
        load_default=400, validate=validate.Range(10, 2000), metadata=described("Monte Carlo draws")
    )
    seed = fields.Integer(load_default=0, validate=validate.Range(0, 2**31 - 1))
