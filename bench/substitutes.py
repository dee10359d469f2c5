"""Inputs of the model that stand in for its own: other entries, volumes, open interest, in-bar shares, caution."""

from dataclasses import replace

import numpy as np

from bench.hour_table import Hours
from service.heatmap import Bars, Side
from service.heatmap.base import Floats
from service.heatmap.inventory import DistanceCurve, Mix, SidePath, adverse_log_price, power_mix
from service.heatmap.skill import CAUTION_HOURS, RETRACEMENT, RETRACEMENTS, earlier_mean, exponential_mean, in_bar_share

WEEK, DAY = 168.0, 24.0


def spreads(bars: Bars) -> Floats:
    """Return each bar's log range, float64[T]."""
    spread: Floats = np.log(bars.high / bars.low)
    return spread


def volume_by_range(bars: Bars, hours: float, *, power: float) -> Floats:
    """Return past volume times the bar's range over the past range, to a power."""
    spread, past = spreads(bars), earlier_mean(spreads(bars), bars.step, hours)
    factor = np.divide(spread, past, out=np.ones_like(spread), where=past > 0.0) ** power
    volume: Floats = earlier_mean(bars.volume, bars.step, hours) * factor
    return volume


def retraced(bars: Bars, side: Side, curve: DistanceCurve, *, share: float, size: float) -> Floats:
    """Return the in-bar share with another share of entries that retrace, and another size of it."""
    spread = spreads(bars)

    def met(share: float, size: float) -> Floats:
        return share * np.divide(curve.integral(size * spread), spread, out=np.zeros_like(spread), where=spread > 0)

    along = in_bar_share(bars, side, curve) - met(RETRACEMENTS, RETRACEMENT)
    # the difference of two equal figures may come out a hair under 0, which no score takes
    changed: Floats = np.maximum(along, 0.0) + met(share, size)
    return changed


def cautious(bars: Bars, *, power: float, hours: float = CAUTION_HOURS) -> Floats:
    """Return usual over recent range to a power, float64[T]."""
    usual, recent = (earlier_mean(spreads(bars), bars.step, span) for span in (np.inf, hours))
    share: Floats = np.divide(usual, recent, out=np.ones_like(usual), where=recent > 0.0) ** power
    return share


def near_close(path: SidePath, bars: Bars, side: Side, *, width: float) -> SidePath:
    """Enter within `width` of the range from the close; 1 is the whole range."""
    near, far, close = _ends(bars, side)
    return replace(
        path, near=np.maximum(near, close - width * (far - near)), far=np.minimum(far, close + width * (far - near))
    )


def near_middle(path: SidePath, bars: Bars, side: Side) -> SidePath:
    """Enter within a quarter of the range from its middle."""
    near, far, _ = _ends(bars, side)
    return _entered(path, 0.75 * near + 0.25 * far, 0.25 * near + 0.75 * far)


def open_to_close(path: SidePath, bars: Bars, side: Side) -> SidePath:
    """Enter between the open and the close."""
    start, close = adverse_log_price(bars.open, side), path.cut
    return replace(path, near=np.minimum(start, close), far=np.maximum(start, close))


def one_bar_late(path: SidePath, _: Bars, __: Side) -> SidePath:
    """Enter where the bar before did."""
    near, far = (np.append(ends[:1], ends[:-1]) for ends in (path.near, path.far))
    return _entered(path, near, far)


def first_spread(path: SidePath, _: Bars, __: int, *, width: float) -> SidePath:
    """Spread what stands at the first bar over so much of the price on both sides of its close."""
    near, far = path.near.copy(), path.far.copy()
    near[0], far[0] = path.cut[0] - width, path.cut[0] + width
    return replace(path, near=near, far=far)


def _entered(path: SidePath, near: Floats, far: Floats) -> SidePath:
    """Enter between depths that need not hold the close; nothing is liquidated before them, so the cut lies there."""
    return replace(path, near=near, far=far, cut=np.maximum(path.cut, near))


def _ends(bars: Bars, side: Side) -> tuple[Floats, Floats, Floats]:
    low, high = adverse_log_price(bars.low, side), adverse_log_price(bars.high, side)
    return np.minimum(low, high), np.maximum(low, high), adverse_log_price(bars.close, side)


def part_of_wicks(hours: Hours, *, missing: float) -> Bars:
    """Let the mark price fall short of the traded extremes by a share of the range."""
    bars, inward = hours.bars, missing * spreads(hours.bars)
    return replace(bars, mark_low=bars.low * np.exp(inward), mark_high=bars.high * np.exp(-inward))


def tempered_volume(hours: Hours, *, power: float) -> Bars:
    """Replace volume by its weekly mean times a power of its ratio to that."""
    bars = hours.bars
    usual = exponential_mean(bars.volume, WEEK)
    return replace(bars, volume=usual * (bars.volume / usual) ** power)


def trade_counts(hours: Hours) -> Bars:
    """Replace volume by the count of trades, scaled to the week's volume."""
    trades, bars = hours.extra["trades"], hours.bars
    return replace(bars, volume=trades * exponential_mean(bars.volume, WEEK) / exponential_mean(trades, WEEK))


def taker_tilted(hours: Hours, bars: Bars, side: Side, *, weight: float) -> Bars:
    """Let longs turn over more where takers bought more, shorts where they sold more."""
    bought = np.divide(hours.extra["taker_buy_volume"], bars.volume, out=np.full(len(bars), 0.5), where=bars.volume > 0)
    tilt = weight * (2.0 * bought - 1.0) * side.sign
    return replace(bars, volume=bars.volume * np.maximum(1.0 + tilt, 0.05))


def level_interest(hours: Hours) -> Bars:
    """Replace open interest by its mean over the first week."""
    interest = hours.bars.open_interest
    return replace(hours.bars, open_interest=np.full(len(interest), np.nanmean(interest[: int(WEEK)])))


def smooth_interest(hours: Hours) -> Bars:
    """Replace open interest by its mean of half-life one day."""
    return replace(hours.bars, open_interest=exponential_mean(hours.bars.open_interest, DAY))


def tapering_mix(low: float, high: float, fold: float) -> Mix:
    """Return the default exponent with an exponential end: weights fall by e every `fold` of leverage."""
    plain = power_mix("tapering", low, high, -1.0)
    weights = plain.weights * np.exp(-plain.levels / fold)
    return replace(plain, weights=weights / weights.sum())
