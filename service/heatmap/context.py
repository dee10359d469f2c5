"""Context: how crowded the market is, beside the map."""

from dataclasses import dataclass

import numpy as np

from service.heatmap.bars import Bars, Floats

HOUR = 3_600_000
VOLUME_BARS = 20
# The book's imbalance is read this far from the price on either side: farther out it is mostly decoration.
IMBALANCE_PCT = 1.0


@dataclass(frozen=True)
class Reading:
    """One figure and when it held, epoch ms; the value is None where it cannot be known."""

    value: float | None
    time: int | None


def open_interest_change(bars: Bars, hours: int) -> Reading:
    """Return the relative change of open interest over the last hours; None where either end is not known."""
    known = np.flatnonzero(np.isfinite(bars.open_interest))
    if not len(known):
        return Reading(None, None)
    last = int(known[-1])
    then = np.flatnonzero(bars.time == bars.time[last] - hours * HOUR)
    now_time = int(bars.close_time[last])
    if not len(then) or not np.isfinite(bars.open_interest[then[0]]):
        return Reading(None, now_time)
    return Reading(float(bars.open_interest[last] / bars.open_interest[then[0]] - 1.0), now_time)


def volume_z(bars: Bars) -> Reading:
    """Return the last bar's volume as a z-score of the 20 bars before it; None without them or their spread."""
    time = int(bars.close_time[-1])
    before = bars.volume[-VOLUME_BARS - 1 : -1]
    if len(before) < VOLUME_BARS or float(before.std()) == 0.0:
        return Reading(None, time)
    return Reading(float((bars.volume[-1] - before.mean()) / before.std()), time)


def book_imbalance(bids: Floats, asks: Floats, price: float, time: int) -> Reading:
    """Return (bids - asks) / (bids + asks) of the notional within 1 % of the price, -1..1.

    bids, asks  float64[n, 2]  (price, base amount)
    """
    near = IMBALANCE_PCT / 100.0 * price
    bid = float((bids[:, 0] * bids[:, 1])[bids[:, 0] >= price - near].sum())
    ask = float((asks[:, 0] * asks[:, 1])[asks[:, 0] <= price + near].sum())
    return Reading((bid - ask) / (bid + ask) if bid + ask > 0 else None, time)


def annualised(rate: float, interval_hours: float) -> float:
    """Return a funding rate per year, not compounded: what a position pays if the rate stays."""
    return rate * 24.0 * 365.0 / interval_hours
