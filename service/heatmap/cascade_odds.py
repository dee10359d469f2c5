"""How sure a cascade is: the same shock over many draws of what is not known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.heatmap.bars import Floats
from service.heatmap.book_depth import SAME_PLACE, DepthCurve, depth_curve
from service.heatmap.cascade import check_map, check_refill, check_share
from service.heatmap.cascade_path import Shock, liquidated, settle

QUANTILES = (10.0, 50.0, 90.0)


@dataclass(frozen=True)
class Unknowns:
    """Ranges from which each draw takes its value, evenly.

    executed  share of the liquidated notional that is traded into the book; the rest goes to insurance or is netted
    depth     share of the book that is not withdrawn when the price moves
    """

    executed: tuple[float, float] = (0.02, 0.3)
    depth: tuple[float, float] = (0.3, 1.0)


@dataclass(frozen=True)
class CascadeOdds:
    """What the draws say.

    move_pct_q10 .. q90  terminal move, signed %, from the mildest tenth to the worst
    reach                probability, 0..1, that the price comes to each zone that was asked about, in their order
    absorbed_share       share of draws in which the book took it all within the furthest price considered
    extrapolated_share   share of draws that rest past the visible book
    """

    samples: int
    members: int
    move_pct_q10: float
    move_pct_q50: float
    move_pct_q90: float
    reach: tuple[float, ...]
    absorbed_share: float
    extrapolated_share: float


def cascade_odds(
    bids: Floats,
    asks: Floats,
    edges: Floats,
    long: Floats,
    short: Floats,
    price: float,
    shock: Shock,
    *,
    rng: np.random.Generator,
    zones: Sequence[tuple[float, float]] = (),
    samples: int = 200,
    unknowns: Unknowns | None = None,
    refill: float = 0.0,
) -> CascadeOdds:
    """Return the spread of a shock's outcomes over the book's thinning, the executed fraction and the map's ensemble.

    bids, asks, edges, price, shock, refill as for `cascade`; long, short float64[B] or float64[E, B] for an ensemble
    of maps, whose members take turns; zones are (low, high) prices. The same rng state draws the same values whatever
    the shock, so a larger shock has no milder quantile. Raises ValueError naming the argument and its range.
    """
    check_map(edges, long, short)
    ranges = unknowns or Unknowns()
    _check_draws(samples, ranges, zones)
    check_refill(refill)
    direction = shock.direction
    curve = depth_curve(bids if direction == "down" else asks, price, direction, refill)
    members = np.atleast_2d(long if direction == "down" else short)
    executed, depth = rng.uniform(*ranges.executed, samples), rng.uniform(*ranges.depth, samples)
    forced = np.stack([liquidated(edges, member, curve, np.append(curve.distance, shock.start)) for member in members])
    need = shock.order_usd + executed[:, None] * forced[np.arange(samples) % len(members)]
    distance, absorbed = settle(curve, shock.start, need[:, :-1], need[:, -1], depth)
    low, middle, high = np.percentile(distance, QUANTILES) * (100 if direction == "up" else -100)
    return CascadeOdds(
        samples=samples,
        members=len(members),
        move_pct_q10=float(low),
        move_pct_q50=float(middle),
        move_pct_q90=float(high),
        reach=tuple(_reach(curve, distance, zone) for zone in zones),
        absorbed_share=float(np.mean(absorbed)),
        extrapolated_share=float(np.mean(distance > curve.end)),
    )


def _reach(curve: DepthCurve, distance: Floats, zone: tuple[float, float]) -> float:
    """Return the share of draws whose price enters a zone: 1 around the price, 0 behind it."""
    low, high = zone
    if low <= curve.price <= high:
        return 1.0
    sign, near = (1, low) if curve.direction == "up" else (-1, high)
    away = sign * (near / curve.price - 1)
    return float(np.mean(distance >= away - SAME_PLACE)) if away > 0 else 0.0


def _check_draws(samples: int, ranges: Unknowns, zones: Sequence[tuple[float, float]]) -> None:
    """Raise ValueError naming the first of the drawing's arguments that is out of range."""
    if not 1 <= samples <= 10_000:  # noqa: PLR2004 - the range that the message states
        raise ValueError(f"samples must be 1 to 10000, not {samples}")
    for name, (low, high), least in (("executed", ranges.executed, 0.0), ("depth", ranges.depth, 0.01)):
        check_share(name, low, least=least)
        check_share(name, high, least=low)
    if not all(0 < low < high for low, high in zones):
        raise ValueError("zones must be (low, high) with 0 < low < high")
