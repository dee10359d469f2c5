"""The base rate: how far moves as large went on in the market's own past, and those that swept about as much."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.times import DAY_MS

# With fewer moves a tenth would be a single one.
FEWEST_MOVES = 8
TENTHS = (0.1, 0.5, 0.9)

Flags: TypeAlias = NDArray[np.bool_]
Third: TypeAlias = Literal["least", "middle", "most"]
Tenths: TypeAlias = tuple[float, float, float]
THIRDS: tuple[Third, ...] = ("least", "middle", "most")


@dataclass(frozen=True)
class PastMoves:
    """Bars that went at least so far from the close before: where the price had come to, from the mildest tenth on.

    moves, days  how many bars, and on how many UTC days
    bar, day     signed %, tenths 1, 5 and 9: by the end of that bar, and of the 24 hours from its opening; None where
                 there are too few moves
    again_bar, again_day  share of them that went on by as much again by then; None as well
    """

    moves: int
    days: int
    bar: Tenths | None
    day: Tenths | None
    again_bar: float | None
    again_day: float | None


@dataclass(frozen=True)
class SweptMoves:
    """Those of the moves before which about as much stood in their way as stands now.

    third  of the past moves by what stood in their way, that now falls in
    share  what stands in the way of such a move now, share of what the map holds on that side
    """

    third: Third
    share: float
    past: PastMoves


@dataclass(frozen=True)
class BaseRate:
    """What moves of a size came to; `swept` those with as much in their way, None where the map's past is not known."""

    past: PastMoves
    swept: SweptMoves | None

    @property
    def best(self) -> PastMoves:
        """Return the moves to be told: with as much in their way, or all where these are too few."""
        return self.swept.past if self.told_by == "move_and_swept" and self.swept else self.past

    @property
    def told_by(self) -> Literal["move", "move_and_swept"]:
        """Tell which of the two that is."""
        return "move_and_swept" if self.swept is not None and self.swept.past.bar is not None else "move"


def base_rate(bars: Bars, move_pct: float, standing: Floats | None = None) -> BaseRate:
    """Return how far earlier moves of a size, signed %, went; those of the last day have no day yet and are left out.

    standing float64[T] is what stood in the way of such a move when each bar closed (`standing_within`), NaN where that
    is not known; its last is now's. Moves of one day overlap: their days, not their number, say how much there is to
    learn from.
    """
    sign = 1.0 if move_pct > 0 else -1.0
    reached = bars.high if sign > 0 else -bars.low
    ahead = max(DAY_MS // bars.step, 1)
    last = bars.close[:-1]
    by_bar = _pct(reached[1:], last, sign)
    by_day = _pct(_most_ahead(reached, ahead)[1:], last, sign)
    whole = np.arange(1, len(bars)) <= len(bars) - ahead
    found = whole & (by_bar >= abs(move_pct))

    def told(chosen: Flags) -> PastMoves:
        days = len(np.unique(bars.time[1:][chosen] // DAY_MS))
        return _past(by_bar[chosen], by_day[chosen], days, sign, 2.0 * abs(move_pct))

    if standing is None:
        return BaseRate(told(found), None)
    return BaseRate(told(found), _swept(standing, found, told))


def standing_within(edges: Floats, columns: Floats, prices: Floats, move_pct: float) -> Floats:
    """Return what stands between each price and a move away from it, as a share of its column, float64[T].

    edges float64[B + 1] prices, columns float64[T, B] USD of the side that such a move liquidates, prices float64[T];
    NaN where nothing stands or either end lies off the axis.
    """
    ends = np.stack([prices, prices * (1.0 + move_pct / 100.0)])
    total = np.pad(np.cumsum(columns, axis=1), ((0, 0), (1, 0)))
    inside = np.clip(np.searchsorted(edges, ends, side="right") - 1, 0, len(edges) - 2)
    part = np.clip((ends - edges[inside]) / (edges[inside + 1] - edges[inside]), 0.0, 1.0)
    row = np.arange(len(prices))
    there = total[row, inside] + part * (total[row, inside + 1] - total[row, inside])
    known = (total[:, -1] > 0.0) & (ends.min(axis=0) >= edges[0]) & (ends.max(axis=0) <= edges[-1])
    share: Floats = np.divide(np.abs(there[1] - there[0]), total[:, -1], out=np.full(len(row), np.nan), where=known)
    return share


def _swept(standing: Floats, found: Flags, told: Callable[[Flags], PastMoves]) -> SweptMoves | None:
    """Return those of the moves with about as much in their way as stands now; None where either is not known."""
    before, now = standing[:-1], float(standing[-1])
    known = found & np.isfinite(before)
    if not np.isfinite(now) or np.count_nonzero(known) < len(THIRDS):
        return None
    ends = np.quantile(before[known], (1.0 / 3.0, 2.0 / 3.0))
    number = int(np.searchsorted(ends, now))
    return SweptMoves(THIRDS[number], now, told(known & (np.searchsorted(ends, before) == number)))


def _past(by_bar: Floats, by_day: Floats, days: int, sign: float, again: float) -> PastMoves:
    if len(by_bar) < FEWEST_MOVES:
        return PastMoves(len(by_bar), days, None, None, None, None)
    went = float((by_bar >= again).mean()), float((by_day >= again).mean())
    return PastMoves(len(by_bar), days, _tenths(by_bar, sign), _tenths(by_day, sign), *went)


def _pct(reached: Floats, last: Floats, sign: float) -> Floats:
    """Return how far prices, times their sign, lie beyond the close before, %."""
    return 100.0 * (reached - sign * last) / last


def _most_ahead(values: Floats, count: int) -> Floats:
    """Return the most of each value and the `count` - 1 after it, float64[T]; fewer at the end."""
    padded = np.append(values, np.full(count - 1, -np.inf))
    most: Floats = np.lib.stride_tricks.sliding_window_view(padded, count).max(axis=1)
    return most


def _tenths(values: Floats, sign: float) -> Tenths:
    low, middle, high = (sign * np.quantile(values, TENTHS)).tolist()
    return low, middle, high
