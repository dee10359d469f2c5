"""Fragility: what is forced close to the price over what the book of an event takes there, the cascade ratio."""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.side import BySide
from service.heatmap.cascade.book_depth import Direction, depth_curve
from service.heatmap.cascade.book_state import STATES
from service.heatmap.cascade.executed_share import USUAL
from service.heatmap.cascade.shock import liquidated

# How far from the price, as a share of it.
WITHIN = 0.03


@dataclass(frozen=True)
class Fragility:
    """One side of a market within WITHIN of the price.

    forced_usd  of what the map holds there, the share that is traded into the book
    depth_usd   what the book holds there, as thin as in an event; past what is visible a power law
    ratio       forced / depth: from 1 on a fall (longs) or rise (shorts) would feed itself but for new orders
    """

    forced_usd: float
    depth_usd: float
    ratio: float


def fragility_of(
    bids: Floats, asks: Floats, edges: Floats, long: Floats, short: Floats, price: float, executed: float = USUAL.q50
) -> BySide[Fragility | None]:
    """Return the fragility of longs, by a fall through the bids, and of shorts, by a rise through the asks.

    bids, asks float64[n, 2] rows of price and base amount; edges float64[B + 1] prices; long, short float64[B] USD;
    executed the share of what is swept that is traded by force.
    None for a side whose book is empty.
    """
    return BySide(
        _side(bids, edges, long, price, "down", executed) if _some(bids) else None,
        _side(asks, edges, short, price, "up", executed) if _some(asks) else None,
    )


def _some(levels: Floats) -> bool:
    return bool(len(levels)) and bool((levels[:, 1] > 0).any())


def _side(
    levels: Floats, edges: Floats, standing: Floats, price: float, direction: Direction, executed: float
) -> Fragility:
    curve, within = depth_curve(levels, price, direction), np.array([WITHIN])
    forced = executed * float(liquidated(edges, standing, curve, within)[0])
    depth = STATES["event"].median * float(curve.spread_out(within)[0])
    return Fragility(forced, depth, forced / depth)
