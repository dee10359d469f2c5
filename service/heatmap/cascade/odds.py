"""How sure a cascade is: the same shock over many draws of what is not known."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.cascade.book_depth import SAME_PLACE, DepthCurve, depth_curve
from service.heatmap.cascade.book_state import STATES, StateName
from service.heatmap.cascade.cascade import check_map
from service.heatmap.cascade.deleveraging import AutoDeleveraging, Insurance, auto_deleveraging, check_insurance
from service.heatmap.cascade.even_draws import even_draws
from service.heatmap.cascade.executed_share import USUAL, ExecutedShare, check_executed
from service.heatmap.cascade.met_book import RETURN_MINUTES, MetBook, check_book
from service.heatmap.cascade.shock import Shock
from service.heatmap.cascade.walk import Sweep, walk

QUANTILES = (10.0, 50.0, 90.0)
MOST_FACTOR = 10.0
# How far beyond the shock R is looked at, in what steps, and over what stretch, as shares of the price: over less than
# a percent it would tell where a book has a gap, and not where a move feeds itself.
CRITICAL_WITHIN, CRITICAL_STEP, STRETCH = 0.10, 0.0025, 4


@dataclass(frozen=True)
class Unknowns:
    """How far each draw may be off the answer's own setting: between setting / factor and setting x factor.

    Evenly in the logarithm, so that the setting itself is the median, and each on its own.

    depth     1.5: one snapshot stands for a book that is placed anew all the time; no history of books is public, so
              this is a judgement: a third may be withdrawn as the price comes near, or half as much again stand hidden
    refill    1.5: a judgement as well, and the same one, for orders that are not placed yet
    """

    depth: float = 1.5
    refill: float = 1.5

    def around(self, name: str, setting: float) -> tuple[float, float]:
        """Return the least and the most that is drawn of one of the two."""
        factor = float(getattr(self, name))
        return setting / factor, setting * factor


@dataclass(frozen=True)
class CascadeOdds:
    """What the draws say.

    move_pct_q10 .. q90  move within the hour, signed %, from the mildest tenth to the worst
    reach                probability, 0..1, that the price comes to each zone that was asked about, in their order
    critical_share       share of draws in which R of a percent of price comes to 1 within CRITICAL_WITHIN
    critical_pct         the first move, signed %, at which it does, median of these draws; None if there are none
    absorbed_share       share of draws in which the book took it all within the furthest price considered
    running_share        share of draws in which forced orders were still to be sold at the end of the hour
    extrapolated_share   share of draws that rest past the visible book
    auto_deleveraging    what would be left for it, None where no insurance is given
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
    running_share: float
    extrapolated_share: float
    auto_deleveraging: AutoDeleveraging | None = None


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
    executed: ExecutedShare = USUAL,
    depth: float = 1.0,
    refill: float = 0.0,
    minutes: float = RETURN_MINUTES,
    state: StateName = "calm",
    insurance: Insurance | None = None,
) -> CascadeOdds:
    """Return the spread of a shock's outcomes over the book's thinning, the executed share and the map's ensemble.

    bids, asks, edges, price, shock, refill, minutes as for `run_cascade`; executed is drawn by its tenths, depth and
    refill around their settings, and `state` thins the book of the shock's moment, which comes back to what is drawn of
    a calm one; long, short float64[B] or float64[E, B] for an ensemble of maps, whose members take turns; zones are
    (low, high) prices. The same rng state draws the same values whatever the shock, so a larger shock ends nearer in no
    draw. Raises ValueError naming the argument and its range.
    """
    check_map(edges, long, short)
    ranges = unknowns or Unknowns()
    _check_draws(samples, ranges, zones)
    check_executed(executed)
    check_book(depth, refill, minutes)
    if insurance is not None:
        check_insurance(insurance)
    direction = shock.direction
    curve = depth_curve(bids if direction == "down" else asks, price, direction)
    members = np.atleast_2d(long if direction == "down" else short)
    share, book = draws(rng, samples, executed, (depth, refill, minutes), ranges, state)
    sweep = Sweep.of(edges, members, price, direction)
    found = walk(curve, shock, sweep, share, book, margin=insurance.margin if insurance else 0.0)
    sign = 1.0 if direction == "up" else -1.0
    critical = first_critical(curve, shock.start, sweep, share, book.depth)
    fed = np.isfinite(critical)
    low, middle, high = np.percentile(found.distance, QUANTILES) * 100.0 * sign
    return CascadeOdds(
        samples=samples,
        members=len(members),
        move_pct_q10=float(low),
        move_pct_q50=float(middle),
        move_pct_q90=float(high),
        reach=tuple(_reach(curve, found.distance, zone) for zone in zones),
        critical_share=float(fed.mean()),
        critical_pct=sign * 100.0 * float(np.median(critical[fed])) if fed.any() else None,
        absorbed_share=float(np.mean(found.absorbed)),
        running_share=float(np.mean(found.running)),
        extrapolated_share=float(np.mean(found.distance > curve.end)),
        auto_deleveraging=auto_deleveraging(found, share, insurance) if insurance else None,
    )


def draws(
    rng: np.random.Generator,
    samples: int,
    executed: ExecutedShare,
    centre: tuple[float, float, float],
    ranges: Unknowns,
    state: StateName = "calm",
) -> tuple[Floats, MetBook]:
    """Return the executed share of every draw, float64[samples], and the book that it meets.

    `centre` is depth, refill and minutes, of which the last is drawn by nobody. A sequence that fills the cube evenly,
    begun at a random place. In a state that is not calm the book of the shock's moment is thinned as measured in it,
    whatever `ranges` say; it comes back to what is drawn without it.
    """
    even = even_draws(rng, samples)
    depth, refill, minutes = centre
    returned = depth * ranges.depth ** (2.0 * even[:, 1] - 1.0)
    first = returned if state == "calm" else np.minimum(depth * STATES[state].depths(even[:, 1]), returned)
    placed = refill * ranges.refill ** (2.0 * even[:, 2] - 1.0)
    return executed.drawn(even[:, 0]), MetBook(first, returned, placed, minutes)


def first_critical(
    curve: DepthCurve, start: float, sweep: Sweep, executed: Floats, depth: Floats, within: float = CRITICAL_WITHIN
) -> Floats:
    """Return the first distance beyond `start` from which R is 1 or more in each draw, float64[M]; infinity if none.

    R is of the STRETCH steps of CRITICAL_STEP from there on and of the book of the shock's moment, levels spread over
    the gap before them; it is looked for from `start` to `within` beyond. executed, depth float64[M].
    """
    at = start + CRITICAL_STEP * np.arange(round(within / CRITICAL_STEP) + STRETCH + 1)
    at = at[at <= curve.distance[-1]]
    maps = len(sweep.total)
    swept = np.stack([sweep.up_to(at, np.full(len(at), one)) for one in range(maps)])
    forced = (swept[:, STRETCH:] - swept[:, :-STRETCH])[np.arange(len(depth)) % maps]
    resting = curve.spread_out(at)
    fed = (executed[:, None] * forced >= depth[:, None] * (resting[STRETCH:] - resting[:-STRETCH])) & (forced > 0.0)
    return np.where(fed.any(axis=1), at[fed.argmax(axis=1)], np.inf)


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
