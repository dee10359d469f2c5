"""Inventory: bars and assumptions in; standing positions, the heatmap and its accounting out."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats, Times
from service.heatmap.base.axis import PriceAxis
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import Side
from service.heatmap.inventory.adverse import SidePath, adverse_log_price, side_path
from service.heatmap.inventory.assumptions import Assumptions, VenueTerms, curves
from service.heatmap.inventory.deposits import Known
from service.heatmap.inventory.distance import DistanceCurve
from service.heatmap.inventory.flows import Flows, flows_of
from service.heatmap.inventory.kernel import OneSide, Wanted, stand_together
from service.heatmap.inventory.standing import Standing
from service.heatmap.inventory.survivals import Survivals

# The least price that has a logarithm.
LEAST_PRICE = float(np.finfo(np.float64).tiny)


@dataclass(frozen=True, eq=False)
class Inventory:
    """All standing positions, by side, with the last bars' columns on an axis if there is one.

    Amounts are in the unit of the bars' open interest: base coin, or USD for `inverse` contracts.

    curves   by side, the distance curve of each population
    columns  float64[C, B] by side: notional in quote currency after each of the last C bars; empty without columns
    both     float64[C, B'] of both sides together on a second axis, None where there is none
    """

    bars: Bars
    flows: Flows
    curves: dict[Side, tuple[DistanceCurve, ...]]
    paths: dict[Side, SidePath]
    sides: dict[Side, Standing]
    axis: PriceAxis | None
    columns: dict[Side, Floats]
    both: Floats | None = None
    inverse: bool = False

    @property
    def both_sides(self) -> Floats:
        """Return `both`; raises ValueError where the inventory was taken without a second axis."""
        if self.both is None:
            raise ValueError("beside: the inventory was taken without a second axis")
        return self.both

    def held_between(self, side: Side, prices: Floats) -> Floats:
        """Return what stands now between each two of E rising prices, float64[E - 1]."""
        beyond = self.sides[side].beyond_now(adverse_of(prices, side))
        return np.maximum(side.sign * np.diff(beyond), 0.0)

    def notional(self, amounts: Floats, axis: PriceAxis) -> Floats:
        """Return amounts by part of a bin, float64[..., B * parts], as quote currency by bin, float64[..., B]."""
        return by_bin(amounts * worth_of(axis, inverse=self.inverse), axis)


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
    """Standing notional by liquidation price, after each bar.

    Attributes
    ----------
    axis : PriceAxis
        The B bins.
    time : int64[T]
        Open times of the bars, epoch ms. A column is what stood when its bar closed.
    long, short : float64[T, B]
        Quote currency: amount times the price of the bin that it lies in.
    accounts : dict of Side to Account
        Where the open interest of each side is, in base coin (USD for inverse contracts).
    """

    axis: PriceAxis
    time: Times
    long: Floats
    short: Floats
    accounts: dict[Side, Account]


def adverse_of(prices: Floats, side: Side) -> Floats:
    """Return the adverse log prices of prices that may be 0 (or below, as an axis may begin there)."""
    return adverse_log_price(np.maximum(prices, LEAST_PRICE), side)


def worth_of(axis: PriceAxis, *, inverse: bool) -> Floats:
    """Return what the unit of open interest is worth in each part of a bin, float64[B * parts], quote currency."""
    edges = axis.part_edges
    return np.ones(len(edges) - 1) if inverse else 0.5 * (edges[:-1] + edges[1:])


def by_bin(amounts: Floats, axis: PriceAxis) -> Floats:
    """Return amounts by part of a bin, float64[..., B * parts], summed by bin, float64[..., B]."""
    if axis.parts == 1:
        return amounts
    summed: Floats = amounts.reshape(*amounts.shape[:-1], axis.count, axis.parts).sum(axis=-1)
    return summed


def take_inventory(
    bars: Bars, assumptions: Assumptions, venue: VenueTerms, axis: PriceAxis | None = None, columns: int = 1
) -> Inventory:
    """Rebuild the standing positions of both sides from the bars of a market.

    Parameters
    ----------
    bars : Bars
        Closed bars. All but the last `columns` are the warm-up that seeds the map.
    assumptions : Assumptions
        How traders are taken to behave.
    venue : VenueTerms
        The terms of the exchange.
    axis : PriceAxis, optional
        The axis of the map; without one only what stands after the last bar is kept.
    columns : int
        How many columns the map has.

    Returns
    -------
    Inventory
        What stands after the last bar, with the columns of the map where an axis was given.

    Raises
    ------
    BadInput
        Where no bar has open interest, or the exchange allows no leverage of the mix.
    ValueError
        Where `columns` is not from 1 to the number of bars.
    """
    return StockTaker(bars, assumptions, venue).take(axis, columns)


class StockTaker:
    """Takes the inventory of one market under one set of assumptions on any number of axes.

    What does not hang on the axis is worked out once. Raises BadInput as `take_inventory` does.
    """

    def __init__(
        self, bars: Bars, assumptions: Assumptions, venue: VenueTerms, *, like: "StockTaker | None" = None
    ) -> None:
        """Work out flows, distance curves and paths, or take what is common from `like`, of the same bars and venue."""
        self.assumptions = assumptions
        self._bars, self._venue, self._inverse = bars, venue, venue.inverse
        self.flow: Flows = flows_of(bars) if like is None else like.flow
        self._curves = curves(assumptions, venue)
        self.sides: dict[Side, OneSide] = {}
        survivals = Survivals() if like is None else like.sides[Side.LONG].survivals
        for side in Side:
            path = side_path(bars, side) if like is None else like.sides[side].path
            known = Known() if like is None else like.sides[side].known
            populations = assumptions.one_side(self._curves[side])
            self.sides[side] = OneSide(path, self.flow, populations, known, survivals)

    def under(self, assumptions: Assumptions) -> "StockTaker":
        """Return what takes the inventory of the same market under others."""
        return StockTaker(self._bars, assumptions, self._venue, like=self)

    def take(self, axis: PriceAxis | None = None, columns: int = 1, *, beside: PriceAxis | None = None) -> Inventory:
        """Return the inventory with so many last columns on an axis; see `take_inventory`.

        On a second one, `beside`, both sides are summed; it costs far less than taking the inventory again.
        """
        if not 0 < columns <= len(self._bars):
            raise ValueError(f"columns: {columns} of {len(self._bars)} bars")
        wanted = None if axis is None else _wanted(axis, columns, inverse=self._inverse)
        both = None if beside is None else _both_wanted(beside, columns, inverse=self._inverse)
        standing = {
            side: one.stand(*(each[side] for each in (wanted, both) if each is not None))
            for side, one in self.sides.items()
        }
        shown = {} if axis is None or wanted is None else {side: by_bin(wanted[side].columns, axis) for side in Side}
        together = None if beside is None or both is None else by_bin(both[Side.LONG].columns, beside)
        return self.as_inventory(standing, axis, shown, together)

    def newest(self, axis: PriceAxis, sides: Iterable[Side] = Side) -> Inventory:
        """Return the inventory without any column: what stands after the last bar, as far as the axis reaches."""
        standing = {side: self.sides[side].stand(reach=_reach(axis, side)) for side in sides}
        return self.as_inventory(standing, axis)

    def columns(self, axis: PriceAxis, count: int, side: Side) -> Floats:
        """Return so many last columns of one side alone, float64[count, B] quote currency."""
        wanted = _wanted(axis, count, (side,), inverse=self._inverse)[side]
        self.sides[side].stand(wanted)
        return by_bin(wanted.columns, axis)

    def as_inventory(
        self,
        standing: dict[Side, Standing],
        axis: PriceAxis | None,
        shown: dict[Side, Floats] | None = None,
        both: Floats | None = None,
    ) -> Inventory:
        """Return what was found of each side as an inventory, with the columns that are shown, if any are."""
        paths = {side: one.path for side, one in self.sides.items()}
        return Inventory(self._bars, self.flow, self._curves, paths, standing, axis, shown or {}, both, self._inverse)


def newest_of(takers: Sequence[StockTaker], axis: PriceAxis, sides: Iterable[Side] = Side) -> list[Inventory]:
    """Return the newest inventory of each of the takers, which are of one market, run at once; see `stand_together`."""
    standing = {
        side: stand_together([taker.sides[side] for taker in takers], reach=_reach(axis, side)) for side in sides
    }
    return [
        taker.as_inventory({side: each[number] for side, each in standing.items()}, axis)
        for number, taker in enumerate(takers)
    ]


def _reach(axis: PriceAxis, side: Side) -> float:
    """Return the adverse log price of the axis that lies the farthest."""
    return float(adverse_of(axis.part_edges[[0, -1]], side).max())


def _wanted(
    axis: PriceAxis, columns: int, sides: Collection[Side] = tuple(Side), *, inverse: bool
) -> dict[Side, Wanted]:
    """Return what is wanted of each of the sides: the last columns, as quote currency between the edges of the axis."""
    edges, worth = axis.part_edges, worth_of(axis, inverse=inverse)
    # One array for all: past 4 MiB numpy asks for huge pages, and faults can cost more than the sums themselves.
    grids = np.empty((len(sides), columns, len(worth)))
    return {side: Wanted(adverse_of(edges, side), worth, grid) for side, grid in zip(sides, grids, strict=True)}


def _both_wanted(axis: PriceAxis, columns: int, *, inverse: bool) -> dict[Side, Wanted]:
    """Return the same with both sides in one grid: the first, longs, fills it, and the other adds to it."""
    edges, worth = axis.part_edges, worth_of(axis, inverse=inverse)
    grid = np.empty((columns, len(worth)))
    return {side: Wanted(adverse_of(edges, side), worth, grid, adds=side is not Side.LONG) for side in Side}


def heatmap_of(inventory: Inventory) -> Heatmap:
    """Return the heatmap of an inventory, with the accounts of what is on its axis and what is not.

    Parameters
    ----------
    inventory : Inventory
        Taken on an axis.

    Returns
    -------
    Heatmap
        The columns that the inventory was taken with.

    Raises
    ------
    ValueError
        Where the inventory was taken without an axis, or without columns.
    """
    axis = inventory.axis
    if axis is None:
        raise ValueError("axis: the inventory was taken without one")
    if not inventory.columns:
        raise ValueError("columns: the inventory was taken without any")
    long, short = (inventory.columns[side] for side in Side)
    accounts = {side: _account(inventory, side, axis, len(long)) for side in Side}
    return Heatmap(axis, inventory.bars.time[-len(long) :], long, short, accounts)


def _account(inventory: Inventory, side: Side, axis: PriceAxis, columns: int) -> Account:
    standing, last = inventory.sides[side], slice(-columns, None)
    in_grid = float(inventory.held_between(side, axis.edges[[0, -1]])[0])
    return Account(
        open_interest=float(inventory.flows.open_interest[-1]),
        in_grid=in_grid,
        outside_grid=max(float(standing.levered[-1]) - in_grid, 0.0),
        unlevered=float(standing.unlevered[-1]),
        opened=float(standing.opened[last].sum()),
        closed=float(standing.closed[last].sum()),
        liquidated=float(standing.swept[last].sum()),
    )
