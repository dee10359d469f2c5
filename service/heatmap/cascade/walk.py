"""The walk of a shock: who is liquidated first is sold first, round by round, into a book that comes back with time.

What price has come to in one round is sold in the next. So a liquidation that takes minutes meets a book that has come
back, and one that takes seconds meets what is left of it.
"""

from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats
from service.heatmap.cascade.book_depth import DepthCurve, Direction
from service.heatmap.cascade.met_book import MetBook
from service.heatmap.cascade.shock import Shock, shock_displacement

# Mark prices, by which positions are liquidated, are made anew every one to three seconds, engines close large
# positions in parts; on 2025-10-10 the first auto-deleveraging on Hyperliquid came 62 s after the first liquidation.
# Ten seconds between being reached and being sold is a judgement in between.
ROUND_SECONDS = 10.0
# Rounds are of that length for five minutes, while the book comes back, and longer and longer up to an hour.
EVEN_ROUNDS, LATER_ROUNDS, LONGER = 30, 42, 1.08
NOTHING_LEFT = 1e-9

Flags = NDArray[np.bool_]
Places = NDArray[np.intp]


def round_seconds() -> Floats:
    """Return when each round is sold, seconds after the shock, float64[K]; the last after about an hour."""
    lengths = np.append(np.full(EVEN_ROUNDS, ROUND_SECONDS), ROUND_SECONDS * LONGER ** np.arange(1, LATER_ROUNDS + 1))
    return np.cumsum(lengths)


@dataclass(frozen=True)
class Sweep:
    """What a map holds on the way of the price, for E maps on the same edges.

    edges float64[B + 1] prices, notional float64[E, B] USD, evenly spread in each bin
    """

    edges: Floats
    total: Floats
    price: float
    direction: Direction
    passed: Floats = field(init=False)

    def __post_init__(self) -> None:
        """Count from the price on."""
        price = np.full(len(self.total), self.price)
        object.__setattr__(self, "passed", self._total(price, np.arange(len(self.total))))

    @classmethod
    def of(cls, edges: Floats, maps: Floats, price: float, direction: Direction) -> "Sweep":
        """Return the sweep of maps float64[E, B]."""
        return cls(edges, np.pad(np.cumsum(maps, axis=1), ((0, 0), (1, 0))), price, direction)

    def up_to(self, distance: Floats, member: Places) -> Floats:
        """Return the USD that price sweeps on its way to each distance on each map, float64[M]."""
        sign = 1.0 if self.direction == "up" else -1.0
        there = self._total(self.price * (1.0 + sign * distance), member)
        return np.maximum(sign * (there - self.passed[member]), 0.0)

    def _total(self, price: Floats, member: Places) -> Floats:
        inside = np.clip(np.searchsorted(self.edges, price, side="right") - 1, 0, len(self.edges) - 2)
        low, high = self.edges[inside], self.edges[inside + 1]
        share = np.clip((price - low) / (high - low), 0.0, 1.0)
        below: Floats = self.total[member, inside]
        return below + share * (self.total[member, inside + 1] - below)


@dataclass(frozen=True, eq=False)
class Ladder:
    """A book's curve as a line that never turns back: along the distance between levels, up at each level."""

    distance: Floats
    cumulative: Floats

    @classmethod
    def of(cls, curve: DepthCurve) -> "Ladder":
        """Return the line of a curve, from the price on."""
        seen = curve.visible
        steps = np.repeat(np.append(0.0, curve.cumulative[:seen]), 2)[1:-1]
        distance = np.concatenate(([0.0], np.repeat(curve.distance[:seen], 2), curve.distance[seen:]))
        return cls(distance, np.concatenate(([0.0], steps, curve.cumulative[seen:])))

    def walked(
        self, at: tuple[Floats, Floats], usd: Floats, depth: Floats, refill: Floats
    ) -> tuple[Floats, Floats, Floats]:
        """Return distance and consumed USD of the curve once so much is sold from a place, and what found no taker.

        at  (distance, USD of the curve) float64[M] each, a place on the line; usd, depth, refill float64[M]
        """
        distance, taken = at
        here = depth * taken + refill * distance
        target = here + usd
        node = self._first_that_takes(target, depth, refill)
        enough = node < len(self.distance)
        node = np.minimum(node, len(self.distance) - 1)
        before = np.maximum(node - 1, 0)
        past = (self.distance[before] >= distance) & (self.cumulative[before] >= taken)
        near = np.where(past, self.distance[before], distance)
        low = np.where(past, self.cumulative[before], taken)
        step = depth * (self.cumulative[node] - low) + refill * (self.distance[node] - near)
        asked = target - (depth * low + refill * near)
        share = np.clip(np.divide(asked, step, out=np.ones(len(usd)), where=step > 0.0), 0.0, 1.0)
        share = np.where(enough, share, 1.0)
        there = near + share * (self.distance[node] - near), low + share * (self.cumulative[node] - low)
        unsold = np.where(enough, 0.0, np.maximum(target - (depth * there[1] + refill * there[0]), 0.0))
        return np.maximum(there[0], distance), np.maximum(there[1], taken), unsold

    def _first_that_takes(self, target: Floats, depth: Floats, refill: Floats) -> Places:
        """Return the first node up to which so much is taken, by halving; the number of nodes where none does."""
        low, high = np.zeros(len(target), dtype=np.intp), np.full(len(target), len(self.distance), dtype=np.intp)
        for _ in range(len(self.distance).bit_length()):
            middle = np.minimum((low + high) // 2, len(self.distance) - 1)
            takes = depth * self.cumulative[middle] + refill * self.distance[middle] >= target
            high = np.where(takes, np.minimum(high, middle), high)
            low = np.where(takes, low, np.minimum(middle + 1, high))
        return high


@dataclass(frozen=True, eq=False)
class Round:
    """One round of one case: when it was sold, and where that left the price."""

    seconds: float
    distance: float
    sold_usd: float


@dataclass(frozen=True, eq=False)
class Walk:
    """Where a shock has come to within the hour, float64[M] each.

    distance      |price move| / price
    swept         USD that the map held up to there
    sold          USD sold into the book beyond what the shock itself took, an order included
    unsold        USD that found no taker within the furthest price considered
    under_water   USD of forced orders filled past the price at which their margin was gone
    running       bool[M]: whether forced orders were still to be sold at the end of the hour
    rounds        of the first case, where they were asked for
    """

    distance: Floats
    swept: Floats
    sold: Floats
    unsold: Floats
    under_water: Floats
    running: Flags
    rounds: tuple[Round, ...]

    @property
    def absorbed(self) -> Flags:
        """Return whether the book could take it all."""
        return self.unsold <= 0.0


def walk(
    curve: DepthCurve,
    shock: Shock,
    sweep: Sweep,
    executed: Floats,
    book: MetBook,
    *,
    margin: float = 0.0,
    recorded: bool = False,
) -> Walk:
    """Return where a shock comes to in each of M cases, whose maps take turns.

    The shock itself is at once: a move comes to where it says, an order walks the visible book of its moment. After
    that each round sells `executed` float64[M] of what price has swept since the last one, from where the price is:
    sold = depth(t) x book + refill(t) x distance, between the two. `margin` is how far beyond its liquidation price,
    as a share of the price, a position's margin lasts.
    """
    start, taken, left = shock_displacement(curve, shock, book.depth)
    if shock.order_usd:
        taken = np.minimum(shock.order_usd / book.depth, curve.cumulative[curve.visible - 1])
    return _Walker(Ladder.of(curve), sweep, executed, book, margin, start, taken, left).walk(
        shock.order_usd - left, recorded=recorded
    )


class _Walker:
    """M cases on their way; those that have come to rest drop out."""

    def __init__(
        self,
        ladder: Ladder,
        sweep: Sweep,
        executed: Floats,
        book: MetBook,
        margin: float,
        start: Floats,
        taken: Floats,
        left: Floats,
    ) -> None:
        cases = len(executed)
        self.ladder, self.sweep, self.executed, self.book, self.margin = ladder, sweep, executed, book, margin
        self.member = np.arange(cases) % len(sweep.total)
        self.distance, self.taken = start.copy(), taken.copy()
        self.swept = sweep.up_to(start, self.member)
        self.due, self.of_order = left + executed * self.swept, left
        self.unsold, self.sold, self.under = np.zeros(cases), np.zeros(cases), np.zeros(cases)
        self.gap = np.zeros(cases)

    def walk(self, order_sold: Floats, *, recorded: bool) -> Walk:
        """Sell round after round until nothing is due or the hour is over."""
        self.sold += order_sold
        rounds = [self._round(0.0)] if recorded else []
        going = np.flatnonzero(self.due > 0.0)
        for seconds in round_seconds().tolist():
            if not len(going):
                break
            self._sell(going, seconds)
            if recorded:
                rounds.append(self._round(seconds))
            least = NOTHING_LEFT * np.maximum(self.sold[going], 1.0)
            going = going[(self.due[going] > least) & (self.unsold[going] <= 0.0)]
        running = np.zeros(len(self.due), dtype=bool)
        running[going] = True
        found = self.distance, self.swept, self.sold, self.unsold, self.under
        return Walk(*found, running, tuple(rounds))

    def _round(self, seconds: float) -> Round:
        return Round(seconds, float(self.distance[0]), float(self.sold[0]))

    def _sell(self, going: Places, seconds: float) -> None:
        """Sell what is due, and let what that sweeps be due next."""
        depth, refill = (values[going] for values in self.book.at(seconds))
        due, before = self.due[going], self.distance[going]
        there, taken, unsold = self.ladder.walked((before, self.taken[going]), due, depth, refill)
        swept = self.sweep.up_to(there, self.member[going])
        gap = there - before
        forced = np.maximum(due - self.of_order[going], 0.0)
        self.under[going] += forced * _past(self.gap[going], gap, self.margin)
        self.sold[going] += due - unsold
        due = self.executed[going] * np.maximum(swept - self.swept[going], 0.0)
        # At the furthest price what is swept last finds no taker either.
        self.unsold[going] = unsold + np.where(unsold > 0.0, due, 0.0)
        self.due[going] = due
        self.distance[going], self.taken[going], self.swept[going] = there, taken, swept
        self.gap[going], self.of_order = gap, np.zeros(len(self.due))


def _past(first: Floats, last: Floats, margin: float) -> Floats:
    """Return which share of a round is filled more than `margin` beyond where it was liquidated.

    The first of it is filled `first` beyond, the last of it `last` beyond, those in between evenly.
    """
    high, low = np.maximum(first, last), np.minimum(first, last)
    even = np.where(high > margin, 1.0, 0.0)
    share: Floats = np.divide(high - margin, high - low, out=even, where=high > low)
    return np.clip(share, 0.0, 1.0)
