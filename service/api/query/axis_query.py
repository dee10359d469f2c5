"""The price axis in queries, and what the resources that take it share: limits, freshness, ETag keys."""

from typing import Any

import numpy as np
from marshmallow import ValidationError, fields, validate, validates_schema

from service.analysis.estimate import Estimate, columns_of
from service.analysis.group import Group
from service.api.query.parameters import MOST_CELLS, MarketQuery
from service.heatmap import BadInput, PriceAxis
from service.heatmap.base import MOST_BINS, USUAL_BINS, axis_between
from service.market.feed.feed import BOOK_SECONDS

# A map of the past never changes; a day is as long as anyone need keep it.
PAST_SECONDS = 86_400.0
# A zone stands out among its neighbours, so there must be some.
LEAST_ZONE_BINS = 2
# Room left beyond the columns' own prices, in %.
MARGIN_PCT = 5.0
USUAL_PCT, MOST_PCT = 15.0, 90.0


class AxisQuery(MarketQuery):
    """How the price axis is cut."""

    bins = fields.Integer(
        load_default=None,
        validate=validate.Range(1, MOST_BINS),
        metadata={
            "description": "At most this many bins; the bin size is rounded up to 1, 2, 2.5 or 5 times a power of ten. "
            f"If neither is given, {USUAL_BINS}, or as many as fit into {MOST_CELLS} cells"
        },
    )
    bin_size = fields.Float(
        load_default=None,
        validate=validate.Range(1e-12, 1e9),
        metadata={"description": "Bin size in quote currency; bin edges are whole multiples of it"},
    )
    range_pct = fields.Float(
        load_default=USUAL_PCT,
        validate=validate.Range(0.1, MOST_PCT),
        metadata={"description": "How far the axis reaches on either side of the price, in %"},
    )

    @validates_schema
    def refuse_both(self, args: dict[str, Any], **_: Any) -> None:  # noqa: ANN401 - marshmallow's own
        """Refuse a number of bins along with their size."""
        if args.get("bins") is not None and args.get("bin_size") is not None:
            raise ValidationError({"bin_size": ["Allowed: either bins or bin_size, not both."]})


def freshness(args: dict[str, Any], found: Group | None = None) -> float:
    """Return for how many seconds an answer stands without a look at its inputs.

    Only a map of the past that lacks nothing stands for long: a bar that was not out yet, or a mark price that the
    exchange failed to give, may be there the next time.
    """
    if args["as_of"] is None or found is None:
        return BOOK_SECONDS
    whole = not found.errors and all(_whole(member, args["as_of"]) for member in found.members.values())
    return PAST_SECONDS if whole else BOOK_SECONDS


def _whole(member: Estimate, as_of: int) -> bool:
    data = member.data
    newest = as_of // data.bars.step * data.bars.step
    complete = bool(np.isfinite(data.bars.open_interest[-1])) and data.coverage.mark_price_share in {0.0, 1.0}
    return complete and data.as_of == newest and data.missing.keys() <= {"order_book", "funding", "account_ratio"}


def args_key(args: dict[str, Any]) -> list[tuple[str, object]]:
    """Return parsed arguments in a fixed order, as an ETag needs them."""
    return sorted((name, value.name if name == "mix" else value) for name, value in args.items())


def fitting_bins(args: dict[str, Any]) -> int | None:
    """Return how many bins are wanted, by the caller or as usual; raises BadInput before anything is fetched."""
    if args["bin_size"] is not None:
        return None
    most = MOST_CELLS // columns_of(args["lookback"], args["timeframe"])
    if args["bins"] is None:
        return min(USUAL_BINS, most)
    if args["bins"] > most:
        raise BadInput("bins", "Too many for this lookback and timeframe", f"1 to {most}")
    return int(args["bins"])


def zone_axis(found: Group, args: dict[str, Any]) -> PriceAxis:
    """Return the axis on which zones are looked for; raises BadInput where it has too many cells, or one bin."""
    axis = found.axis(args | {"bins": fitting_bins(args)})
    check_zone_axis(found, axis, args)
    return axis


def check_zone_axis(found: Group, axis: PriceAxis, args: dict[str, Any]) -> None:
    """Raise BadInput where the axis has too many cells, or too few bins for a zone to stand out."""
    if axis.count < LEAST_ZONE_BINS:
        field, allowed = ("bins", "2 or more") if args["bin_size"] is None else ("bin_size", "less than the range")
        raise BadInput(field, "Leaves a single bin, in which no zone can stand out", allowed)
    check_cells(found, axis)


def check_cells(found: Group, axis: PriceAxis, *, grids: int = 1) -> None:
    """Raise BadInput where the grids would be too large; fixed edges may cost a bin more than was asked for."""
    columns = found.columns * grids
    if columns * (axis.count - 1) > MOST_CELLS:
        least = axis.bin_size * axis.count * columns / MOST_CELLS
        message = f"{columns} columns x {axis.count} bins of {axis.bin_size:g}"
        raise BadInput("bin_size", message, f"at least {least:.3g} at this lookback and range_pct")


def covering_axis(found: Group, args: dict[str, Any]) -> PriceAxis:
    """Return the axis of the range asked for, or else of the usual one, widened to the prices of every column."""
    if args["range_pct"] is not None:
        return found.axis(args)
    bars = [member.data.bars.part(-member.columns) for member in found.members.values()]
    low, high = (1.0 - USUAL_PCT / 100.0) * found.price, (1.0 + USUAL_PCT / 100.0) * found.price
    low = min(low, (1.0 - MARGIN_PCT / 100.0) * min(float(part.low.min()) for part in bars))
    high = max(high, (1.0 + MARGIN_PCT / 100.0) * max(float(part.high.max()) for part in bars))
    return axis_between(low, high, bins=args["bins"], bin_size=args["bin_size"])


def covering_field() -> fields.Float:
    """Return the parameter for resources that show past columns."""
    return fields.Float(
        load_default=None,
        validate=validate.Range(0.1, MOST_PCT),
        metadata={
            "description": "How far the axis reaches on either side of the price, in %; "
            f"if left out {USUAL_PCT:g}, and farther on a side where the columns' own prices need it"
        },
    )
