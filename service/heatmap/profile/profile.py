"""Profile: what stands now, split by side and leverage and cumulated away from the price."""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.axis import PriceAxis
from service.heatmap.base.side import Side
from service.heatmap.inventory.inventory import Inventory, adverse_of
from service.heatmap.profile.by_leverage import split_by_leverage

# Upper edges of the leverage bands that answers are split into.
BANDS = (3.0, 5.0, 10.0, 25.0, 50.0, 100.0, np.inf)


@dataclass(frozen=True, eq=False)
class SideProfile:
    """One side of the map now, by bin of the axis; quote currency.

    notional          float64[B]     what price has yet to reach: for longs below it, for shorts above it
    cumulative        float64[B]     what lies between the price and the far edge of the bin
    by_band           float64[N, B]  split by leverage band
    average_leverage  float64[B]     weighted by notional; 0 in empty bins
    total             in the grid
    standing          with leverage, in the grid or outside it
    passed            what stood at the last close and the price has passed since: liquidated by now, if it was right
    """

    notional: Floats
    cumulative: Floats
    by_band: Floats
    average_leverage: Floats
    total: float
    standing: float
    passed: float


@dataclass(frozen=True, eq=False)
class Profile:
    """What stands now on both sides, as one price finds it.

    Attributes
    ----------
    axis : PriceAxis
        The bins.
    price : float
        The price it is read from, in quote currency.
    bands : tuple of (float, float)
        Lowest and highest leverage of each band that the sides are split into.
    sides : dict of Side to SideProfile
        What stands on each side.
    imbalance : float
        (short - long) / (short + long) of what is on the axis: 1 if only shorts would be liquidated, -1 if only
        longs.
    """

    axis: PriceAxis
    price: float
    bands: tuple[tuple[float, float], ...]
    sides: dict[Side, SideProfile]
    imbalance: float


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
    axis = inventory.axis
    if axis is None:
        raise ValueError("axis: the inventory was taken without one")
    sides = {side: _side(inventory, side, axis, price) for side in Side}
    lows = (1.0, *BANDS[:-1])
    return Profile(axis, price, tuple(zip(lows, BANDS, strict=True)), sides, imbalance(sides))


def imbalance(sides: dict[Side, SideProfile]) -> float:
    """Return (short - long) / (short + long) of what is in the grid, -1..1; 0 if nothing is."""
    long, short = sides[Side.LONG].total, sides[Side.SHORT].total
    return (short - long) / (short + long) if short + long > 0 else 0.0


def _side(inventory: Inventory, side: Side, axis: PriceAxis, price: float) -> SideProfile:
    standing = inventory.sides[side]
    # A bin that holds the price counts as far as price has not passed it.
    ahead = np.minimum(axis.part_edges, price) if side is Side.LONG else np.maximum(axis.part_edges, price)
    leverage, split = split_by_leverage(inventory, side, ahead, BANDS)
    notional = inventory.notional(inventory.held_between(side, ahead), axis)
    band = np.searchsorted(BANDS, leverage)
    weighted = inventory.notional(leverage @ split, axis)
    unit = 1.0 if inventory.inverse else price
    levered = float(standing.levered[-1])
    return SideProfile(
        notional=notional,
        cumulative=away_from_price(notional, side),
        by_band=np.stack([inventory.notional(split[band == n].sum(axis=0), axis) for n in range(len(BANDS))]),
        average_leverage=np.divide(weighted, notional, out=np.zeros_like(weighted), where=notional > 0),
        total=float(notional.sum()),
        standing=unit * levered,
        passed=unit * max(levered - float(standing.beyond_now(adverse_of(np.array([price]), side))[0]), 0.0),
    )


def away_from_price(notional: Floats, side: Side) -> Floats:
    """Return the running sum away from the price, float64[B]: downwards for longs, upwards for shorts."""
    cumulative: Floats = np.cumsum(notional[::-1])[::-1] if side is Side.LONG else np.cumsum(notional)
    return cumulative
