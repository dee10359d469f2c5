"""The base rate: how far moves as large went on in the market's own past, map or no map."""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.times import DAY_MS

# With fewer moves a tenth would be a single one.
FEWEST_MOVES = 8
TENTHS = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class BaseRate:
    """Bars that went at least so far from the close before: where the price had come to, from the mildest tenth on.

    moves, days  how many bars, and on how many UTC days
    bar, day     signed %, tenths 1, 5 and 9: by the end of that bar, and of the 24 hours from its opening; None where
                 there are too few moves
    """

    moves: int
    days: int
    bar: tuple[float, float, float] | None
    day: tuple[float, float, float] | None


def base_rate(bars: Bars, move_pct: float) -> BaseRate:
    """Return how far earlier moves of a size, signed %, went; those of the last day have no day yet and are left out.

    Moves of one day overlap: their days, not their number, say how much there is to learn from.
    """
    sign = 1.0 if move_pct > 0 else -1.0
    reached = bars.high if sign > 0 else -bars.low
    ahead = max(DAY_MS // bars.step, 1)
    last = bars.close[:-1]
    by_bar = _pct(reached[1:], last, sign)
    by_day = _pct(_most_ahead(reached, ahead)[1:], last, sign)
    whole = np.arange(1, len(bars)) <= len(bars) - ahead
    found = np.flatnonzero(whole & (by_bar >= abs(move_pct)))
    days = len(np.unique(bars.time[found + 1] // DAY_MS))
    if len(found) < FEWEST_MOVES:
        return BaseRate(len(found), days, None, None)
    return BaseRate(len(found), days, _tenths(by_bar[found], sign), _tenths(by_day[found], sign))


def _pct(reached: Floats, last: Floats, sign: float) -> Floats:
    """Return how far prices, times their sign, lie beyond the close before, %."""
    return 100.0 * (reached - sign * last) / last


def _most_ahead(values: Floats, count: int) -> Floats:
    """Return the most of each value and the `count` - 1 after it, float64[T]; fewer at the end."""
    padded = np.append(values, np.full(count - 1, -np.inf))
    most: Floats = np.lib.stride_tricks.sliding_window_view(padded, count).max(axis=1)
    return most


def _tenths(values: Floats, sign: float) -> tuple[float, float, float]:
    low, middle, high = (sign * np.quantile(values, TENTHS)).tolist()
    return low, middle, high
