"""Windows over a time range, and the rows of all of them put together."""

from collections.abc import Callable

import numpy as np

from service.heatmap.bars import Floats

MAX_PAGES = 400


def windows(since: int, until: int, step: int, rows: int, pages: int = MAX_PAGES) -> list[tuple[int, int]]:
    """Return half-open windows of at most `rows` steps that cover since..until, newest first, at most `pages`.

    All times are epoch ms. Window starts are whole multiples of `step`, so that no venue rounds them.
    """
    first = -(-since // step) * step
    stop = -(-until // step) * step
    found: list[tuple[int, int]] = []
    while stop > first and len(found) < pages:
        start = max(first, stop - rows * step)
        found.append((start, min(stop, until)))
        stop = start
    return found


def collect(page: Callable[[int, int], Floats], spans: list[tuple[int, int]], width: int) -> Floats:
    """Return the rows of every window, oldest first, float64[n, width] with the time in column 0.

    Walks back in time and stops at the first window without a row: the venue's history ends there, or its depth does.
    Going forward would ask for every empty page before a listing.
    """
    pages: list[Floats] = []
    for start, stop in spans:
        rows = page(start, stop)
        rows = rows[(rows[:, 0] >= start) & (rows[:, 0] < stop)]
        if not len(rows):
            break
        pages.append(rows)
    return np.concatenate([np.empty((0, width)), *reversed(pages)])
