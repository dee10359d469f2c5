"""Band heat: how full the prices were that each bar swept, by the map as it stood before the bar."""

import math

import numpy as np

from service.heatmap.base.arrays import NOISE, Floats, Times
from service.heatmap.base.bars import Bars
from service.heatmap.base.log_axis import LogAxis, log_axis_between
from service.heatmap.base.side import BySide, Side
from service.heatmap.density.heat import STEP, SURROUNDINGS, heat_of
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
    known = np.isfinite(bars.open_interest).any()
    heat, axis = _columns(bars if known else open_interest_from_volume(bars), assumptions, venue)
    sums = np.concatenate((np.zeros((len(heat), 1)), np.cumsum(heat, axis=1)), axis=1)
    before = np.arange(len(bars) - 1)
    start = _place(axis, bars.close[:-1])
    ends = BySide(*(_place(axis, worst[1:]) for worst in (bars.low, bars.high)))
    swept = (_mean(sums, heat, before, start, ends[side], side.sign) for side in Side)
    blind = np.arange(len(bars)) < bars_without_prediction(bars)
    return BySide(*(np.where(blind, np.nan, np.append(np.nan, values)) for values in swept))


def _columns(bars: Bars, assumptions: Assumptions, venue: VenueTerms) -> tuple[Floats, LogAxis]:
    """Return the heat after each bar, float64[T, B], and its bins."""
    more, step = math.exp(SURROUNDINGS), STEP
    low, high = float(bars.low.min()) / more, float(bars.high.max()) * more
    axis = log_axis_between(low, high, step)
    while len(bars) * axis.count > MOST_CELLS:
        axis = log_axis_between(low, high, step := 2.0 * step)
    both = StockTaker(bars, assumptions, venue).take(columns=len(bars), beside=axis).both_sides
    return heat_of(both, axis.bin_size), axis


def _place(axis: LogAxis, prices: Floats) -> Floats:
    """Return where prices lie, counted in bins."""
    place: Floats = np.log(prices) / axis.bin_size - axis.first
    return place


def _mean(sums: Floats, heat: Floats, column: Times, start: Floats, end: Floats, sign: int) -> Floats:
    """Return the mean heat of each column between two places, NaN where the end is not beyond the start."""
    length = sign * (start - end)
    between = sign * (_up_to(sums, heat, column, start) - _up_to(sums, heat, column, end))
    mean: Floats = np.divide(between, length, out=np.full(len(length), np.nan), where=length > NOISE)
    return mean


def _up_to(sums: Floats, heat: Floats, column: Times, place: Floats) -> Floats:
    whole = np.clip(place.astype(np.int64), 0, heat.shape[1] - 1)
    reached: Floats = sums[column, whole] + (place - whole) * heat[column, whole]
    return reached
