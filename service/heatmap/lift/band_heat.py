"""Band heat: how full the prices were that each bar swept, by the map as it stood before the bar."""

import math

import numpy as np

from service.heatmap.base.arrays import NOISE, Floats, each_number
from service.heatmap.base.bars import Bars
from service.heatmap.base.log_axis import LogAxis, log_axis_between
from service.heatmap.base.side import BySide, Side
from service.heatmap.density.column_heat import ColumnHeat
from service.heatmap.density.heat import STEP, SURROUNDINGS
from service.heatmap.inventory.assumptions import Assumptions, VenueTerms
from service.heatmap.inventory.inventory import StockTaker
from service.heatmap.skill.known_only import bars_without_prediction, open_interest_from_volume

# Cells held at once, as in an answer: of more bars the heat is read in wider bins.
MOST_CELLS = 4_000_000


def swept_heat(bars: Bars, assumptions: Assumptions, venue: VenueTerms) -> BySide[Floats]:
    """Return the mean heat of the prices between the close before and each bar's worst price, float64[T] for each side.

    The heat is that of the map when the bar before had closed. Longs are swept from there down to the bar's low, shorts
    up to its high, at traded prices. Altering bar t leaves results before t, and of t all but where the sweep ends.

    NaN in the first bar, where the bar did not go beyond the close before, and where no open interest was known yet;
    where it never is, volume stands in for it.
    """
    known, axis = np.isfinite(bars.open_interest).any(), swept_axis(bars)
    market = bars if known else open_interest_from_volume(bars)
    both = StockTaker(market, assumptions, venue).take(columns=len(bars), beside=axis).both_sides
    return swept_of(bars, both, axis)


def swept_axis(bars: Bars) -> LogAxis:
    """Return the bins in which that heat is read."""
    more, step = math.exp(SURROUNDINGS), STEP
    low, high = float(bars.low.min()) / more, float(bars.high.max()) * more
    axis = log_axis_between(low, high, step)
    while len(bars) * axis.count > MOST_CELLS:
        axis = log_axis_between(low, high, step := 2.0 * step)
    return axis


def swept_of(bars: Bars, stood: Floats | ColumnHeat, axis: LogAxis) -> BySide[Floats]:
    """Return the same of a map, float64[T, B] of both sides after each bar, or of its heat; bins hold all prices."""
    heat = stood if isinstance(stood, ColumnHeat) else ColumnHeat(stood, np.zeros_like(stood), axis.bin_size)
    start, blind = _place(axis, bars.close[:-1]), np.arange(len(bars)) < bars_without_prediction(bars)
    ends = BySide(*(_place(axis, worst[1:]) for worst in (bars.low, bars.high)))
    swept = (_mean(heat, axis, start, ends[side], side) for side in Side)
    return BySide(*(np.where(blind, np.nan, np.append(np.nan, values)) for values in swept))


def _place(axis: LogAxis, prices: Floats) -> Floats:
    """Return where prices lie, counted in bins."""
    place: Floats = np.log(prices) / axis.bin_size - axis.first
    return place


def _mean(heat: ColumnHeat, axis: LogAxis, start: Floats, end: Floats, side: Side) -> Floats:
    """Return the mean heat of each column between two places, NaN where the end is not beyond the start."""
    low, high = (end, start) if side is Side.LONG else (start, end)
    beyond = high - low > NOISE
    first, last = (np.floor(place).astype(np.int64) for place in (low, np.where(beyond, high, low)))
    column, at = each_number(first, last + beyond)
    covered = np.minimum(at + 1, high[column]) - np.maximum(at, low[column])
    between = np.bincount(column, covered * heat.cells(column, np.clip(at, 0, axis.count - 1)), len(low))
    mean: Floats = np.divide(between, high - low, out=np.full(len(low), np.nan), where=beyond)
    return mean
