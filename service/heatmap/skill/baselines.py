"""Path baselines: what a bar's price path alone, without any map, says of its liquidations."""

from collections.abc import Iterable
from typing import TypeAlias

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import BySide

Sides: TypeAlias = BySide[Floats]
Baselines: TypeAlias = dict[str, Sides]
EXTREME_WINDOWS = (4, 12, 24, 72, 168)
VOLUME_HALFLIFE = 12.0
RANGE_HALFLIFE = 24.0
EXCURSION_SHARE = 0.25


def path_baselines(bars: Bars) -> Baselines:
    """Return every baseline by name and side, float64[T] each, finite and >= 0.

    A bar's figure reads the bar's own open, high, low and close, and volume and open interest of earlier bars only.
    Windows and half-lives count bars, so they are hours on hourly bars. Where no open interest is known the baseline
    that needs it is left out. Definitions are those of the project's reference scorer.

    wick                how far the path went beyond the previous close, as a log ratio
    excursion           the furthest it ran against a position opened along the path (up bar o-l-h-c, down bar o-h-l-c)
    wick_excursion      wick + 0.25 excursion, the best of the simple ones
    range               log(high / low)
    wick_open_interest  wick times the open interest before the bar
    new_extreme_N       how far the path went beyond the extreme of the N bars before
    wick_past_volume    wick times the decayed mean of past volume; wick_last_volume: of the last bar alone
    wick_volatility     wick over the decayed mean of past ranges
    """
    wick, excursion, reach = _wick(bars), _excursion(bars), np.log(bars.high / bars.low)
    baselines = {
        "wick": wick,
        "excursion": excursion,
        "wick_excursion": BySide(*(one + EXCURSION_SHARE * other for one, other in zip(wick, excursion, strict=True))),
        "range": BySide(reach, reach),
    }
    if np.isfinite(bars.open_interest).any():
        baselines["wick_open_interest"] = _scaled(wick, _known(before(bars.open_interest)))
    for window in EXTREME_WINDOWS:
        baselines[f"new_extreme_{window}"] = _new_extreme(bars, window)
    baselines["wick_past_volume"] = _scaled(wick, _known(before(exponential_mean(bars.volume, VOLUME_HALFLIFE))))
    baselines["wick_last_volume"] = _scaled(wick, _known(before(bars.volume)))
    usual = _known(before(exponential_mean(reach, RANGE_HALFLIFE)))
    inverse = np.divide(1.0, usual, out=np.zeros_like(usual), where=usual > 0)
    baselines["wick_volatility"] = _scaled(wick, inverse)
    return baselines


def before(values: Floats) -> Floats:
    """Return each bar's predecessor's value, NaN for the first bar."""
    return np.concatenate(([np.nan], values[:-1]))


def exponential_mean(values: Floats, halflife: float) -> Floats:
    """Return the decayed mean of values up to each bar, float64[T]; weights halve every `halflife` bars.

    A NaN is skipped yet ages what came before it, so the mean carries on through a gap; NaN until a value is known.
    """
    decay = 0.5 ** (1.0 / halflife)
    known = np.isfinite(values)
    total = _decayed_sum(np.where(known, values, 0.0).tolist(), decay)
    weight = _decayed_sum(known.astype(float).tolist(), decay)
    mean: Floats = np.divide(total, weight, out=np.full(len(values), np.nan), where=weight > 0)
    return mean


def past_low(low: Floats, window: int) -> Floats:
    """Return the lowest of the `window` bars before each bar (fewer at the start), NaN for the first."""
    padded = np.concatenate((np.full(window, np.inf), low[:-1]))
    lowest: Floats = np.lib.stride_tricks.sliding_window_view(padded, window).min(axis=1)
    return np.where(np.isfinite(lowest), lowest, np.nan)


def past_high(high: Floats, window: int) -> Floats:
    """Return the highest of the `window` bars before each bar (fewer at the start), NaN for the first."""
    return -past_low(-high, window)


def _decayed_sum(values: Iterable[float], decay: float) -> Floats:
    total, sums = 0.0, []
    for value in values:
        total = total * decay + value
        sums.append(total)
    return np.array(sums, dtype=float)


def _known(values: Floats) -> Floats:
    return np.where(np.isfinite(values), values, 0.0)


def _beyond(ratio: Floats) -> Floats:
    return _known(np.maximum(np.log(ratio), 0.0))


def _scaled(sides: Sides, factor: Floats) -> Sides:
    return BySide(sides.long * factor, sides.short * factor)


def _wick(bars: Bars) -> Sides:
    last = before(bars.close)
    return BySide(_beyond(last / bars.low), _beyond(bars.high / last))


def _excursion(bars: Bars) -> Sides:
    last, up = before(bars.close), bars.close >= bars.open
    fall_first = np.log(np.fmax(last, bars.open) / bars.low)
    rise_first = np.log(bars.high / np.fmin(last, bars.open))
    long = np.where(
        up,
        np.maximum(fall_first, np.log(bars.high / bars.close)),
        np.log(np.fmax(bars.high, last) / bars.low),
    )
    short = np.where(
        up,
        np.log(bars.high / np.fmin(bars.low, last)),
        np.maximum(rise_first, np.log(bars.close / bars.low)),
    )
    return BySide(long, short)


def _new_extreme(bars: Bars, window: int) -> Sides:
    low, high = past_low(bars.low, window), past_high(bars.high, window)
    return BySide(_beyond(low / bars.low), _beyond(bars.high / high))
