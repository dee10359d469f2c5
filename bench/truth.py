"""The simulated market's hidden positions beside the model's map of the same moment, on one axis."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from service.heatmap import Assumptions, PriceAxis, Side, VenueTerms, price_axis, profile_of, take_inventory
from service.heatmap.base import Floats
from service.heatmap.stats import spearman, wasserstein
from service.market.feed import FeedQuery, MarketFeed
from service.market.sim import SimulatedExchange
from service.market.sim.exchange import TruePositions

TIMEFRAME, COLUMNS, BINS = "1h", 168, 100
# What a chart shows, and nearly all that stands.
NEAR_PCT, WHOLE_PCT = 15.0, 80.0
TOP_SHARE = 0.1


@dataclass(frozen=True, eq=False)
class Halves:
    """A map as the two sides' own bins, float64[n] and float64[m] quote currency: longs below the price, shorts above.

    Bins on the other side of the price are left out: they are empty in any map, and counting them would flatter all.
    """

    long: Floats
    short: Floats

    @property
    def total(self) -> float:
        """Return what both sides hold."""
        return float(self.long.sum() + self.short.sum())


@dataclass(frozen=True)
class Closeness:
    """How alike two maps are; each side's figure, averaged over both.

    wasserstein_pct   mean distance that mass must be moved, % of the price
    rank_correlation  Spearman over the bins
    top_decile        share of the densest tenth of the bins that is in both maps
    """

    wasserstein_pct: float
    rank_correlation: float
    top_decile: float


@dataclass(frozen=True, eq=False)
class Scene:
    """One market at one moment: what the model says, and what really stands."""

    axis: PriceAxis
    price: float
    model: Halves
    positions: TruePositions

    def truth(self, chosen: np.ndarray | None = None) -> Halves:
        """Return the true positions, or the `chosen` ones, on the axis."""
        whole = {side: self._standing(side, chosen) for side in Side}
        return self.halves(whole[Side.LONG], whole[Side.SHORT])

    def halves(self, long: Floats, short: Floats) -> Halves:
        """Return the bins of a map that lie on each side's own side of the price."""
        below = self.axis.edges[1:] <= self.price
        above = self.axis.edges[:-1] >= self.price
        return Halves(long[below], short[above])

    def uniform(self) -> Halves:
        """Return the map that says nothing: the same in every bin."""
        return self.halves(np.ones(self.axis.count), np.ones(self.axis.count))

    def mirrored(self) -> Halves:
        """Return the model's map with the nearest bin of each side put farthest."""
        return Halves(self.model.long[::-1], self.model.short[::-1])

    def shifted(self, bins: int) -> Halves:
        """Return the model's map moved away from the price by some bins, what falls off coming back in near it."""
        return Halves(np.roll(self.model.long, -bins), np.roll(self.model.short, bins))

    def closeness(self, one: Halves, other: Halves) -> Closeness:
        """Return how alike two maps of this scene are."""
        edges = self.axis.edges
        sides = [
            (edges[: len(one.long) + 1], one.long, other.long),
            (edges[-len(one.short) - 1 :], one.short, other.short),
        ]
        figures = [_one_side(*side, self.price) for side in sides]
        return Closeness(*np.mean(figures, axis=0).tolist())

    def ceiling(self, random: np.random.Generator, draws: int) -> Closeness:
        """Return how alike random halves of the true positions are: what their number allows to be known.

        A draw that leaves a side of one half empty says nothing, and counts for nothing.
        """
        found = []
        for _ in range(draws):
            heads = random.random(len(self.positions.size)) < 0.5
            halves = self.truth(heads), self.truth(~heads)
            if all(side.any() for half in halves for side in (half.long, half.short)):
                found.append(self.closeness(*halves))
        return mean_closeness(found)

    def _standing(self, side: Side, chosen: np.ndarray | None) -> Floats:
        positions = self.positions
        mine = (positions.side > 0) == (side is Side.LONG)
        if chosen is not None:
            mine &= chosen
        base, _ = np.histogram(positions.liquidation_price[mine], self.axis.edges, weights=positions.size[mine])
        notional: Floats = base * self.axis.centres
        return notional


def scene(
    venue: SimulatedExchange,
    clock: Callable[[], float],
    symbol: str,
    at: int,
    range_pct: float,
    assumptions: Assumptions | None = None,
) -> Scene:
    """Return the scene of a symbol as of `at` (epoch ms), the model's part from what was public until then."""
    data = MarketFeed({venue.id: venue}, clock).load(FeedQuery(venue.id, symbol, TIMEFRAME, COLUMNS, at))
    axis = price_axis(data.price, range_pct, bins=BINS)
    terms = VenueTerms(venue.liquidation_rule, data.tiers, data.taker_fee)
    inventory = take_inventory(data.bars, assumptions or Assumptions(), terms, axis)
    made = profile_of(inventory, data.price)
    bare = Scene(axis, data.price, Halves(np.zeros(0), np.zeros(0)), venue.true_positions(data.symbol, data.as_of))
    model = bare.halves(made.sides[Side.LONG].notional, made.sides[Side.SHORT].notional)
    return Scene(axis, data.price, model, bare.positions)


def mean_closeness(found: list[Closeness]) -> Closeness:
    """Return the mean of each figure; raises ValueError where there is none."""
    if not found:
        raise ValueError("nothing to average: a side of the truth is empty")
    rows = [(each.wasserstein_pct, each.rank_correlation, each.top_decile) for each in found]
    return Closeness(*np.mean(rows, axis=0).tolist())


def _one_side(edges: Floats, one: Floats, other: Floats, price: float) -> tuple[float, float, float]:
    moved = 100 * wasserstein(edges, one / one.sum(), other / other.sum()) / price
    rank = spearman(one, other)
    return moved, 0.0 if np.isnan(rank) else rank, _top_overlap(one, other)


def _top_overlap(one: Floats, other: Floats) -> float:
    """Return the share of the densest tenth in common; a map without any difference picks its tenth blindly."""
    if np.ptp(one) == 0 or np.ptp(other) == 0:
        return TOP_SHARE
    count = max(round(TOP_SHARE * len(one)), 1)
    tops = [set(np.argsort(-side, kind="stable")[:count].tolist()) for side in (one, other)]
    return len(tops[0] & tops[1]) / count
