"""One unit: bars from before a contract changed its size, or a coin its denomination, brought to today's unit.

Where amounts come in contracts and the adapter knows today's size alone, a contract made ten times smaller makes all
that was before look ten times smaller too: volume and open interest step together, and nothing was traded that could
move them. Where a coin is redenominated the price steps as well, the other way.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from service.heatmap import Bars
from service.heatmap.base import Floats
from service.times import to_the_minute

# Open interest changes by less in one bar, and price between one bar and the next, unless they are counted anew.
LEAST_STEP, LEAST_PRICE_STEP = 1.8, 3.0
# Sizes and denominations change by such factors, and by their inverses; open interest itself moves along a little.
FACTORS, NEAR = (1.0, 2.0, 2.5, 4.0, 5.0), 0.15
# Volume before and after is compared over so many bars, at least so many, and may differ by a factor of its own.
AROUND, LEAST_AROUND, VOLUME_APART = 24, 6, 2.5


@dataclass(frozen=True)
class _Step:
    """A step at the open of bar `at`: what prices and amounts before it are multiplied by; 0 where that is unclear."""

    at: int
    prices: float
    amounts: float
    told: str


def in_one_unit(bars: Bars) -> tuple[Bars, tuple[str, ...]]:
    """Return the bars in the unit of the newest one, and a sentence for each step that there was."""
    notes = []
    for step in reversed(_steps(bars)):
        when = to_the_minute(int(bars.time[step.at]))
        if step.amounts:
            bars = _scaled(bars, step)
            notes.append(f"{step.told} at {when}: what was before is brought to today's unit.")
        else:
            notes.append(f"{step.told} at {when} without being traded: an outage, or another unit before it.")
    return bars, tuple(reversed(notes))


def _steps(bars: Bars) -> list[_Step]:
    interest, volume = bars.open_interest, bars.volume
    follows = np.diff(bars.time) == bars.step
    with np.errstate(invalid="ignore", divide="ignore"):
        ratio = interest[1:] / interest[:-1]
        traded = np.maximum(volume[1:], np.minimum(volume[:-1], volume[1:]))
        jumped = np.isfinite(np.log(ratio)) & (np.abs(np.log(ratio)) >= math.log(LEAST_STEP))
        untraded = np.abs(np.diff(interest)) > traded
    leapt = np.abs(np.log(bars.open[1:] / bars.close[:-1])) >= math.log(LEAST_PRICE_STEP)
    found = np.flatnonzero(follows & ((jumped & untraded) | leapt)) + 1
    return [step for at in found.tolist() if (step := _step(bars, at, float(ratio[at - 1]))) is not None]


def _step(bars: Bars, at: int, interest: float) -> _Step | None:
    """Return what happened at bar `at`, where open interest became `interest` times what it was (NaN: not known)."""
    price = float(bars.open[at] / bars.close[at - 1])
    if abs(math.log(price)) >= math.log(LEAST_PRICE_STEP):
        factor = _nice(price)
        # Amounts go the other way, or the price alone went: then nothing says which unit is which.
        if factor and _agrees(bars.volume, at, 1.0 / price) and (math.isnan(interest) or _near(interest, 1.0 / price)):
            return _Step(at, factor, 1.0 / factor, f"The price becomes {factor:.4g} times what it was")
        return _Step(at, 0.0, 0.0, f"The price becomes {price:.3g} times what it was")
    factor = _nice(interest)
    if factor and _agrees(bars.volume, at, interest):
        return _Step(at, 1.0, factor, f"Volume and open interest become {factor:.4g} times what they were")
    return _Step(at, 0.0, 0.0, f"Open interest becomes {interest:.3g} times what it was")


def _nice(ratio: float) -> float:
    """Return the usual factor near a ratio, 0 where none is."""
    power = 10.0 ** math.floor(math.log10(ratio))
    factors = [factor * power * shift for factor in FACTORS for shift in (1.0, 10.0)]
    factors += [power * shift / factor for factor in FACTORS for shift in (1.0, 10.0)]
    nearest = min(factors, key=lambda factor: abs(math.log(ratio / factor)))
    return nearest if abs(math.log(ratio / nearest)) <= NEAR and nearest != 1.0 else 0.0


def _near(one: float, other: float) -> bool:
    return abs(math.log(one / other)) <= math.log(LEAST_STEP)


def _agrees(volume: Floats, at: int, ratio: float) -> bool:
    """Tell whether volume steps along."""
    before, after = volume[max(at - AROUND, 0) : at], volume[at : at + AROUND]
    if min(len(before), len(after)) < LEAST_AROUND:
        return False
    usual, new = float(np.median(before)), float(np.median(after))
    if not usual > 0 or not new > 0:
        return False
    moved = math.log(new / usual)
    return abs(moved - math.log(ratio)) <= math.log(VOLUME_APART) and abs(moved) >= 0.5 * abs(math.log(ratio))


def _scaled(bars: Bars, step: _Step) -> Bars:
    """Return the bars with those before the step in the unit of those after it."""
    old = np.arange(len(bars)) < step.at
    prices, amounts = np.where(old, step.prices, 1.0), np.where(old, step.amounts, 1.0)
    return replace(
        bars,
        **{name: getattr(bars, name) * prices for name in ("open", "high", "low", "close", "mark_low", "mark_high")},
        **{name: getattr(bars, name) * amounts for name in ("volume", "open_interest")},
    )
