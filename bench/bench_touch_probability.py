"""Compare touch probabilities with how often prices were touched, on real hours where these are there.

Run: python bench/bench_touch_probability.py [--fit]
Every hour is asked for the chance that prices at DISTANCES above and below its close trade within 1, 4 and 24 hours; it
is counted by predicted chance in BINS, the two halves of each table apart. `error` is the mean distance between
predicted and realised over the bins, by their weight; `one` the same with the measured volatility taken for certain.
With --fit the log losses of other spreads are printed, on the first halves: those that the service's was chosen by.
"""

import math
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from bench.hour_table import read_hours
from service.heatmap import Bars
from service.heatmap.base import Floats
from service.heatmap.stats import (
    VOLATILITY_GROWTH,
    VOLATILITY_MEDIAN,
    VOLATILITY_SIGMA,
    probability_of_touch,
    realised_volatility,
)
from tests.emulator.sources import REAL_HOURS

HORIZONS = (1, 4, 24)
WARM_UP = 80
DISTANCES = np.array([0.002, 0.004, 0.007, 0.01, 0.015, 0.02, 0.03, 0.04, 0.06, 0.08, 0.1])
BINS = np.array([0.0, 0.0011, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5, 0.65, 0.8, 0.9, 1.0001])
# What --fit tries: the median of volatility ahead over the one measured, how that grows with hours, its spread.
TRIED = ((0.7, 0.8, 0.9, 1.0), (0.0, 0.04, 0.07, 0.1), (0.0, 0.3, 0.4, 0.5, 0.6))
PLAIN = (1.0, 0.0, 0.0)
Chance = Callable[[float, float, float], float]


@dataclass(frozen=True, eq=False)
class Asked:
    """Hours at which a chance was asked for: volatility float64[N], and what was touched, bool[N, 2 * distances]."""

    volatility: Floats
    touched: np.ndarray

    def half(self, number: int) -> "Asked":
        """Return the first (0) or second (1) half."""
        middle = len(self.volatility) // 2
        part = slice(None, middle) if number == 0 else slice(middle, None)
        return Asked(self.volatility[part], self.touched[part])

    def chances(self, chance: Chance, horizon: int) -> Floats:
        """Return the chance of each, float64[N, 2 * distances]; it must depend on distance / volatility alone."""
        ratios = np.geomspace(1e-3, 1e3, 4001)
        along = np.array([chance(float(ratio), 1.0, horizon) for ratio in ratios])
        asked = np.tile(DISTANCES, 2) / self.volatility[:, None]
        return np.interp(np.log(asked), np.log(ratios), along)


def asked_of(bars: Bars, horizon: int) -> Asked:
    """Ask at the close of every hour that has a warm-up before it and the horizon after it."""
    at = range(WARM_UP, len(bars) - horizon)
    measured = np.array([realised_volatility(bars.part(0, i + 1)) for i in at])
    ahead = [slice(i + 1, i + 1 + horizon) for i in at]
    up = np.log([bars.high[part].max() for part in ahead] / bars.close[WARM_UP : len(bars) - horizon])
    down = np.log(bars.close[WARM_UP : len(bars) - horizon] / [bars.low[part].min() for part in ahead])
    return Asked(measured, np.concatenate([up[:, None] >= DISTANCES, down[:, None] >= DISTANCES], axis=1))


def served(distance: float, measured: float, horizon: float) -> float:
    """Return the service's chance of a log distance."""
    return probability_of_touch(1.0, math.exp(distance), measured, horizon) if distance < 300.0 else 0.0


def certain(distance: float, measured: float, horizon: float) -> float:
    """Return the chance if the volatility were certain."""
    return math.erfc(distance / (measured * math.sqrt(2.0 * horizon)))


def reliability(chance: Floats, touched: np.ndarray) -> Iterator[tuple[int, float, float]]:
    """Yield the count, mean chance and realised frequency of every bin that has any."""
    number = np.digitize(chance, BINS) - 1
    for i in np.unique(number):
        yield int((number == i).sum()), float(chance[number == i].mean()), float(touched[number == i].mean())


def calibration_error(chance: Floats, touched: np.ndarray) -> float:
    """Return the mean distance between chance and frequency over the bins, by their weight."""
    return sum(count * abs(mean - real) for count, mean, real in reliability(chance, touched)) / chance.size


def log_loss(chance: Floats, touched: np.ndarray) -> float:
    """Return the mean log loss, chances taken for no less than one in a thousand either way."""
    held = np.clip(chance, 1e-3, 1.0 - 1e-3)
    return float(-np.where(touched, np.log(held), np.log(1.0 - held)).mean())


def spread_by(median: float, growth: float, sigma: float) -> Chance:
    """Return the chance under another spread of volatility."""
    points, weights = np.polynomial.hermite_e.hermegauss(9)
    factors, weights = np.exp(sigma * points), weights / weights.sum()

    def chance(distance: float, measured: float, horizon: float) -> float:
        usual = measured * median * horizon**growth * math.sqrt(2.0 * horizon)
        return sum(w * math.erfc(distance / (usual * f)) for f, w in zip(factors, weights, strict=True))

    return chance


def fit(markets: dict[str, Bars]) -> None:
    """Print the log loss of other spreads on the first halves, best first."""
    asked = {h: [asked_of(bars, h).half(0) for bars in markets.values()] for h in HORIZONS}
    rows = []
    for tried in product(*TRIED):
        chance = spread_by(*tried)
        losses = [log_loss(part.chances(chance, h), part.touched) for h, parts in asked.items() for part in parts]
        rows.append((float(np.mean(losses)), tried))
    rows.sort()
    print(f"{'loss':>8}{'median':>8}{'growth':>8}{'sigma':>7}")
    for loss, (median, growth, sigma) in [*rows[:6], *(row for row in rows if row[1] == PLAIN)]:
        print(f"{loss:8.4f}{median:8.2f}{growth:8.2f}{sigma:7.2f}")


def report(name: str, parts: list[Asked], horizon: int, half: int) -> float:
    """Print one row and return its error."""
    touched = np.concatenate([part.touched for part in parts])
    mine, one = (np.concatenate([part.chances(chance, horizon) for part in parts]) for chance in (served, certain))
    error = calibration_error(mine, touched)
    cells = " ".join(f"{mean:.3f}>{real:.3f}" for _, mean, real in reliability(mine, touched))
    which = ("first ", "second")[half]
    print(f"{name:7}{horizon:3}h {which} {error:.4f} {calibration_error(one, touched):.4f}  {cells}")
    return error


def main() -> None:
    """Print the tables of each market and of all together."""
    if not REAL_HOURS.is_dir():
        print("no real hours (REAL_HOURS names their folder): left out")
        return
    markets = {path.stem: read_hours(path).bars for path in sorted(REAL_HOURS.glob("*.csv"))}
    print(f"volatility ahead: median {VOLATILITY_MEDIAN} h^{VOLATILITY_GROWTH}, spread {VOLATILITY_SIGMA}")
    print("market  within half   error    one  predicted>realised by bin")
    for horizon in HORIZONS:
        asked = {name: asked_of(bars, horizon) for name, bars in markets.items()}
        for half in (0, 1):
            for name, each in asked.items():
                report(name, [each.half(half)], horizon, half)
            report("all", [each.half(half) for each in asked.values()], horizon, half)
    if "--fit" in sys.argv:
        fit(markets)


if __name__ == "__main__":
    main()
