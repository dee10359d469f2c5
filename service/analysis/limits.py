"""Limits: how much may be asked for at once, and refusals that name the parameter and what is allowed."""

from service.analysis.requests import BarsRequest, BinsRequest
from service.heatmap import BadInput
from service.heatmap.base import USUAL_BINS
from service.market.contract import TIMEFRAMES
from service.times import DAY_MS, HOUR_MS, rfc3339

LEAST_LOOKBACK, MOST_LOOKBACK = 12 * HOUR_MS, 365 * DAY_MS
LEAST_COLUMNS, MOST_COLUMNS = 2, 9000
# Of one exchange's grid; several share what one with its sum would take.
MOST_CELLS = 2_000_000
# Of a map that is written as a table, with a row for each cell in which anything stands.
MOST_ROWS = 250_000
OLDEST_AS_OF = 3 * 365 * DAY_MS


def columns_of(lookback: int, timeframe: str) -> int:
    """Return how many bars a lookback (ms) is; raises BadInput where these are too few or too many."""
    step = TIMEFRAMES[timeframe]
    columns = lookback // step
    if not LEAST_COLUMNS <= columns <= MOST_COLUMNS:
        hours = step / HOUR_MS
        least = max(LEAST_LOOKBACK / HOUR_MS, LEAST_COLUMNS * hours)
        most = min(MOST_LOOKBACK / HOUR_MS, MOST_COLUMNS * hours)
        allowed = f"{least:g}h to {most:g}h at timeframe {timeframe}"
        raise BadInput("lookback", f"Is {columns} bars of {timeframe}", allowed)
    return columns


def most_cells(exchanges: int = 1) -> int:
    """Return how many cells a grid may have where each of the exchanges has a part of its own beside their sum."""
    return 2 * MOST_CELLS // (1 + exchanges)


def check_moment(as_of: int | None, now: int) -> None:
    """Raise BadInput where `as_of` is in the future or too long ago; both in epoch ms."""
    if as_of is not None and not now - OLDEST_AS_OF <= as_of <= now:
        allowed = f"{rfc3339(now - OLDEST_AS_OF)} to {rfc3339(now)}"
        raise BadInput("as_of", "Is in the future" if as_of > now else "Is too long ago", allowed)


def fitting_bins(axis: BinsRequest, bars: BarsRequest, exchanges: int = 1, usual_cells: int = MOST_CELLS) -> int | None:
    """Return how many bins are wanted, by the caller or as usual; None where the caller gives their size.

    Where the caller leaves it to us, they make no more than `usual_cells` with the columns: no default is refused.
    Raises BadInput where they are too many for the columns, before anything is fetched.
    """
    if axis.bin_size is not None:
        return None
    columns = columns_of(bars.lookback, bars.timeframe)
    most = most_cells(exchanges) // columns
    if axis.bins is None:
        return min(USUAL_BINS, most, usual_cells // columns)
    if axis.bins > most:
        raise BadInput("bins", "Too many for this lookback and timeframe", f"1 to {most}")
    return axis.bins
