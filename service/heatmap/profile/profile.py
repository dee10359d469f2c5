"""Profile: what stands now, split by side and leverage and cumulated away from the price."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.side import Side
from service.heatmap.inventory.inventory import Inventory
from service.heatmap.profile.by_leverage import split_by_leverage
from service.heatmap.profile.newest_column import NewestColumn, SideColumn, ahead_of, newest_column_of

# Upper edges of the leverage bands that answers are split into.
BANDS = (3.0, 5.0, 10.0, 25.0, 50.0, 100.0, np.inf)


@dataclass(frozen=True, eq=False)
class SideProfile(SideColumn):
    """One side of the newest column, split by leverage; quote currency.

    by_band           float64[N, B]  split by leverage band
    average_leverage  float64[B]     weighted by notional; 0 in empty bins
    """

    by_band: Floats
    average_leverage: Floats


@dataclass(frozen=True, eq=False)
class Profile(NewestColumn):
    """What stands now on both sides, as one price finds it, split by leverage.

    Attributes
    ----------
    axis : PriceAxis
        The bins.
    price : float
        The price it is read from, in quote currency.
    sides : dict of Side to SideProfile
        What stands on each side.
    imbalance : float
        (short - long) / (short + long) of what is on the axis: 1 if only shorts would be liquidated, -1 if only
        longs.
    bands : tuple of (float, float)
        Lowest and highest leverage of each band that the sides are split into.
    """

    sides: Mapping[Side, SideProfile]
    bands: tuple[tuple[float, float], ...]


def profile_of(inventory: Inventory, price: float) -> Profile:
    """Return what stands now, split by side and leverage and cumulated away from the price.

    Parameters
    ----------
    inventory : Inventory
        Taken on an axis.
    price : float
        The price now, in quote currency. What it has passed since the last bar closed no longer stands.

    Returns
    -------
    Profile
        Both sides at that price.

    Raises
    ------
    ValueError
        Where the inventory was taken without an axis.
    """
    column = newest_column_of(inventory, price)
    sides = {side: _split(inventory, side, column) for side in Side}
    lows = (1.0, *BANDS[:-1])
    return Profile(column.axis, price, sides, column.imbalance, tuple(zip(lows, BANDS, strict=True)))


def average_leverage(inventory: Inventory, side: Side, edges: Floats, price: float) -> Floats:
    """Return the average leverage of what one side holds between E rising prices, float64[E - 1]; 0 where nothing."""
    leverage, split = split_by_leverage(inventory, side, ahead_of(edges, side, price), BANDS)
    held = split.sum(axis=0)
    average: Floats = np.divide(leverage @ split, held, out=np.zeros_like(held), where=held > 0)
    return average


def _split(inventory: Inventory, side: Side, column: NewestColumn) -> SideProfile:
    axis, whole = column.axis, column.sides[side]
    leverage, split = split_by_leverage(inventory, side, ahead_of(axis.part_edges, side, column.price), BANDS)
    band = np.searchsorted(BANDS, leverage)
    weighted = inventory.notional(leverage @ split, axis)
    return SideProfile(
        **vars(whole),
        by_band=np.stack([inventory.notional(split[band == n].sum(axis=0), axis) for n in range(len(BANDS))]),
        average_leverage=np.divide(weighted, whole.notional, out=np.zeros_like(weighted), where=whole.notional > 0),
    )
