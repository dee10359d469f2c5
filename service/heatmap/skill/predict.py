"""Predictions: what each bar's path would liquidate, from the map as it stood before the bar."""

from collections.abc import Sequence

import numpy as np

from service.heatmap.base.arrays import NOISE, Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import BySide, Side
from service.heatmap.inventory.adverse import SidePath, adverse_log_price, side_path
from service.heatmap.inventory.assumptions import Assumptions, VenueTerms, curves
from service.heatmap.inventory.distance import DistanceCurve
from service.heatmap.inventory.flows import Flows, flows_of
from service.heatmap.inventory.kernel import OneSide, Population
from service.heatmap.inventory.leverage import Mix
from service.times import HOUR_MS

# Price does not run straight between a bar's extremes: a third of the entries also see it go back by half of the range.
# Measured: without, Spearman over the wick falls on all three markets in both halves (docs/accuracy.md).
RETRACEMENTS, RETRACEMENT = 1.0 / 3.0, 0.5
# Half-life of the volatility that traders have in mind when they choose how much margin to leave.
CAUTION_HOURS = 72.0


def predict_swept(bars: Bars, assumptions: Assumptions, venue: VenueTerms) -> BySide[Floats]:
    """Return base coin that each bar's path would liquidate, float64[T] for each side.

    The inventory part comes from the map before the bar. The in-bar part is of positions opened and liquidated within
    it, of the first population's leverage: its size comes from the volume of earlier bars and the bar's own range, its
    share from the bar's own path.
    Altering volume or open interest from bar t on, or prices from t + 1 on, leaves results up to t as they are.
    What is less than NOISE of the open interest before is what rounding left, and 0: its rank would be the machine's.
    """
    return predict_by_mix(bars, assumptions, venue, [assumptions.fast_mix])[0]


def predict_by_mix(
    bars: Bars, assumptions: Assumptions, venue: VenueTerms, mixes: Sequence[Mix]
) -> list[BySide[Floats]]:
    """Return what `predict_swept` does with each of several mixes in place of the first population's.

    Populations that keep their own mix are run once for all.
    """
    flow, forced, volume = flows_of(bars), forced_share(bars), expected_volume(bars, assumptions.fast_hours)
    every = [assumptions.with_fast_mix(mix) for mix in mixes]
    by_mix = [curves(each, venue) for each in every]
    opens = [0.5 * each.fast_churn * (1.0 - each.fast_mix.unlevered) * volume for each in every]
    sides = []
    for side in Side:
        populations = [each.one_side(own[side]) for each, own in zip(every, by_mix, strict=True)]
        stood = _swept_of_each(side_path(bars, side), flow, populations)
        inside = (entered * in_bar_share(bars, side, own[side][0]) for entered, own in zip(opens, by_mix, strict=True))
        amounts = [forced * (swept + of_bar) for swept, of_bar in zip(stood, inside, strict=True)]
        sides.append([without_residue(amount, flow.open_interest) for amount in amounts])
    return [BySide(long, short) for long, short in zip(*sides, strict=True)]


def _swept_of_each(path: SidePath, flow: Flows, every: Sequence[tuple[Population, ...]]) -> list[Floats]:
    """Return what each bar sweeps of several sets of populations, float64[T]; those that are alike are run once."""
    alike = [[tuple(vars(population).values()) for population in populations] for populations in every]
    place = {each: n for n, each in enumerate(dict.fromkeys(each for one in alike for each in one))}
    stood = OneSide(path, flow, tuple(Population(*each) for each in place)).stand(reach=-np.inf)
    return [stood.swept_by[[place[each] for each in one]].sum(axis=0) for one in alike]


def without_residue(amounts: Floats, open_interest: Floats) -> Floats:
    """Return amounts, float64[T], with 0 in place of what is less than NOISE of the open interest before."""
    least = NOISE * np.append(open_interest[:1], open_interest[:-1])
    return np.where(amounts < least, 0.0, amounts)


def forced_share(bars: Bars) -> Floats:
    """Return how much of what is reached is closed by force, relative to usual, float64[T].

    After volatile days traders hold more margin than leverage alone tells: the square root of the mean range of all
    earlier bars over the recent one. It is near 1, the same for both sides, and known before the bar.
    """
    spread = np.log(bars.high / bars.low)
    usual, recent = earlier_mean(spread, bars.step, np.inf), earlier_mean(spread, bars.step, CAUTION_HOURS)
    share: Floats = np.sqrt(np.divide(usual, recent, out=np.ones_like(usual), where=recent > 0.0))
    return share


def expected_volume(bars: Bars, half_life_hours: float) -> Floats:
    """Return the volume to expect in each bar from the bars before it and its own range, float64[T], base coin.

    Volume goes with range; taking the recent mean alone measurably hurts.
    """
    spread = np.log(bars.high / bars.low)
    volume = earlier_mean(bars.volume, bars.step, half_life_hours)
    usual = earlier_mean(spread, bars.step, half_life_hours)
    expected: Floats = np.divide(volume * spread, usual, out=np.zeros_like(volume), where=usual > 0.0)
    return expected


def earlier_mean(values: Floats, step: int, half_life_hours: float) -> Floats:
    """Return the exponentially weighted mean of the bars before each one, float64[T]; 0 for the first.

    `step` is ms from bar to bar; an infinite half-life gives the plain mean.
    """
    keep = 0.5 ** (step / HOUR_MS / half_life_hours)
    total, weight, means = 0.0, 0.0, []
    for value in values.tolist():
        means.append(total / weight if weight else 0.0)
        total, weight = total * keep + value, weight * keep + 1.0
    return np.array(means)


def in_bar_share(bars: Bars, side: Side, curve: DistanceCurve) -> Floats:
    """Return the share of positions opened along each bar's path that the rest of the path liquidates, float64[T].

    An up bar is taken to go open-low-high-close, a down bar open-high-low-close. Entries are even along the path. In
    adverse log price a position opened at y is liquidated at y + u; with M the distance curve and m the later
    maximum, the share is M(m - y), integrated along each leg by the curve's exact integral. Retracements on the way
    add their own.
    """
    start, end = adverse_log_price(bars.open, side), adverse_log_price(bars.close, side)
    low, high = adverse_log_price(bars.low, side), adverse_log_price(bars.high, side)
    deep, shallow = np.maximum(low, high), np.minimum(low, high)
    area = curve.integral
    deep_first = (bars.close >= bars.open) if side is Side.LONG else (bars.close < bars.open)
    crossed = np.where(
        deep_first,
        area(deep - start) + 2.0 * area(end - shallow),
        2.0 * area(deep - shallow) - area(deep - start),
    )
    legs = np.where(
        deep_first,
        (deep - start) + (deep - shallow) + (end - shallow),
        (start - shallow) + (deep - shallow) + (deep - end),
    )
    spread = deep - shallow
    along = np.divide(crossed, legs, out=np.zeros_like(legs), where=legs > 0)
    share: Floats = along + RETRACEMENTS * np.divide(
        area(RETRACEMENT * spread), spread, out=np.zeros_like(spread), where=spread > 0
    )
    return share
