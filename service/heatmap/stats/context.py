"""Context: how crowded the market is, beside the map."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.base.bars import Bars
from service.times import HOUR_MS

VOLUME_BARS = 20
# The book's imbalance is read this far from the price on either side: farther out it is mostly decoration.
IMBALANCE_PCT = 1.0


@dataclass(frozen=True)
class ContextFigure:
    """One figure and when it held, epoch ms; where it cannot be known the value is None and `reason` says why."""

    value: float | None
    time: int | None
    reason: str | None = None


def open_interest_change(time: Times, amount: Floats, hours: int) -> ContextFigure:
    """Return the relative change of open interest over the last hours: of the newest known, since exactly then.

    time    int64[N]    epoch ms at which each amount held, rising
    amount  float64[N]  any unit; NaN where not known
    """
    known = np.flatnonzero(np.isfinite(amount))
    if not len(known):
        return ContextFigure(None, None, "no open interest is known")
    newest = int(time[known[-1]])
    then = known[time[known] == newest - hours * HOUR_MS]
    if not len(then) or amount[then[0]] <= 0:
        return ContextFigure(None, newest, f"open interest {hours} h before the newest is not known")
    return ContextFigure(float(amount[known[-1]] / amount[then[0]] - 1.0), newest)


def newest_of(readings: Sequence[ContextFigure]) -> ContextFigure:
    """Return the newest of the readings of one figure that have a value, the first one if none has."""
    known = [reading for reading in readings if reading.value is not None]
    return max(known, key=lambda reading: reading.time or 0) if known else readings[0]


def volume_z(bars: Bars) -> ContextFigure:
    """Return the last bar's volume as a z-score of the 20 bars before it; None without them or their spread."""
    time = int(bars.close_time[-1])
    before = bars.volume[-VOLUME_BARS - 1 : -1]
    if len(before) < VOLUME_BARS:
        return ContextFigure(None, time, f"fewer than {VOLUME_BARS} bars came before")
    if float(before.std()) == 0.0:
        return ContextFigure(None, time, f"the {VOLUME_BARS} bars before traded all the same")
    return ContextFigure(float((bars.volume[-1] - before.mean()) / before.std()), time)


def book_imbalance(bids: Floats, asks: Floats, price: float, time: int) -> ContextFigure:
    """Return (bids - asks) / (bids + asks) of the notional within 1 % of the price, -1..1.

    bids, asks  float64[n, 2]  (price, base amount)
    """
    near = IMBALANCE_PCT / 100.0 * price
    bid = float((bids[:, 0] * bids[:, 1])[bids[:, 0] >= price - near].sum())
    ask = float((asks[:, 0] * asks[:, 1])[asks[:, 0] <= price + near].sum())
    if bid + ask <= 0:
        return ContextFigure(None, time, f"the book rests nothing within {IMBALANCE_PCT:g} % of the price")
    return ContextFigure((bid - ask) / (bid + ask), time)


def annualised(rate: float, interval_hours: float) -> float:
    """Return a funding rate per year, not compounded: what a position pays if the rate stays."""
    return rate * 24.0 * 365.0 / interval_hours
