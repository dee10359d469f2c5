"""Axes: the price axis that a request asks for, around a group's price, and what it may not be."""

from service.analysis.limits import fitting_bins, most_cells
from service.analysis.markets.group import Group
from service.analysis.requests import AxisRequest, BarsRequest, BinsRequest, CoveringAxisRequest
from service.heatmap import BadInput, PriceAxis, price_axis
from service.heatmap.base import axis_between

# A map of one bin has no shape.
LEAST_ZONE_BINS = 2
# Free space beyond the columns' own prices, in %.
MARGIN_PCT = 5.0
USUAL_PCT = 15.0


def axis_around(group: Group, axis: AxisRequest) -> PriceAxis:
    """Return the axis around the group's price; raises BadInput."""
    return price_axis(group.price, axis.range_pct, bins=axis.bins, bin_size=axis.bin_size)


def covering_axis(group: Group, axis: CoveringAxisRequest) -> PriceAxis:
    """Return the axis of the range asked for, or else of the usual one, widened to the prices of every column."""
    if axis.range_pct is not None:
        return price_axis(group.price, axis.range_pct, bins=axis.bins, bin_size=axis.bin_size)
    bars = [member.data.bars.part(-member.columns) for member in group.members.values()]
    low, high = (1.0 - USUAL_PCT / 100.0) * group.price, (1.0 + USUAL_PCT / 100.0) * group.price
    low = min(low, (1.0 - MARGIN_PCT / 100.0) * min(float(part.low.min()) for part in bars))
    high = max(high, (1.0 + MARGIN_PCT / 100.0) * max(float(part.high.max()) for part in bars))
    return axis_between(low, high, bins=axis.bins, bin_size=axis.bin_size)


def zone_axis(group: Group, axis: AxisRequest, bars: BarsRequest) -> PriceAxis:
    """Return the axis of a map that has a shape; raises BadInput where it has too many cells, or one bin."""
    bins = fitting_bins(axis, bars, len(group.members))
    prices = price_axis(group.price, axis.range_pct, bins=bins, bin_size=axis.bin_size)
    check_zone_axis(group, prices, axis)
    return prices


def check_zone_axis(group: Group, axis: PriceAxis, asked: BinsRequest) -> None:
    """Raise BadInput where the axis has too many cells, or a single bin."""
    if axis.count < LEAST_ZONE_BINS:
        field, allowed = ("bins", "2 or more") if asked.bin_size is None else ("bin_size", "less than the range")
        raise BadInput(field, "Leaves a single bin, which shows no shape", allowed)
    check_cells(group, axis, asked)


def check_cells(group: Group, axis: PriceAxis, asked: BinsRequest, *, grids: int = 1) -> None:
    """Raise BadInput where the grids would be too large, naming what was asked; fixed edges may cost a bin more."""
    columns, most = group.columns * grids, most_cells(len(group.members))
    if columns * (axis.count - 1) <= most:
        return
    many = f"{grids} grids of {group.columns} columns" if grids > 1 else f"{group.columns} columns"
    if asked.bin_size is None:
        raise BadInput("bins", f"Too many for {many}", f"1 to {most // columns}")
    least = axis.bin_size * axis.count * columns / most
    message = f"{many} x {axis.count} bins of {axis.bin_size:g}"
    raise BadInput("bin_size", message, f"at least {least:.3g} at this lookback and range_pct")
