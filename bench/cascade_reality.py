"""Set the cascade's odds for a fall of 1 % beside how far prices went on falling, on real hours where these are there.

Run: python bench/cascade_reality.py
Of each market up to EVENTS hours that traded FALL below their open are taken, evenly over the table. `real` is how far
below that mark price traded in the same or the next hour, in % of the open; `model` is how far the cascade's draws go
beyond the same move, from the map before the hour, its last day's turnover and a typical book. `real` is given by its
tenths 1, 5 and 9 over the hours, `model` by the median over the hours of the answers' q10, q50 and q90. Limits: the
book is made up, as no past books are public, and few hours are counted. Prices fall for more reasons than forced
orders: `real` is the whole of the fall, `model` only what the map adds. It should lie below; more is not shown.
"""

import sys
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.hour_table import read_hours
from service.heatmap import Assumptions, Bars, Shock, price_axis
from service.heatmap.base import Floats
from service.heatmap.cascade import cascade_odds, refill_rate
from service.heatmap.inventory import take_ensemble, typical_venue
from tests.emulator.sources import REAL_HOURS

FALL, EVENTS, WARM_UP, DAY, REFILL = 0.01, 30, 336, 24, 0.1
# Share of open interest that rests within 1 %, as on the simulated market; depth grows evenly up to 5 %.
RESTING = 0.01
TENTHS = (10, 50, 90)


def falls(bars: Bars) -> list[int]:
    """Return the hours taken: those that traded FALL below their open, with a warm-up before and an hour after."""
    found = np.flatnonzero(bars.low <= bars.open * (1 - FALL))
    found = found[(found >= WARM_UP) & (found < len(bars) - 1)]
    return list(found[:: max(1, -(-len(found) // EVENTS))])


def realised(bars: Bars, at: int) -> float:
    """Return how far below the mark that hour and the next one traded, % of the open."""
    lowest = float(bars.low[at : at + 2].min())
    return 100 * (1 - FALL - lowest / float(bars.open[at]))


def typical_book(price: float, open_interest: float) -> Floats:
    """Return bids, 20 levels a percent, that hold RESTING of open interest in each percent down to 5 %."""
    away = np.arange(1, 101) / 2000
    return np.column_stack([price * (1 - away), np.full(len(away), RESTING * open_interest / 20)])


def modelled(bars: Bars, at: int) -> Floats:
    """Return how far the draws' tenths go beyond the move, % of the price before the hour, float64[3]."""
    known = bars.part(0, at)
    price, last = float(known.close[-1]), known.part(-DAY)
    axis = price_axis(price, 50.0, bins=400)
    maps = take_ensemble(known, Assumptions(), typical_venue(), axis)
    book = typical_book(price, float(known.open_interest[-1]))
    refill = refill_rate(last.volume * last.close, 2 * (last.high - last.low) / last.close, REFILL)
    rng, shock = np.random.default_rng(0), Shock(move_pct=-100 * FALL)
    found = cascade_odds(book, book, axis.edges, maps.long, maps.short, price, shock, rng=rng, refill=refill)
    return -100 * FALL - np.array([found.move_pct_q10, found.move_pct_q50, found.move_pct_q90])


def main() -> None:
    """Print one row a market."""
    if not REAL_HOURS.is_dir():
        print("no real hours (REAL_HOURS names their folder): left out")
        return
    print(f"{'market':8}{'hours':>6}   real q10   q50   q90   model q10   q50   q90")
    for path in sorted(REAL_HOURS.glob("*.csv")):
        bars = read_hours(path).bars
        hours = falls(bars)
        real = np.percentile([realised(bars, at) for at in hours], TENTHS)
        model = np.median([modelled(bars, at) for at in hours], axis=0)
        print(f"{path.stem:8}{len(hours):6}      ", *(f"{value:5.2f}" for value in (*real, *model)))


if __name__ == "__main__":
    main()
