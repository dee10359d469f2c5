"""What stands by distance from the price, and how much of it still stands later: to hold against true positions."""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.axis import price_axis
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import BySide, Side
from service.heatmap.inventory.adverse import side_path
from service.heatmap.inventory.assumptions import Assumptions, VenueTerms
from service.heatmap.inventory.closing import Closing
from service.heatmap.inventory.flows import flows_of
from service.heatmap.inventory.inventory import Inventory, take_inventory
from service.heatmap.inventory.lattice import STEP

# Cells of one percent of log distance; what lies farther is one more.
CELLS, CELL = 60, 0.01
# As far as that on either side, in % of price, and in steps of the lattice.
RANGE_PCT, REACH = 90.0, 1000


@dataclass(frozen=True, eq=False)
class Distances:
    """One side at one moment, in the unit of open interest.

    cells      float64[61]  what stands from n to n + 1 % of log distance beyond the price; the last one, farther
    unlevered  what no price liquidates
    """

    cells: Floats
    unlevered: float


def by_distance(inventory: Inventory) -> BySide[Distances]:
    """Return what stands after the last bar by distance from its close; of an inventory taken by `up_to`."""
    return BySide(*(_distances(inventory, side) for side in Side))


def up_to(bars: Bars, count: int, assumptions: Assumptions, venue: VenueTerms) -> Inventory:
    """Take the inventory of the first `count` bars, as far out as distances are told."""
    known = bars.part(0, count)
    return take_inventory(known, assumptions, venue, price_axis(float(known.close[-1]), RANGE_PCT, bins=100))


def share_kept(inventory: Inventory, bars: Bars, lag: int, assumptions: Assumptions) -> BySide[float]:
    """Return the share still standing then of what no price reaches in the next `lag` bars, unlevered positions apart.

    bars  as many or more than those of the inventory, which they begin with; NaN where they end before, or where price
          reaches everything
    """
    return BySide(*(_kept(inventory, bars, lag, assumptions, side) for side in Side))


def _distances(inventory: Inventory, side: Side) -> Distances:
    standing, close = inventory.sides[side], float(inventory.paths[side].cut[-1])
    beyond = standing.beyond_now(close + CELL * np.arange(CELLS + 1.0))
    beyond[0] = standing.levered[-1]
    return Distances(np.maximum(np.append(-np.diff(beyond), beyond[-1]), 0.0), float(standing.unlevered[-1]))


def _kept(inventory: Inventory, bars: Bars, lag: int, assumptions: Assumptions, side: Side) -> float:
    now = len(inventory.bars)
    if now + lag > len(bars):
        return float("nan")
    later, standing = slice(now, now + lag), inventory.sides[side]
    path = side_path(bars, side)
    edges = path.cut[now - 1] + STEP * np.arange(REACH + 1.0)
    beyond = standing.beyond_by_population(edges)
    held = np.append(-np.diff(beyond, axis=1), beyond[:, -1:], axis=1)
    middle = edges + 0.5 * STEP
    held[:, middle <= path.reach[later].max()] = 0.0
    distance = np.maximum(middle - path.cut[later][:, None], 0.0)
    flow = flows_of(bars)
    left = 0.0
    for population, amounts in zip(assumptions.populations, held, strict=True):
        rate = -np.log(flow.survival(population.churn * assumptions.churn)[later])
        left += float(amounts @ np.exp(-rate @ _factor(population.closing, distance)))
    total = float(held.sum())
    return left / total if total > 0.0 else float("nan")


def _factor(closing: Closing | None, distance: Floats) -> Floats:
    """Return how much faster than a population's own rate closing is at each distance, same shape."""
    if closing is None:
        return np.ones(distance.shape)
    factor: Floats = closing.factor[np.searchsorted(closing.distance, distance, side="right")]
    return factor
