"""Profile: what stands now, split by side and leverage and cumulated away from the price."""

from dataclasses import dataclass

import numpy as np

from service.heatmap.axis import PriceAxis
from service.heatmap.bars import Floats
from service.heatmap.inventory import Inventory, Resampling, running_sums
from service.heatmap.leverage_split import split_by_leverage
from service.heatmap.path import LONG, SHORT, SIDES

# Upper edges of the leverage bands that answers are split into.
BANDS = (3.0, 5.0, 10.0, 25.0, 50.0, 100.0, np.inf)


@dataclass(frozen=True, eq=False)
class SideProfile:
    """One side of the map now, by bin of the axis; quote currency.

    notional          float64[B]
    cumulative        float64[B]     what lies between the price and the far edge of the bin
    by_band           float64[N, B]  split by leverage band
    average_leverage  float64[B]     weighted by notional; 0 in empty bins
    total             in the grid
    max_pain          middle price of the bin with the most, None if the side is empty
    max_pain_notional what stands there
    """

    notional: Floats
    cumulative: Floats
    by_band: Floats
    average_leverage: Floats
    total: float
    max_pain: float | None
    max_pain_notional: float


@dataclass(frozen=True, eq=False)
class Profile:
    """Both sides at one price; imbalance is (short - long) / (short + long): 1 if only shorts would be liquidated."""

    axis: PriceAxis
    price: float
    bands: tuple[tuple[float, float], ...]
    sides: dict[int, SideProfile]
    imbalance: float


def profile(inventory: Inventory, axis: PriceAxis, price: float) -> Profile:
    """Return the profile of the inventory's last column on the caller's axis; cumulated away from `price`."""
    sides = {side: _side(inventory, side, axis) for side in SIDES}
    long, short = sides[LONG].total, sides[SHORT].total
    imbalance = (short - long) / (short + long) if short + long > 0 else 0.0
    lows = (1.0, *BANDS[:-1])
    return Profile(axis, price, tuple(zip(lows, BANDS, strict=True)), sides, imbalance)


def _side(inventory: Inventory, side: int, axis: PriceAxis) -> SideProfile:
    standing, curve = inventory.sides[side], inventory.curves[side]
    resample = Resampling(standing.start, standing.totals.shape[1] - 1, side, axis)
    split = inventory.notional(resample(running_sums(split_by_leverage(inventory, side))), axis)
    notional = inventory.notional(resample(standing.totals[-1:])[0], axis)
    band = np.searchsorted(BANDS, curve.leverage)
    by_band = np.stack([split[band == n].sum(axis=0) for n in range(len(BANDS))])
    weighted = curve.leverage @ split
    average = np.divide(weighted, split.sum(axis=0), out=np.zeros_like(weighted), where=split.sum(axis=0) > 0)
    total = float(notional.sum())
    worst = int(np.argmax(notional))
    return SideProfile(
        notional,
        away_from_price(notional, side),
        by_band,
        average,
        total,
        float(axis.centres[worst]) if total > 0 else None,
        float(notional[worst]),
    )


def away_from_price(notional: Floats, side: int) -> Floats:
    """Return the running sum away from the price, float64[B]: downwards for longs, upwards for shorts."""
    cumulative: Floats = np.cumsum(notional[::-1])[::-1] if side == LONG else np.cumsum(notional)
    return cumulative
