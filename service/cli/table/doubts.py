"""What cannot be right of a whole table: amounts in two units, steps of contract size or of price, rows that repeat."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from service.cli.table.errors import BadTable
from service.heatmap import Bars
from service.heatmap.base import Floats
from service.times import DAY_MS

# Open interest cannot move by more than was traded. On real hours it does in 0 to 1 % of the bars, for it is stamped a
# moment off; where it does in half of them, it is in another unit.
IMPOSSIBLE, DOUBTFUL = 0.5, 0.2
# A day's volume over open interest is about 3 in large markets, .05 in forgotten and 100 in new ones.
LEAST_TURNOVER, MOST_TURNOVER = 0.005, 500.0
# What turnover must become for another unit to explain it, and prices at which the unit makes no difference to it.
LIKELY, NEAR_ONE = (0.05, 100.0), (0.1, 10.0)
# Open interest that doubles within a bar that did not trade so much has been counted anew.
STEP = 2.0
# From a close to the next open price moves by less than this factor, and within a bar by less than the other.
GAP, WICK = 1.8, 3.0
# Bars missing after which any gap of price may have come about.
LONG_GAP = 72
# Volume a day before and after a bar, whose medians are compared.
AROUND, VOLUME_STEP, NEAR_POWER = 24, 8.0, 0.15
# So many bars in a row with the same open interest, while something was traded, are an outage of whoever counts it.
REPEATED = 6
_MOST_NAMED = 3


def doubts(bars: Bars, lines: list[int], missing: NDArray[np.int64]) -> list[str]:
    """Return what is doubtful of a table's bars; raises BadTable where it cannot be used.

    lines    of the file, by bar
    missing  int64[T] bars that are missing before each one
    """
    _check_price_gaps(bars, lines, missing)
    return [*_wicks(bars, lines), *_units(bars), *_interest_steps(bars, lines), *_volume_steps(bars, lines),
            *_repeats(bars, lines)]  # fmt: skip


def _check_price_gaps(bars: Bars, lines: list[int], missing: NDArray[np.int64]) -> None:
    leap = bars.open[1:] / bars.close[:-1]
    wrong = (np.abs(np.log(leap)) > np.log(GAP)) & (missing[1:] < LONG_GAP)
    if wrong.any():
        at = int(np.argmax(wrong))
        raise BadTable(
            f"row {lines[at + 1]}: opens at {bars.open[at + 1]:g} after a close of {bars.close[at]:g} "
            f"({_times(leap[at])}): a redenomination or another market; begin the table there, or bring all rows to "
            "one unit of price and of amounts"
        )


def _wicks(bars: Bars, lines: list[int]) -> Iterator[str]:
    body_high, body_low = np.maximum(bars.open, bars.close), np.minimum(bars.open, bars.close)
    for extreme, body, name in ((bars.high, body_high, "high"), (bars.low, body_low, "low")):
        far = np.abs(np.log(extreme / body)) > np.log(WICK)
        if far.any():
            at = int(np.argmax(far))
            yield (
                f"row {lines[at]}: {name} {extreme[at]:g} is {_times(extreme[at] / body[at])} open and close; "
                f"everything up to it counts as reached{_more(far)}"
            )
    leap = np.abs(np.log(bars.close / bars.open)) > np.log(WICK)
    if leap.any():
        at = int(np.argmax(leap))
        yield f"row {lines[at]}: price goes from {bars.open[at]:g} to {bars.close[at]:g} in one bar{_more(leap)}"


def _units(bars: Bars) -> Iterator[str]:
    known = np.isfinite(bars.open_interest)
    if not known.any() or not (bars.volume > 0).any():
        return
    moved = np.abs(np.diff(bars.open_interest))
    told, wrong = int(np.isfinite(moved).sum()), int((moved > bars.volume[1:]).sum())
    turnover = float(np.median(bars.volume)) * DAY_MS / bars.step / float(np.median(bars.open_interest[known]))
    if told and wrong >= IMPOSSIBLE * told:
        raise BadTable(
            f"open interest moves by more than was traded in {wrong} of {told} bars: it and volume are in different "
            f"units{_in_usd(bars, turnover)}; give both in coins, or name a column in USD oi_usd or volume_usd"
        )
    if wrong >= max(DOUBTFUL * told, 1):
        yield f"open interest moves by more than was traded in {wrong} of {told} bars, which one market cannot"
    if turnover and not LEAST_TURNOVER <= turnover <= MOST_TURNOVER:
        yield (
            f"a day's volume is {turnover:.3g} times open interest: they seem to be in different units"
            f"{_in_usd(bars, turnover)}; amounts mean nothing until both are in coins"
        )


def _in_usd(bars: Bars, turnover: float) -> str:
    """Return which of the two seems to be in USD, if valuing it at the close makes them fit."""
    price = float(np.median(bars.close))
    for name, corrected in (("open interest", turnover * price), ("volume", turnover / price)):
        if LIKELY[0] <= corrected <= LIKELY[1] and not NEAR_ONE[0] < price < NEAR_ONE[1]:
            return f" ({name} seems to be in USD)"
    return ""


def _interest_steps(bars: Bars, lines: list[int]) -> Iterator[str]:
    ratio = bars.open_interest[1:] / bars.open_interest[:-1]
    moved = np.abs(np.diff(bars.open_interest))
    step = (np.abs(np.log(ratio)) >= np.log(STEP)) & (moved > bars.volume[1:])
    for at in np.flatnonzero(step)[:_MOST_NAMED].tolist():
        before, after = _median(bars.volume[: at + 1][-AROUND:]), _median(bars.volume[at + 1 :][:AROUND])
        along = before > 0 and after > 0 and abs(np.log(after / before / ratio[at])) < np.log(STEP)
        cause = "volume does too: the size of a contract changed, or the unit" if along else "an outage or another unit"
        yield (
            f"row {lines[at + 1]}: open interest becomes {_times(ratio[at])} that of the row above without being "
            f"traded; {cause}; bring all rows to one unit"
        )


def _volume_steps(bars: Bars, lines: list[int]) -> Iterator[str]:
    """Yield a step of volume by a power of ten that stays, of a table whose open interest cannot tell."""
    if np.isfinite(bars.open_interest).any() or len(bars) < 2 * AROUND:
        return
    around = np.lib.stride_tricks.sliding_window_view(bars.volume, AROUND)
    before, after = np.median(around[:-AROUND], axis=1), np.median(around[AROUND:], axis=1)
    ratio = np.divide(after, before, out=np.ones_like(after), where=(before > 0) & (after > 0))
    power = np.abs(np.log10(ratio))
    at = int(np.argmax(power))
    if power[at] >= np.log10(VOLUME_STEP) and abs(power[at] - round(power[at])) < NEAR_POWER:
        times = _times(10.0 ** round(float(np.log10(ratio[at]))))
        yield f"row {lines[at + AROUND]}: volume becomes about {times} as large and stays so; is it in one unit?"


def _repeats(bars: Bars, lines: list[int]) -> Iterator[str]:
    same = (np.diff(bars.open_interest) == 0) & (bars.volume[1:] > 0)
    turns = np.diff(np.concatenate(([0], same.astype(np.int8), [0])))
    starts, stops = np.flatnonzero(turns == 1), np.flatnonzero(turns == -1)
    long = stops - starts >= REPEATED
    # Where most bars repeat, open interest is simply known less often than the bars.
    if long.any() and same.mean() < IMPOSSIBLE:
        first, last = int(starts[long][0]), int(stops[long][0])
        yield (
            f"rows {lines[first]} to {lines[last]}: open interest stays the same while there is trading, as in an "
            f"outage; leave its cells empty{_more(long)}"
        )


def _median(values: Floats) -> float:
    return float(np.median(values)) if len(values) else 0.0


def _times(ratio: float) -> str:
    return f"{ratio:.3g} times"


def _more(which: NDArray[np.bool_]) -> str:
    others = int(which.sum()) - 1
    return f" (and {others} more)" if others else ""
