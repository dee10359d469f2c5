"""The newest column: what stands now on each side, as one price finds it."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.axis import PriceAxis
from service.heatmap.base.side import Side
from service.heatmap.inventory.inventory import Inventory, adverse_of


@dataclass(frozen=True, eq=False)
class SideColumn:
    """One side of the map now, by bin of the axis; quote currency.

    notional    float64[B]  what price has yet to reach: for longs below it, for shorts above it
    cumulative  float64[B]  what lies between the price and the far edge of the bin
    total       in the grid
    standing    with leverage, in the grid or outside it
    passed      what stood at the last close and the price has passed since: liquidated by now, if it was right
    """

    notional: Floats
    cumulative: Floats
    total: float
    standing: float
    passed: float


@dataclass(frozen=True, eq=False)
class NewestColumn:
    """Both sides of the map now, the price they are read from, and (short - long) / (short + long) of the grid."""

    axis: PriceAxis
    price: float
    sides: Mapping[Side, SideColumn]
    imbalance: float


def newest_column_of(inventory: Inventory, price: float) -> NewestColumn:
    """Return what stands now by side and bin; what price has passed since the last close no longer stands.

    Raises ValueError where the inventory was taken without an axis.
    """
    sides = {side: _side(inventory, side, price) for side in Side}
    return NewestColumn(_axis_of(inventory), price, sides, imbalance_of(sides))


def standing_ahead(inventory: Inventory, side: Side, price: float) -> Floats:
    """Return what stands now in each bin of a side and that a price has not passed, float64[B], quote currency.

    Raises ValueError where the inventory was taken without an axis.
    """
    axis = _axis_of(inventory)
    return inventory.notional(inventory.held_between(side, ahead_of(axis.part_edges, side, price)), axis)


def _axis_of(inventory: Inventory) -> PriceAxis:
    if inventory.axis is None:
        raise ValueError("axis: the inventory was taken without one")
    return inventory.axis


def ahead_of(edges: Floats, side: Side, price: float) -> Floats:
    """Return rising edges as far as price has not passed them: a bin that holds the price counts in part."""
    return np.minimum(edges, price) if side is Side.LONG else np.maximum(edges, price)


def imbalance_of(sides: Mapping[Side, SideColumn]) -> float:
    """Return (short - long) / (short + long) of what is in the grid, -1..1; 0 if nothing is."""
    long, short = sides[Side.LONG].total, sides[Side.SHORT].total
    return (short - long) / (short + long) if short + long > 0 else 0.0


def away_from_price(notional: Floats, side: Side) -> Floats:
    """Return the running sum away from the price, float64[B]: downwards for longs, upwards for shorts."""
    cumulative: Floats = np.cumsum(notional[::-1])[::-1] if side is Side.LONG else np.cumsum(notional)
    return cumulative


def _side(inventory: Inventory, side: Side, price: float) -> SideColumn:
    standing, notional = inventory.sides[side], standing_ahead(inventory, side, price)
    unit = 1.0 if inventory.inverse else price
    levered = float(standing.levered[-1])
    return SideColumn(
        notional=notional,
        cumulative=away_from_price(notional, side),
        total=float(notional.sum()),
        standing=unit * levered,
        passed=unit * max(levered - float(standing.beyond_now(adverse_of(np.array([price]), side))[0]), 0.0),
    )
