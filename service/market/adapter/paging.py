"""Windows over a time range, and the rows of all of them put together."""

from collections.abc import Callable

import numpy as np

from service.heatmap.base import Floats, Times
from service.market.contract import gap_span

MAX_PAGES = 400


def windows(since: int, until: int, step: int, rows: int, pages: int = MAX_PAGES) -> list[tuple[int, int]]:
    """Return half-open windows of at most `rows` steps that cover since..until, newest first, at most `pages`.

    All times are epoch ms. Window starts are whole multiples of `step`, so that no venue rounds them.
    """
    first = -(-since // step) * step
    stop = -(-until // step) * step
    spans: list[tuple[int, int]] = []
    while stop > first and len(spans) < pages:
        start = max(first, stop - rows * step)
        spans.append((start, min(stop, until)))
        stop = start
    return spans


def collect(
    page: Callable[[int, int], Floats], spans: list[tuple[int, int]], width: int, step: int, listed: int = 0
) -> Floats:
    """Return the rows of every window, oldest first, float64[n, width] with the time in column 0.

    Walks back in time, since going forward would ask for every empty page before a listing. A window that comes back
    empty or with a gap is asked for once more, and the fuller answer stands: a venue that stumbles sends such answers
    too. The walk ends at two empty windows in a row, or at one that lies before the market was `listed` (epoch ms, 0
    where that is not known).
    """
    pages: list[Floats] = []
    empty = False
    for start, stop in spans:
        rows = _asked(page, start, stop)
        # the newest rows of all may not be public yet
        due = None if not pages and len(rows) else stop
        if not empty and stop > listed and gap_span(_times(rows), max(start, listed), due, step):
            rows = max(rows, _asked(page, start, stop), key=len)
        pages.append(rows)
        if not len(rows) and (empty or stop <= listed):
            break
        empty = not len(rows)
    return np.concatenate([np.empty((0, width)), *reversed(pages)])


def _asked(page: Callable[[int, int], Floats], start: int, stop: int) -> Floats:
    rows = page(start, stop)
    return rows[(rows[:, 0] >= start) & (rows[:, 0] < stop)]


def _times(rows: Floats) -> Times:
    return rows[:, 0].astype(np.int64)
