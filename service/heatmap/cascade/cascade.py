"""What a shock sets off: forced orders that move the price, which forces more."""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.cascade.balance import Shock, course, liquidated, resting_distance, shock_displacement
from service.heatmap.cascade.book_depth import DepthCurve, Direction, depth_curve

MOST_STAGES = 25
# Of what the model has swept, exchanges report about 2 % as liquidated (docs/accuracy.md): most positions are closed or
# topped up before, and the public feeds leave some out. Several times that is taken to reach the book.
EXECUTED = 0.1
LEAST_DEPTH, MOST_DEPTH = 0.01, 10.0
SETTLED = 1e-9


@dataclass(frozen=True)
class Stage:
    """One round: where the price is, and what brought it there.

    move_pct    signed, % of the starting price
    forced_usd  notional liquidated up to this price, since the start
    book_usd    taken from the book to get here, since the start
    """

    price: float
    move_pct: float
    forced_usd: float
    book_usd: float


@dataclass(frozen=True)
class Cascade:
    """A shock's course.

    stages         the shock alone first, then round by round, the last at the price where it rests
    amplification  terminal move / the move that the shock makes on its own
    absorbed       False where even the furthest price considered could not take it all
    near, far      [b] prices: the bins on the path, outwards, each from its near to its far side
    reproduction   [b] R of each: USD executed by force on the way through the bin / USD that book and refill take there
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
    executed: float = EXECUTED,
    depth: float = 1.0,
    refill: float = 0.0,
) -> Cascade:
    """Return the course of a shock through an order book and a map.

    A move comes to where it says; an order walks the visible book. Let that distance be X0. Only from there on the book
    is refilled. The price rests at the smallest move X >= X0 at which depth * book(X) + refill * (X - X0) is at least
    order + executed * liquidated(X), where book(X) counts from the shock's own move on. The reproduction of a bin is R
    = executed * liquidation density / (depth * book density + refill): from R = 1 on the move feeds itself.

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
    depth : float
        The book that is there when the price comes to it, over the book as it is seen.
    refill : float
        USD per unit of relative move that orders not yet in the book add (`refill_rate`).

    Returns
    -------
    Cascade
        Where the price comes to rest, and the rounds until then.

    Raises
    ------
    ValueError
        Naming the argument and its range.
    """
    check_map(edges, long, short)
    check_executed(executed)
    check_depth(depth)
    check_refill(refill)
    direction = shock.direction
    curve = depth_curve(bids if direction == "down" else asks, price, direction)
    standing = long if direction == "down" else short
    return _Course(curve, edges, standing, shock, executed, depth, refill).answer()


class _Course:
    """One shock on one book and one side of one map."""

    def __init__(
        self,
        curve: DepthCurve,
        edges: Floats,
        standing: Floats,
        shock: Shock,
        executed: float,
        depth: float,
        refill: float,
    ) -> None:
        self.curve, self.edges, self.standing = curve, edges, standing
        self.shock, self.executed, self.depth, self.refill = shock, executed, depth, refill
        self.start, self.taken, self.left = (
            float(each[0]) for each in shock_displacement(curve, shock, np.array([depth]))
        )
        self.pushed = depth * self.taken

    def forced(self, distance: float) -> float:
        """Return the USD liquidated on the way to a distance."""
        return float(liquidated(self.edges, self.standing, self.curve, np.array([distance]))[0])

    def constant(self, usd: float) -> float:
        """Return where forced orders of `usd` leave the price when nothing follows them."""
        need = np.full((1, len(self.curve.distance)), self.shock.order_usd + usd)
        given = (np.array([value]) for value in (self.left + usd, self.depth, self.refill))
        return float(resting_distance(self.curve, np.array([self.start]), np.array([self.taken]), need, *given)[0][0])

    def terminal(self) -> tuple[float, bool]:
        """Return where the whole course rests, and whether the book could take it."""
        given = (np.array([value]) for value in (self.executed, self.depth, self.refill))
        distance, absorbed = course(self.curve, self.shock, self.edges, self.standing[None, :], *given)
        return float(distance[0]), bool(absorbed[0])

    def stages(self, terminal: float) -> list[Stage]:
        """Return the rounds: each trades what the one before has forced."""
        order, asked = self.shock.order_usd, self.shock.order_usd
        distance = min(self.constant(0.0), terminal)
        stages = [self.stage(distance, asked)]
        while terminal - distance > SETTLED and len(stages) < MOST_STAGES - 1:
            forced = self.executed * self.forced(distance)
            asked = order + forced
            moved = min(self.constant(forced), terminal)
            if moved - distance <= SETTLED:
                break
            distance = moved
            stages.append(self.stage(distance, asked))
        # The last round may be filled without moving the price any more: only here is all of it counted.
        last = self.stage(terminal, order + self.executed * self.forced(terminal))
        return [*stages, last] if terminal > distance else [*stages[:-1], last]

    def stage(self, distance: float, asked: float) -> Stage:
        """Return the round that has come to `distance` after trading `asked` USD beyond the shock's own move."""
        resting = self.depth * float(np.interp(distance, self.curve.distance, self.curve.cumulative))
        resting += self.refill * max(distance - self.start, 0.0)
        return Stage(
            price=self.curve.price_at(distance),
            move_pct=self.signed_pct(distance),
            forced_usd=self.forced(distance),
            book_usd=min(self.pushed + asked, max(resting, self.pushed)),
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
        book = self.depth * (self.curve.spread_out(far) - self.curve.spread_out(near)) + self.refill * (far - near)
        # Where nothing takes it R is without bound as soon as something is forced.
        unbounded = np.where(forced > 0, np.inf, 0.0)
        return near, far, np.divide(self.executed * forced, book, out=unbounded, where=book > 0)

    def answer(self) -> Cascade:
        """Work everything out."""
        distance, absorbed = self.terminal()
        stages = self.stages(distance)
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
            absorbed=absorbed,
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


def check_executed(executed: float) -> None:
    """Raise ValueError unless `executed` is a share."""
    if not 0 <= executed <= 1:
        raise ValueError(f"executed must be 0 to 1, not {executed}")


def check_depth(depth: float) -> None:
    """Raise ValueError unless `depth` is a share of the book that could be there."""
    if not LEAST_DEPTH <= depth <= MOST_DEPTH:
        raise ValueError(f"depth must be {LEAST_DEPTH:g} to {MOST_DEPTH:g}, not {depth}")


def check_refill(refill: float) -> None:
    """Raise ValueError unless `refill` is finite and at least 0."""
    if not 0 <= refill < np.inf:
        raise ValueError(f"refill must be at least 0 and finite, not {refill}")


def refill_rate(turnover: Floats, path: Floats, share: float) -> float:
    """Return the USD per unit of relative move that newly placed orders add, from what trading lately took.

    turnover float64[T] USD traded in each bar, path float64[T] relative length of each bar's price path; `share` of the
    turnover is taken to stand against a one-sided flow. A book seen at one moment is refilled while it is being used:
    without this, any map of a large market would fall without end.
    """
    length = float(path.sum())
    return share * float(turnover.sum()) / length if length > 0 else 0.0
