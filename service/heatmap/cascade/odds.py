"""How sure a cascade is: the same shock over many draws of what is not known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.cascade.balance import Shock, course, liquidated
from service.heatmap.cascade.book_depth import SAME_PLACE, DepthCurve, depth_curve
from service.heatmap.cascade.book_state import STATES, StateName
from service.heatmap.cascade.cascade import EXECUTED, check_depth, check_executed, check_map, check_refill

QUANTILES = (10.0, 50.0, 90.0)
# Any run of such a sequence fills the cube about as evenly as can be (powers of 1 / r, with r^4 = r + 1), so that the
# quantiles of some hundred draws hardly depend on where it starts.
STEPS = np.array([1.0, 2.0, 3.0])
MOST_FACTOR = 10.0
ROOT = 1.2207440846057596
# How far beyond the shock R is looked at, and in what steps, as shares of the price.
CRITICAL_WITHIN, CRITICAL_STEP = 0.10, 0.0025


@dataclass(frozen=True)
class Unknowns:
    """How far each draw may be off the answer's own setting: between setting / factor and setting x factor.

    Evenly in the logarithm, so that the setting itself is the median, and each on its own.

    executed  2: of what the model sweeps 2.9 to 4.5 % is reported, by coin and side (docs/accuracy.md); reports leave
              out an unknown part, and that part is the wider doubt
    depth     1.5: one snapshot stands for a book that is placed anew all the time; no history of books is public, so
              this is a judgement: a third may be withdrawn as the price comes near, or half as much again stand hidden
    refill    1.5: a judgement as well, and the same one, for orders that are not placed yet
    """

    executed: float = 2.0
    depth: float = 1.5
    refill: float = 1.5

    def around(self, name: str, setting: float) -> tuple[float, float]:
        """Return the least and the most that is drawn of one of the three; of a share at most 1."""
        factor = float(getattr(self, name))
        return setting / factor, min(setting * factor, 1.0) if name == "executed" else setting * factor


@dataclass(frozen=True)
class CascadeOdds:
    """What the draws say.

    move_pct_q10 .. q90  terminal move, signed %, from the mildest tenth to the worst
    reach                probability, 0..1, that the price comes to each zone that was asked about, in their order
    critical_share       share of draws in which R comes to 1 within CRITICAL_WITHIN beyond the shock
    critical_pct         the first move, signed %, at which it does, median of these draws; None if there are none
    absorbed_share       share of draws in which the book took it all within the furthest price considered
    extrapolated_share   share of draws that rest past the visible book
    """

    samples: int
    members: int
    move_pct_q10: float
    move_pct_q50: float
    move_pct_q90: float
    reach: tuple[float, ...]
    critical_share: float
    critical_pct: float | None
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
    samples: int = 400,
    unknowns: Unknowns | None = None,
    executed: float = EXECUTED,
    depth: float = 1.0,
    refill: float = 0.0,
    state: StateName = "calm",
) -> CascadeOdds:
    """Return the spread of a shock's outcomes over the book's thinning, the executed fraction and the map's ensemble.

    bids, asks, edges, price, shock, executed, depth, refill as for `cascade`, the draws lying around the last three,
    of which `state` thins the book and the refill;
    long, short float64[B] or float64[E, B] for an ensemble of maps, whose members take turns; zones are (low, high)
    prices. The same rng state draws the same values whatever the shock, so a larger shock ends nearer in no draw.
    Raises ValueError naming the argument and its range.
    """
    check_map(edges, long, short)
    ranges = unknowns or Unknowns()
    _check_draws(samples, ranges, zones)
    check_executed(executed)
    check_depth(depth)
    check_refill(refill)
    direction = shock.direction
    curve = depth_curve(bids if direction == "down" else asks, price, direction)
    members = np.atleast_2d(long if direction == "down" else short)
    phi, left, refilled = draws(rng, samples, (executed, depth, refill), ranges, state)
    distance, absorbed = course(curve, shock, edges, members, phi, left, refilled)
    sign = 1.0 if direction == "up" else -1.0
    critical = _critical(curve, shock, edges, members, phi, left, refilled)
    low, middle, high = np.percentile(distance, QUANTILES) * 100.0 * sign
    return CascadeOdds(
        samples=samples,
        members=len(members),
        move_pct_q10=float(low),
        move_pct_q50=float(middle),
        move_pct_q90=float(high),
        reach=tuple(_reach(curve, distance, zone) for zone in zones),
        critical_share=float(np.isfinite(critical).mean()),
        critical_pct=sign * 100.0 * float(np.median(critical[np.isfinite(critical)]))
        if np.isfinite(critical).any()
        else None,
        absorbed_share=float(np.mean(absorbed)),
        extrapolated_share=float(np.mean(distance > curve.end)),
    )


def draws(
    rng: np.random.Generator,
    samples: int,
    centre: tuple[float, float, float],
    ranges: Unknowns,
    state: StateName = "calm",
) -> tuple[Floats, Floats, Floats]:
    """Return executed share, depth and refill of every draw, float64[samples] each, spread evenly around `centre`.

    A sequence that fills the cube evenly, begun at a random place; shares end at 1. In a state that is not calm the
    book is thinned as measured in it, whatever `ranges` say, and the refill by the state's own factor.
    """
    even = (rng.random(3) + np.arange(samples)[:, None] * ROOT**-STEPS) % 1.0
    factor = np.array([ranges.executed, ranges.depth, ranges.refill]) ** (2.0 * even - 1.0)
    drawn = np.array(centre) * factor
    if state != "calm":
        drawn[:, 1] = centre[1] * STATES[state].depths(even[:, 1])
        drawn[:, 2] *= STATES[state].refill
    return np.minimum(drawn[:, 0], 1.0), drawn[:, 1], drawn[:, 2]


def _critical(
    curve: DepthCurve, shock: Shock, edges: Floats, maps: Floats, executed: Floats, depth: Floats, refill: Floats
) -> Floats:
    """Return the first distance beyond the shock at which R comes to 1 in each draw, float64[M]; infinity if none.

    R is of steps of CRITICAL_STEP, levels of the book spread over the gap before them.
    """
    start = max(shock.start, 0.0)
    at = start + CRITICAL_STEP * np.arange(round(CRITICAL_WITHIN / CRITICAL_STEP) + 1)
    at = at[at <= curve.distance[-1]]
    forced = np.stack([np.diff(liquidated(edges, one, curve, at)) for one in maps])
    forced = forced[np.arange(len(depth)) % len(maps)]
    book = depth[:, None] * np.diff(curve.spread_out(at)) + refill[:, None] * np.diff(at)
    fed = (executed[:, None] * forced >= book) & (forced > 0.0)
    first = fed.argmax(axis=1)
    return np.where(fed.any(axis=1), at[first], np.inf)


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
    for name, factor in vars(ranges).items():
        if not 1 <= factor <= MOST_FACTOR:
            raise ValueError(f"unknowns.{name} must be 1 to {MOST_FACTOR:g}, not {factor}")
    if not all(0 < low < high for low, high in zones):
        raise ValueError("zones must be (low, high) with 0 < low < high")
