"""Gaps: rows that a series lacks, told from the few that venues leave out."""

import numpy as np

from service.heatmap.base import Times

# So many rows missing in a row are a gap. Venues that send no bar where nothing was traded leave out fewer, of a market
# that a map can be made of; an answer that went wrong lacks most of a page.
LONG_GAP = 5


def gap_span(time: Times, since: int, until: int | None, step: int) -> tuple[int, int] | None:
    """Return the range from the first long gap to the end of the last, None if there is none.

    Looked for between `since` and the newest row, or `until` where it is given; epoch ms.
    """
    first = -(-since // step) * step
    edges = np.concatenate(([first - step], time[time >= first], [] if until is None else [until])).astype(np.int64)
    long = np.flatnonzero(np.diff(edges) > LONG_GAP * step)
    return (int(edges[long[0]]) + step, int(edges[long[-1] + 1])) if len(long) else None
