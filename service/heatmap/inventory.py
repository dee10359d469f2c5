"""Inventory: bars and assumptions in; standing positions, the heatmap and its accounting out."""

from dataclasses import dataclass

import numpy as np

from service.heatmap.assumptions import Assumptions, Venue, curves
from service.heatmap.axis import PriceAxis
from service.heatmap.bars import Bars, Floats, Times
from service.heatmap.distance import DistanceCurve
from service.heatmap.flows import Flows, flows
from service.heatmap.path import LONG, SHORT, SIDES, STEP, SidePath, depth, side_path
from service.heatmap.standing import Standing, stand


@dataclass(frozen=True, eq=False)
class Inventory:
    """All standing positions over the last `columns` bars, by side (LONG, SHORT).

    Amounts are in the unit of the bars' open interest: base coin, or USD for `inverse` contracts.
    """

    bars: Bars
    flows: Flows
    unlevered: float
    curves: dict[int, DistanceCurve]
    paths: dict[int, SidePath]
    sides: dict[int, Standing]
    columns: int
    inverse: bool = False

    def notional(self, amounts: Floats, axis: PriceAxis) -> Floats:
        """Return amounts by bin, float64[..., B], in quote currency: at each bin's middle price if they are coin."""
        return amounts if self.inverse else amounts * axis.centres


@dataclass(frozen=True)
class Account:
    """Where one side's open interest is at the last column, in its own unit; flows are totals over the columns.

    in_grid + outside_grid + unlevered = open_interest, and
    open_interest = open interest before the first column + opened - closed - liquidated.
    """

    open_interest: float
    in_grid: float
    outside_grid: float
    unlevered: float
    opened: float
    closed: float
    liquidated: float


@dataclass(frozen=True, eq=False)
class Heatmap:
    """Standing notional by liquidation price after each bar.

    time         int64[T]       the bars' open times, epoch ms; a column is what stood when that bar closed
    long, short  float64[T, B]  quote currency: base coin in the bin times the bin's middle price
    accounts     by side, in base coin (USD for inverse contracts)
    """

    axis: PriceAxis
    time: Times
    long: Floats
    short: Floats
    accounts: dict[int, Account]


def take_inventory(
    bars: Bars, assumptions: Assumptions, venue: Venue, reach: tuple[float, float], columns: int
) -> Inventory:
    """Rebuild the inventory of both sides.

    `reach` is the price range (low, high) that must be kept by bin; the last `columns` bars give the columns, the ones
    before them are the warm-up that seeds it. Raises ValueError naming what is wrong.
    """
    if not 0 < columns <= len(bars):
        raise ValueError(f"columns: {columns} of {len(bars)} bars")
    flow = flows(bars, assumptions.churn)
    by_side = curves(assumptions, venue)
    paths = {side: side_path(bars, side) for side in SIDES}
    deepest = {LONG: depth(max(reach[0], 1e-12), LONG), SHORT: depth(reach[1], SHORT)}
    unlevered = assumptions.mix.unlevered
    sides = {side: stand(paths[side], flow, by_side[side], unlevered, float(deepest[side]), columns) for side in SIDES}
    return Inventory(bars, flow, unlevered, by_side, paths, sides, columns, venue.inverse)


def on_axis(rows: Floats, start: int, side: int, axis: PriceAxis) -> Floats:
    """Return internal rows, float64[T, W] base coin, as integrals over the caller's bins, float64[T, B] base coin.

    Within an internal bin the amount is spread evenly in log price; nothing is lost but what lies outside the axis.
    """
    total = np.zeros((len(rows), rows.shape[1] + 1))
    np.cumsum(rows, axis=1, out=total[:, 1:])
    edges = np.maximum(axis.edges, 1e-12)
    position = np.clip(depth(edges, side) / STEP - start, 0.0, rows.shape[1])
    index = np.minimum(position.astype(np.int64), rows.shape[1] - 1)
    part = position - index
    at_edge = np.take(total, index, axis=1)
    at_edge += np.take(rows, index, axis=1) * part
    inside: Floats = np.maximum(side * (at_edge[:, :-1] - at_edge[:, 1:]), 0.0)
    return inside


def heatmap(inventory: Inventory, axis: PriceAxis) -> Heatmap:
    """Return the columns of the inventory on the caller's axis, with the accounts of what is in it and what is not."""
    grids: dict[int, Floats] = {}
    accounts: dict[int, Account] = {}
    for side, standing in inventory.sides.items():
        base = on_axis(standing.rows, standing.start, side, axis)
        accounts[side] = _account(inventory, standing, float(base[-1].sum()))
        grids[side] = inventory.notional(base, axis)
    time = inventory.bars.time[-inventory.columns :]
    return Heatmap(axis, time, grids[LONG], grids[SHORT], accounts)


def _account(inventory: Inventory, standing: Standing, in_grid: float) -> Account:
    last = slice(-inventory.columns, None)
    return Account(
        open_interest=float(inventory.flows.open_interest[-1]),
        in_grid=in_grid,
        outside_grid=float(standing.levered[-1]) - in_grid,
        unlevered=float(standing.unlevered[-1]),
        opened=float(standing.opened[last].sum()),
        closed=float(standing.closed[last].sum()),
        liquidated=float(standing.swept[last].sum()),
    )
