"""The price axis in queries."""

from typing import Any

from marshmallow import ValidationError, fields, validate, validates_schema

from service.analysis.limits import MOST_CELLS
from service.analysis.maps.axes import USUAL_PCT
from service.api.query.parameters import MarketQuery
from service.api.schemas.described import described
from service.heatmap.base import MOST_BINS, USUAL_BINS

MOST_PCT = 90.0


def bins_field(usual: str) -> fields.Integer:
    """Return the parameter for how many bins; the usual number is smaller where as many as `usual` are fewer."""
    return fields.Integer(
        load_default=None,
        validate=validate.Range(1, MOST_BINS),
        metadata=described(
            "At most this many bins; the bin size is rounded up to 1, 2, 2.5 or 5 times a power of ten. "
            f"If neither is given, {USUAL_BINS}, or as many as {usual}"
        ),
    )


class RangeQuery(MarketQuery):
    """How far the map reaches; zones have no bins that could be chosen."""

    range_pct = fields.Float(
        load_default=USUAL_PCT,
        validate=validate.Range(0.1, MOST_PCT),
        metadata=described("How far the axis reaches on either side of the price, in %"),
    )


class AxisQuery(RangeQuery):
    """How the price axis is cut."""

    bins = bins_field(f"fit into {MOST_CELLS} cells")
    bin_size = fields.Float(
        load_default=None,
        validate=validate.Range(1e-12, 1e9),
        metadata=described("Bin size in quote currency; bin edges are whole multiples of it"),
    )

    @validates_schema
    def refuse_both(self, args: dict[str, Any], **_: Any) -> None:  # noqa: ANN401 - marshmallow's own
        """Refuse a number of bins along with their size."""
        if args.get("bins") is not None and args.get("bin_size") is not None:
            raise ValidationError({"bin_size": ["Allowed: either bins or bin_size, not both."]})


def covering_field() -> fields.Float:
    """Return the parameter for resources that show past columns."""
    return fields.Float(
        load_default=None,
        validate=validate.Range(0.1, MOST_PCT),
        metadata=described(
            "How far the axis reaches on either side of the price, in %; "
            f"if left out {USUAL_PCT:g}, and farther on a side where the columns' own prices need it"
        ),
    )
