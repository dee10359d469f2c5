"""Closing: how what its owners close spreads over distances from the price."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import NamedTuple

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.inventory.lattice import STEP

# The last band has no end.
ENDLESS = 1 << 40
# Along a smooth curve a band ends where the rate has changed by this share.
CHANGE = 0.1
# From this log distance on (40 % below the price, 65 % above it) the rate no longer changes. A lattice reaches as far
# beyond the price, so that how much farther it reaches changes nothing.
FARTHEST = 0.5
# Sets of ways of closing whose bands are remembered.
BANDS_KEPT = 16


@dataclass(frozen=True, eq=False)
class Closing:
    """How much faster or slower than the population's own rate positions are closed, by distance from the price.

    distance  float64[J - 1]  rising log distances between J bands
    factor    float64[J]      of the rate in each band; the last is also that of what no price liquidates
    """

    distance: Floats
    factor: Floats


def faster_near(height: float, depth: float) -> Closing:
    """Return closing at 1 + height / (distance + depth) times the population's rate, in bands of about one rate.

    From FARTHEST on the rate is what it is there.
    """
    nearest, farthest = 1.0 + height / depth, 1.0 + height / (FARTHEST + depth)
    steps = int(np.ceil(np.log(nearest / farthest) / -np.log(1.0 - CHANGE)))
    rates = np.geomspace(nearest, farthest, steps + 1)
    return Closing(height / (rates[1:] - 1.0) - depth, np.append(np.sqrt(rates[:-1] * rates[1:]), farthest))


@dataclass(frozen=True, eq=False)
class Bands:
    """The bands of P populations, for the loop.

    count  int64[P]     bands; 1 where all are closed alike
    end    int64[P, J]  slots from the close's on, in which each band lies
    """

    count: Times
    end: Times

    @cached_property
    def last(self) -> Times:
        """Return how many slots from the close's on are told apart by distance, int64[P]."""
        inner = np.where(self.end < ENDLESS, self.end, 0)
        return np.asarray(inner.max(axis=1), dtype=np.int64)

    def of(self, p: int) -> "PopulationBands":
        """Return the bands of population number p."""
        return PopulationBands(self.end[p, : self.count[p]].tolist())


class PopulationBands(NamedTuple):
    """The bands of one population: the slots from the close's on, in which each ends."""

    end: list[int]

    @property
    def even(self) -> bool:
        """Tell whether all are closed alike."""
        return len(self.end) == 1

    def ends(self, close: int, begin: int, slots: int) -> list[int]:
        """Return where each band ends, counted from the slot `begin`, when the bar closed in the slot `close`."""
        return [min(max(close + end, begin), slots) - begin for end in self.end]


# Few ways of closing exist, and each is one object.
@lru_cache(BANDS_KEPT)
def bands_of(closings: tuple[Closing | None, ...]) -> Bands:
    """Return the bands of each population, not to be changed; None closes all alike."""
    counts = [1 if closing is None else len(closing.factor) for closing in closings]
    end = np.full((len(closings), max(counts)), ENDLESS)
    for p, closing in enumerate(closings):
        if closing is not None:
            end[p, : counts[p] - 1] = np.rint(closing.distance / STEP)
    return Bands(np.array(counts), end)


def survival_by_band(survival: Sequence[Floats], closings: Sequence[Closing | None]) -> Floats:
    """Return the share that each band keeps, float64[P, T, J], from what each population would, float64[T]."""
    most = max(1 if closing is None else len(closing.factor) for closing in closings)
    shares = np.empty((len(survival), len(survival[0]), most))
    for share, kept, closing in zip(shares, survival, closings, strict=True):
        share[:] = kept[:, None]
        if closing is not None:
            share[:, : len(closing.factor)] = kept[:, None] ** closing.factor
    return shares


def close_by_distance(
    row: Floats, ends: Sequence[int], shares: Sequence[float], levered: float, unlevered: float, target: float
) -> tuple[float, float]:
    """Leave its share of each band of one row, and return what is left with leverage and without.

    row        float64[...]  amounts, from the front on
    ends       where each band ends in it
    shares     that are left of each band, or less: all in proportion where more than the target would be left
    levered    amount; all of it that the other bands do not hold is closed as in the last one, whether the row reaches
               so far or not
    unlevered  amount, the same
    target     amount
    """
    starts = [0, *ends[:-1]]
    held = [lanes_summed(row[start:end]) for start, end in zip(starts[:-1], ends[:-1], strict=True)]
    inside = left = 0.0
    for amount in held:
        inside += amount
    held.append(max(levered - inside, 0.0))
    for amount, share in zip(held, shares, strict=True):
        left += amount * share
    without = unlevered * shares[-1]
    scale = target / (left + without) if left + without > target else 1.0
    for start, end, share in zip(starts, ends, shares, strict=True):
        row[start:end] *= share * scale
    return left * scale, without * scale


def lanes_summed(amounts: Floats) -> float:
    """Return the sum in the order of the compiled loop: every fourth one by one, then the four sums."""
    fours = np.zeros(-(-len(amounts) // 4) * 4 + 4)
    fours[: len(amounts)] = amounts
    one, two, three, four = np.cumsum(fours.reshape(-1, 4), axis=0)[-1].tolist()
    return float((one + two) + (three + four))
