"""What the skill scorer can be given: checks that name the argument at fault."""

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.errors import BadInput
from service.heatmap.base.side import Side
from service.times import DAY_MS

# Resampling fewer days gives intervals that are far too narrow, and each half of the bars must hold several for each
# of the 15 regressors.
MIN_DAYS = 10
MIN_BARS = 120

PRICES = ("open", "high", "low", "close")
AMOUNTS = ("volume", "open_interest")


def check_columns(bars: Bars, columns: dict[str, Floats]) -> None:
    """Raise ValueError unless bars and columns are aligned, in order, and hold only usable numbers."""
    series = {name: getattr(bars, name) for name in (*PRICES, *AMOUNTS)} | columns
    for name, values in series.items():
        if np.shape(values) != (len(bars),):
            raise ValueError(f"{name} must hold one value for each of the {len(bars)} bars, not {np.shape(values)}")
    if (np.diff(bars.time) <= 0).any():
        raise ValueError("time must increase from bar to bar")
    for name, values in series.items():
        if name in PRICES and not (np.isfinite(values) & (values > 0)).all():
            raise ValueError(f"{name} must be a positive number in every bar")
        if name not in PRICES and (np.isinf(values) | (values < 0)).any():
            raise ValueError(f"{name} must be zero or more in every bar, or NaN where it is not known")


def scored_bars(bars: Bars, burn: int, test_from: int | None) -> NDArray[np.bool_]:
    """Return which bars are scored, bool[T]; raise BadInput where too few days are left."""
    if burn < 0:
        raise BadInput("burn", f"must be 0 or more bars, not {burn}")
    scored = np.arange(len(bars)) >= burn
    if test_from is not None:
        scored &= bars.time >= test_from
    days = len(np.unique(bars.time[scored] // DAY_MS))
    if days < MIN_DAYS:
        raise BadInput("time", f"the bars to score lie on {days} days, at least {MIN_DAYS} are needed")
    return scored


def usable_bars(
    bars: Bars, scored: NDArray[np.bool_], liquidated: Floats, swept: Floats, side: Side
) -> NDArray[np.intp]:
    """Return the indices of the scored bars with both figures known; raise BadInput where they cannot be fitted."""
    rows = np.flatnonzero(scored & np.isfinite(liquidated))
    _check_enough(f"liquidated_{side}", f"liquidations of {side}s are known", bars, rows)
    rows = rows[np.isfinite(swept[rows])]
    _check_enough(f"swept_{side}", f"liquidations of {side}s are both known and predicted", bars, rows)
    if not halves_vary(liquidated[rows]):
        raise BadInput(f"liquidated_{side}", f"liquidations of {side}s are all the same in a half of the scored bars")
    return rows


def halves_vary(liquidated: Floats) -> bool:
    """Tell whether each half of the bars has some that differ, as a regression on either half needs."""
    middle = len(liquidated) // 2
    return all(len(half) > 0 and np.ptp(half) > 0 for half in (liquidated[:middle], liquidated[middle:]))


def _check_enough(name: str, what: str, bars: Bars, rows: NDArray[np.intp]) -> None:
    days = len(np.unique(bars.time[rows] // DAY_MS))
    if len(rows) < MIN_BARS or days < MIN_DAYS:
        needed = f"at least {MIN_BARS} bars on {MIN_DAYS} days are needed"
        raise BadInput(name, f"{what} in {len(rows)} scored bars on {days} days, {needed}")
