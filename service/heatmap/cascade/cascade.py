"""What a shock sets off: forced orders that move the price, which forces more."""

from dataclasses import dataclass, replace

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.cascade.book_depth import DepthCurve, Direction, depth_curve
from service.heatmap.cascade.executed_share import USUAL, ExecutedShare, check_executed
from service.heatmap.cascade.met_book import RETURN_MINUTES, MetBook, check_book
from service.heatmap.cascade.shock import Shock, liquidated
from service.heatmap.cascade.walk import Round, Sweep, Walk, walk

MOST_STAGES = 25
# A hundredth of a basis point: rounds that move the price by less are told as one.
SETTLED = 1e-6


@dataclass(frozen=True)
class Stage:
    """One round: where the price is, and what brought it there.

    seconds     after the shock
    move_pct    signed, % of the starting price
    forced_usd  notional liquidated up to this price, since the start
    book_usd    taken from the book to get here, since the start
    """

    seconds: float
    price: float
    move_pct: float
    forced_usd: float
    book_usd: float


@dataclass(frozen=True)
class Cascade:
    """A shock's course over the hour after it.

    stages         the shock alone first, then round by round, the last at the price where it rests
    amplification  terminal move / the move that the shock makes on its own
    absorbed       False where even the furthest price considered could not take it all
    running        whether forced orders were still to be sold at the end of the hour
    near, far      [b] prices: the bins on the path, outwards, each from its near to its far side
    reproduction   [b] R of each: USD executed by force on the way through the bin / USD that the book of the shock's
                   moment takes there, before anything has come back
    critical_price the first price, on or beyond the path, where R >= 1 and the fall feeds itself; None if there is none
    book_end_price where the visible book ended; past it depth is a power law of `depth_exponent`
    extrapolated   whether the terminal price is past that
    """

    direction: Direction
    start_price: float
    terminal_price: float
    terminal_move_pct: float
    forced_usd: float
    executed_usd: float
    book_usd: float
    amplification: float
    absorbed: bool
    running: bool
    stages: tuple[Stage, ...]
    near: tuple[float, ...]
    far: tuple[float, ...]
    reproduction: tuple[float, ...]
    critical_price: float | None
    book_end_price: float
    depth_exponent: float
    extrapolated: bool


def run_cascade(
    bids: Floats,
    asks: Floats,
    edges: Floats,
    long: Floats,
    short: Floats,
    price: float,
    shock: Shock,
    *,
    executed: float = USUAL.q50,
    depth: float = 1.0,
    returned: float | None = None,
    refill: float = 0.0,
    minutes: float = RETURN_MINUTES,
) -> Cascade:
    """Return the course of a shock through an order book and a map.

    A move comes to where it says; an order walks the visible book. Then each round sells `executed` of what was swept
    since the last one into depth(t) x book + refill(t) x distance, until nothing is left or an hour is over. depth(t)
    goes from `depth` to `returned`, refill(t) from 0 to `refill`. The reproduction of a bin is R = executed *
    liquidation density / (depth * book density): from R = 1 on the move feeds itself until the book has come back.

    Parameters
    ----------
    bids, asks : float64[n, 2]
        Order book as rows of price and amount in base coin.
    edges : float64[B + 1]
        Bin edges, prices, rising.
    long, short : float64[B]
        USD that stands in each bin.
    price : float
        The price now.
    shock : Shock
        What sets it off.
    executed : float
        Share of the liquidated notional that is traded into the book.
    depth, returned : float
        The book at the shock, and once it has come back, over the book as it is seen; `depth` is the least `returned`.
    refill : float
        USD per unit of relative move that orders not yet in the book add once all have come (`refill_rate`).
    minutes : float
        In which all but 1 / e of depth and refill has come; 0 is at once.

    Returns
    -------
    Cascade
        Where it ends, and its rounds on the way.

    Raises
    ------
    ValueError
        Naming the argument and its range.
    """
    check_map(edges, long, short)
    check_executed(ExecutedShare.about(executed))
    check_book(depth, refill, minutes)
    direction = shock.direction
    curve = depth_curve(bids if direction == "down" else asks, price, direction)
    book = MetBook(np.array([depth]), np.array([max(returned or depth, depth)]), np.array([refill]), minutes)
    return _Course(curve, edges, long if direction == "down" else short, shock, executed, book).answer()


class _Course:
    """One shock on one book and one side of one map."""

    def __init__(
        self, curve: DepthCurve, edges: Floats, standing: Floats, shock: Shock, executed: float, book: MetBook
    ) -> None:
        self.curve, self.edges, self.standing, self.executed = curve, edges, standing, executed
        self.depth = float(book.depth[0])
        sweep = Sweep.of(edges, standing[None, :], curve.price, curve.direction)
        self.walk: Walk = walk(curve, shock, sweep, np.array([executed]), book, recorded=True)
        # What a move takes of the book on its own way.
        self.pushed = 0.0 if shock.order_usd else self.depth * curve.taken_before(shock.start)

    def forced(self, distance: float) -> float:
        """Return the USD liquidated on the way to a distance."""
        return float(liquidated(self.edges, self.standing, self.curve, np.array([distance]))[0])

    def stages(self) -> list[Stage]:
        """Return the shock and the rounds that moved the price, each with all that was sold at its price."""
        kept: list[Round] = []
        for each in self.walk.rounds:
            if kept and each.distance - kept[-1].distance <= SETTLED:
                # The price has come there when it first did.
                kept.append(replace(each, seconds=kept.pop().seconds))
            else:
                kept.append(each)
        return [self.stage(each) for each in (*kept[: MOST_STAGES - 1], *kept[MOST_STAGES - 1 :][-1:])]

    def stage(self, each: Round) -> Stage:
        """Return a round as it is told."""
        return Stage(
            seconds=round(each.seconds, 3),
            price=self.curve.price_at(each.distance),
            move_pct=self.signed_pct(each.distance),
            forced_usd=self.forced(each.distance),
            book_usd=self.pushed + each.sold_usd,
        )

    def signed_pct(self, distance: float) -> float:
        """Return a distance as a signed percentage."""
        return 100 * distance if self.curve.direction == "up" else -100 * distance

    def bins(self) -> tuple[Floats, Floats, Floats]:
        """Return near and far distance and R of every bin on the shock's side, outwards."""
        sign = 1.0 if self.curve.direction == "up" else -1.0
        ends = np.maximum(sign * (self.edges / self.curve.price - 1), 0.0)
        near, far = (ends[:-1], ends[1:]) if sign > 0 else (ends[1:][::-1], ends[:-1][::-1])
        near, far = near[far > 0], far[far > 0]
        forced = np.diff(liquidated(self.edges, self.standing, self.curve, np.append(near[:1], far)))
        book = self.depth * (self.curve.spread_out(far) - self.curve.spread_out(near))
        # Where nothing takes it R is without bound as soon as something is forced.
        unbounded = np.where(forced > 0, np.inf, 0.0)
        return near, far, np.divide(self.executed * forced, book, out=unbounded, where=book > 0)

    def answer(self) -> Cascade:
        """Work everything out."""
        distance = float(self.walk.distance[0])
        stages = self.stages()
        near, far, reproduction = self.bins()
        critical = np.flatnonzero(reproduction >= 1)
        on_path = (near < distance) & np.isfinite(reproduction)
        alone, terminal_pct = stages[0].move_pct, self.signed_pct(distance)
        forced = self.forced(distance)
        sign = 1.0 if self.curve.direction == "up" else -1.0
        return Cascade(
            direction=self.curve.direction,
            start_price=self.curve.price,
            terminal_price=self.curve.price_at(distance),
            terminal_move_pct=terminal_pct,
            forced_usd=forced,
            executed_usd=self.executed * forced,
            book_usd=stages[-1].book_usd,
            amplification=terminal_pct / alone if alone else 1.0,
            absorbed=bool(self.walk.absorbed[0]),
            running=bool(self.walk.running[0]),
            stages=tuple(stages),
            near=tuple((self.curve.price * (1 + sign * near[on_path])).tolist()),
            far=tuple((self.curve.price * (1 + sign * far[on_path])).tolist()),
            reproduction=tuple(reproduction[on_path].tolist()),
            critical_price=self.curve.price_at(float(near[critical[0]])) if len(critical) else None,
            book_end_price=self.curve.book_end_price,
            depth_exponent=self.curve.exponent,
            extrapolated=distance > self.curve.end,
        )


def check_map(edges: Floats, *sides: Floats) -> None:
    """Raise ValueError unless the edges rise and every side holds finite USD of at least 0 for each bin (last axis)."""
    if len(edges) <= 1 or not (np.all(np.isfinite(edges)) and edges[0] >= 0 and np.all(np.diff(edges) > 0)):
        raise ValueError("edges must be at least two finite prices of at least 0, rising")
    for side in sides:
        if side.shape[-1:] != (len(edges) - 1,):
            raise ValueError(f"long and short must have {len(edges) - 1} bins, one between each two edges")
        if not (np.all(np.isfinite(side)) and np.all(side >= 0)):
            raise ValueError("long and short must be finite and at least 0")


def refill_rate(turnover: Floats, path: Floats, share: float) -> float:
    """Return the USD per unit of relative move that newly placed orders add, from what trading lately took.

    turnover float64[T] USD traded in each bar, path float64[T] relative length of each bar's price path; `share` of the
    turnover is taken to stand against a one-sided flow. A book seen at one moment is refilled while it is being used:
    without this, any map of a large market would fall without end.
    """
    length = float(path.sum())
    return share * float(turnover.sum()) / length if length > 0 else 0.0
