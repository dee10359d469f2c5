"""Fragility: what is forced close to the price over what the book of an event takes there, the cascade ratio."""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.side import BySide
from service.heatmap.cascade.book_depth import DepthCurve
from service.heatmap.cascade.book_state import STATES
from service.heatmap.cascade.even_draws import even_draws
from service.heatmap.cascade.executed_share import ExecutedShare
from service.heatmap.cascade.odds import first_critical
from service.heatmap.cascade.walk import Sweep

# How far from the price, as a share of it.
WITHIN = 0.03
DRAWS = 200
# Executed shares whose draws are remembered, of a few kilobytes each: one a market that was measured, and stated ones.
DRAWS_KEPT = 16
# A market is named where in one draw of ten of an event's book and of the executed share R comes to 1.
NAMED_FROM = 0.1

Span = tuple[float, float, float]


@dataclass(frozen=True)
class Fragility:
    """One side of a market.

    forced_usd      of what the map holds within WITHIN of the price, the share that is traded into the book
    depth_usd       what the book holds there, as thin as in an event; past what is visible a power law
    ratio           forced / depth: from 1 on a fall (longs) or rise (shorts) would feed itself but for new orders
    seen_share      of the side's open interest, what stands on the map's axis; the rest is farther off or not levered
    critical_share  share of an event's draws in which R of some percent of price comes to 1 within WITHIN
    critical_price  the first price at which it does, median of these draws; None if there are none
    """

    forced_usd: float
    depth_usd: float
    ratio: float
    seen_share: float
    critical_share: float
    critical_price: float | None

    @property
    def could_run_away(self) -> bool:
        """Tell whether the market is one to be named."""
        return self.critical_share >= NAMED_FROM


def fragility_of(
    books: BySide[DepthCurve | None],
    edges: Floats,
    standing: BySide[Floats],
    executed: ExecutedShare,
    open_interest_usd: float,
) -> BySide[Fragility | None]:
    """Return the fragility of longs, by a fall through the bids, and of shorts, by a rise through the asks.

    books the bids before longs and the asks before shorts; edges float64[B + 1] prices; standing float64[B] USD of
    either side; open_interest_usd that of one side. None for a side whose book is. The draws are always the same.
    """
    drawn = _draws(executed)
    return BySide(
        *(
            None if curve is None else _side(curve, held, edges, executed, drawn, open_interest_usd)
            for curve, held in zip(books, standing, strict=True)
        )
    )


@lru_cache(DRAWS_KEPT)
def _draws(executed: ExecutedShare) -> tuple[Floats, Floats]:
    """Return the executed share and the book of an event in every draw, float64[DRAWS] each, not to be changed."""
    even = even_draws(np.random.default_rng(0), DRAWS)
    drawn = executed.drawn(even[:, 0]), STATES["event"].depths(even[:, 1])
    for values in drawn:
        values.flags.writeable = False
    return drawn


def cascade_ratios(curve: DepthCurve, spans: list[Span], executed: float) -> Floats:
    """Return what is forced in each span over what the book of an event takes there, float64[n].

    spans are (low, high, USD that stands between). Infinite where something is forced and no book takes it.
    """
    price, sign = curve.price, 1.0 if curve.direction == "up" else -1.0
    low, high, standing = np.array(spans, dtype=np.float64).reshape(-1, 3).T
    ends = np.maximum(sign * (np.sort(np.stack([low, high]), axis=0) / price - 1.0), 0.0)
    book = STATES["event"].median * np.abs(curve.spread_out(ends[1]) - curve.spread_out(ends[0]))
    forced = executed * standing
    ratio: Floats = np.divide(forced, book, out=np.where(forced > 0.0, np.inf, 0.0), where=book > 0.0)
    return ratio


def _side(
    curve: DepthCurve,
    standing: Floats,
    edges: Floats,
    executed: ExecutedShare,
    drawn: tuple[Floats, Floats],
    open_interest_usd: float,
) -> Fragility:
    sweep = Sweep.of(edges, standing[None, :], curve.price, curve.direction)
    forced = executed.q50 * float(sweep.up_to(np.array([WITHIN]), np.zeros(1, dtype=np.intp))[0])
    depth = STATES["event"].median * float(curve.spread_out(np.array([WITHIN]))[0])
    critical = first_critical(curve, 0.0, sweep, *drawn, WITHIN)
    fed = np.isfinite(critical)
    return Fragility(
        forced_usd=forced,
        depth_usd=depth,
        ratio=forced / depth,
        seen_share=min(float(standing.sum()) / open_interest_usd, 1.0) if open_interest_usd > 0.0 else 0.0,
        critical_share=float(fed.mean()),
        critical_price=curve.price_at(float(np.median(critical[fed]))) if fed.any() else None,
    )
