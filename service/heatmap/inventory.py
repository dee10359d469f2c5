"""Inventory: bars and assumptions in; standing positions, the heatmap and its accounting out."""

from dataclasses import dataclass

import numpy as np

from service.heatmap.assumptions import Assumptions, Venue, curves
from service.heatmap.axis import PriceAxis
from service.heatmap.bars import Bars, Floats, Times
from service.heatmap.distance import DistanceCurve
from service.heatmap.flows import Flows, flows
from service.heatmap.path import LONG, SIDES, STEP, SidePath, depth, side_path
from service.heatmap.standing import Standing, stand

# The least price that has a depth.
TINY = float(np.finfo(np.float64).tiny)
# Columns moved to the caller's axis at once: so many stay in the processor's cache, which takes half the time of all.
BLOCK = 64


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
    unlevered = assumptions.mix.unlevered
    sides = {}
    for side in SIDES:
        shallowest, deepest = sorted(depth(np.maximum(reach, TINY), side).tolist())
        sides[side] = stand(paths[side], flow, by_side[side], unlevered, deepest, columns, shallowest)
    return Inventory(bars, flow, unlevered, by_side, paths, sides, columns, venue.inverse)


class Resampling:
    """Moves one side's running sums over internal bins, at edges from `start` on, to the bins of the caller's axis."""

    def __init__(self, start: int, bins: int, side: int, axis: PriceAxis) -> None:
        """Find each edge of the axis among the edges of the `bins` internal bins."""
        position = np.clip(depth(np.maximum(axis.edges, TINY), side) / STEP - start, 0.0, bins)
        self._before = np.minimum(position.astype(np.int64), bins - 1)
        self._part = position - self._before
        self._side = side

    def __call__(self, totals: Floats) -> Floats:
        """Return float64[T, W+1] running sums as float64[T, B] amounts in the axis's bins, in the same unit.

        Within an internal bin the amount is spread evenly in log price; nothing is lost but what lies outside the axis.
        """
        at_edge = totals.take(self._before, axis=1)
        step = totals.take(self._before + 1, axis=1)
        step -= at_edge
        step *= self._part
        at_edge += step
        low, high = at_edge[:, :-1], at_edge[:, 1:]
        amounts = low - high if self._side == LONG else high - low
        return np.maximum(amounts, 0.0, out=amounts)


def on_axis(rows: Floats, start: int, side: int, axis: PriceAxis) -> Floats:
    """Return internal rows, float64[T, W], as integrals over the caller's bins, float64[T, B], in the same unit."""
    return Resampling(start, rows.shape[1], side, axis)(running_sums(rows))


def running_sums(rows: Floats) -> Floats:
    """Return float64[T, W+1]: the sums of the bins before each edge."""
    totals = np.zeros((len(rows), rows.shape[1] + 1))
    np.cumsum(rows, axis=1, out=totals[:, 1:])
    return totals


def heatmap(inventory: Inventory, axis: PriceAxis) -> Heatmap:
    """Return the columns of the inventory on the caller's axis, with the accounts of what is in it and what is not."""
    # One array for both sides: past 4 MiB numpy asks for huge pages, and faults can cost more than the sums themselves.
    grids = np.empty((len(SIDES), inventory.columns, axis.count))
    worth = inventory.notional(np.ones(axis.count), axis)
    accounts: dict[int, Account] = {}
    for side, grid in zip(SIDES, grids, strict=True):
        standing = inventory.sides[side]
        resample = Resampling(standing.start, standing.totals.shape[1] - 1, side, axis)
        for block in range(0, inventory.columns, BLOCK):
            columns = slice(block, block + BLOCK)
            np.multiply(resample(standing.totals[columns]), worth, out=grid[columns])
        accounts[side] = _account(inventory, standing, float(resample(standing.totals[-1:]).sum()))
    long, short = grids
    return Heatmap(axis, inventory.bars.time[-inventory.columns :], long, short, accounts)


def _account(inventory: Inventory, standing: Standing, in_grid: float) -> Account:
    last = slice(-inventory.columns, None)
    return Account(
        open_interest=float(inventory.flows.open_interest[-1]),
        in_grid=in_grid,
        outside_grid=max(float(standing.levered[-1]) - in_grid, 0.0),
        unlevered=float(standing.unlevered[-1]),
        opened=float(standing.opened[last].sum()),
        closed=float(standing.closed[last].sum()),
        liquidated=float(standing.swept[last].sum()),
    )
