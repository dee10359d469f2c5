"""Rebinning: the same mass on other bin edges, with nothing lost unseen."""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats


@dataclass(frozen=True, eq=False)
class Rebinned:
    """mass float64[..., B] on the new edges; underflow and overflow float64[...] are what lies below and above them."""

    mass: Floats
    underflow: Floats
    overflow: Floats


def rebin(edges_from: Floats, mass: Floats, edges_to: Floats) -> Rebinned:
    """Move mass to new edges, taking it as evenly spread inside each old bin.

    edges_from float64[A+1], edges_to float64[B+1], both rising; mass float64[..., A] in any unit that adds up.
    underflow + sum(mass) + overflow is the old sum, and equal edges give the old mass back to the last bit.
    Raises ValueError naming the argument.
    """
    check_edges("edges_from", edges_from)
    check_edges("edges_to", edges_to)
    if mass.shape[-1:] != (len(edges_from) - 1,):
        raise ValueError(f"mass must have {len(edges_from) - 1} bins on its last axis, not shape {mass.shape}")
    if np.array_equal(edges_from, edges_to):
        zero = np.zeros(mass.shape[:-1])
        return Rebinned(mass.copy(), zero, zero.copy())
    below = np.concatenate((np.zeros((*mass.shape[:-1], 1)), np.cumsum(mass, axis=-1)), axis=-1)
    index = np.clip(np.searchsorted(edges_from, edges_to, side="right") - 1, 0, len(edges_from) - 2)
    share = np.clip((edges_to - edges_from[index]) / (edges_from[index + 1] - edges_from[index]), 0.0, 1.0)
    there = below[..., index] + share * mass[..., index]
    return Rebinned(np.diff(there, axis=-1), there[..., 0], below[..., -1] - there[..., -1])


def check_edges(name: str, edges: Floats) -> None:
    """Raise ValueError unless there are at least two finite, rising edges."""
    if len(edges) <= 1 or not (np.all(np.isfinite(edges)) and np.all(np.diff(edges) > 0)):
        raise ValueError(f"{name} must be at least two finite prices, rising")
