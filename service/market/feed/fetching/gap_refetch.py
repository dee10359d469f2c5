"""Refetching gaps: bars that are missing are asked for again, each time after twice as long.

The rows of a gap may not exist at the exchange, or one bad answer may have left them out. With waits that double, rows
that do not exist cost few calls, and rows that were held back are missed for twice as long at most.
"""

from dataclasses import dataclass

import numpy as np

from service.market.contract import TimeSeries, gap_span

# Seconds before asking again for rows that the exchange had not published yet.
GAP_SECONDS = 5.0
# Seconds at most before asking again for what was not there however often it was asked for.
LONGEST_GAP_SECONDS = 3600.0


@dataclass(frozen=True)
class Gap:
    """What was asked for again in vain: its end (epoch ms), how long it is left, and until when (monotonic seconds)."""

    stop: int = 0
    patience: float = 0.0
    until: float = 0.0

    def left_until(self, span: tuple[int, int], asked: float) -> float:
        """Return until when a gap is left alone that was seen at `asked`, both in monotonic seconds."""
        return self.until if span[1] == self.stop else asked + GAP_SECONDS

    def asked_again(self, span: tuple[int, int], now: float) -> "Gap":
        """Return the gap after it has been asked for again: left alone twice as long if it is the same one."""
        patience = min(2 * self.patience, LONGEST_GAP_SECONDS) if span[1] == self.stop else GAP_SECONDS
        return Gap(span[1], patience, now + patience)


NO_GAP = Gap()


def missing_in(rows: TimeSeries, span: tuple[int, int], step: int) -> tuple[int, int] | None:
    """Return the range inside a span (ms) of which rows are missing or say nothing, None if there is none.

    A row of which nothing is known may be put right at the exchange, as one that is missing may come.
    """
    time = rows.known().time
    if not len(time):
        return None
    first, last = np.searchsorted(time, span)
    return gap_span(time[first : last + 1], span[0], None, rows.spacing(step))
