"""Lattice: the fixed prices between which the inventory is kept."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.inventory.adverse import SidePath
from service.heatmap.inventory.distance import DistanceCurve

# Spacing of the edges in adverse log price: edge n lies at n * STEP, the same for every request. Measured: half of it
# and a third more have the same skill.
STEP = 0.0006


@dataclass(frozen=True)
class Lattice:
    """`slots` intervals of adverse log price, each STEP wide, from edge number `start` on.

    Slot n lies between the edges start + n and start + n + 1. What a slot holds lies evenly in it.
    """

    start: int
    slots: int

    def place(self, y: Floats) -> tuple[Times, Floats]:
        """Return the slot of each adverse log price and how far into it that is, 0..1; the nearest one if outside."""
        position = np.minimum(np.maximum(y / STEP - self.start, 0.0), self.slots)
        slot = np.minimum(position.astype(np.int64), self.slots - 1)
        return slot, position - slot


def between_edges(figures: Floats, position: Floats) -> Floats:
    """Return figures of each of E edges, float64[P, E], on straight lines between them, float64[P, ...].

    `position` counts edges, whole or in part; outside, the first or the last holds.
    """
    last = figures.shape[1] - 1
    position = np.minimum(np.maximum(position, 0.0), last)
    edge = position.astype(np.int64)
    at, after = figures.take(edge, axis=1), figures.take(np.minimum(edge + 1, last), axis=1)
    line: Floats = at + (after - at) * (position - edge)
    return line


def lattice_for(path: SidePath, curves: Sequence[DistanceCurve], deepest: float) -> Lattice:
    """Return a lattice as deep as anyone asks (`deepest`) or the price goes, if anything can stand there."""
    far = float(path.far.max())
    most = far + max(float(curve.u[-1]) for curve in curves)
    bottom = max(far, min(max(deepest, float(path.reach.max())), most))
    start = int(np.floor(path.near.min() / STEP))
    return Lattice(start, int(np.floor(bottom / STEP)) + 2 - start)
