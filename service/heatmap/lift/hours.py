"""Hours: the bars of one side that a lift is measured on, with what makes two of them comparable."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import BySide, Side
from service.heatmap.skill.baselines import before, exponential_mean
from service.times import DAY_MS

# Price must go at least this far, in log price: less is not told apart from standing still.
LEAST_MOVE = 0.003
# Bars after which a range weighs half in what volatility was.
RANGE_HALFLIFE = 24.0
# Of the median of what is above 0: added to liquidations, so that an hour without any has a logarithm.
FLOOR = 0.05


@dataclass(frozen=True, eq=False)
class Hours:
    """N bars of one side.

    at          int64[N]    which bars
    day         int64[N]    UTC days since 1970
    move        float64[N]  how far price went against the side from the close before, log price
    volatility  float64[N]  mean range of the bars before, log price
    liquidated  float64[N]  logarithm of what was liquidated, and a floor
    """

    at: Times
    day: Times
    move: Floats
    volatility: Floats
    liquidated: Floats

    def take(self, chosen: NDArray[np.bool_] | Times) -> Self:
        """Return those of the bars that are chosen."""
        return type(self)(
            self.at[chosen], self.day[chosen], self.move[chosen], self.volatility[chosen], self.liquidated[chosen]
        )


def adverse_moves(bars: Bars) -> BySide[Floats]:
    """Return how far each bar went against each side from the close before, log price, float64[T]; NaN for the first.

    Negative where it did not. A bar after a gap is measured from the last close that is known.
    """
    last = before(bars.close)
    return BySide(np.log(last / bars.low), np.log(bars.high / last))


def hours_of(bars: Bars, liquidated: BySide[Floats], scored: NDArray[np.bool_]) -> BySide[Hours]:
    """Return the bars of each side that are scored, went far enough and have known liquidations (NaN: not known)."""
    spread = np.log(bars.high / bars.low)
    volatility, moves = before(exponential_mean(spread, RANGE_HALFLIFE)), adverse_moves(bars)
    return BySide(*(_side(bars, liquidated[side], moves[side], volatility, scored) for side in Side))


def _side(bars: Bars, liquidated: Floats, move: Floats, volatility: Floats, scored: NDArray[np.bool_]) -> Hours:
    far = np.nan_to_num(move) > LEAST_MOVE
    at = np.flatnonzero(scored & far & np.isfinite(liquidated) & (np.nan_to_num(volatility) > 0.0))
    amounts = liquidated[at]
    some = amounts[amounts > 0.0]
    floor = FLOOR * float(np.median(some)) if len(some) else 1.0
    return Hours(at, bars.time[at] // DAY_MS, move[at], volatility[at], np.log(amounts + floor))
