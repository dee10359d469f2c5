"""Blocks: a series cut by the clock into pieces of equal length, so that every replica names them alike.

A block that is past never changes. The one under way has a new name with every end that is asked for.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from typing import TypeVar

from service.market.contract import TIMEFRAMES, TimeSeries

S = TypeVar("S", bound=TimeSeries)

# Bars in a block. A range begins up to a block early, which costs the exchange rows and now and then a page: few are
# better there, and each is a key to look for.
ROWS = 100
# How long after its end a block counts as past, ms: late rows and corrections are in by then.
SETTLED_MS = 15 * 60_000
# Seconds for which blocks are kept: whole ones, ones in which rows are missing, and the one under way.
WHOLE_SECONDS, WITH_GAPS_SECONDS, UNDER_WAY_SECONDS = 86_400.0, 600.0, 900.0
# The block under way lacks its newest row until the exchange has it.
LACKING_SECONDS = 3.0


@dataclass(frozen=True)
class Block:
    """Rows with since <= time < until, of `step` each, all in ms; `past` tells whether it can still change."""

    since: int
    until: int
    step: int
    past: bool

    @property
    def name(self) -> str:
        """Return its part of a key."""
        return f"{self.since}-{self.until}"

    def seconds(self, rows: TimeSeries) -> float:
        """Return how long its rows are worth keeping."""
        expected = (self.until - self.since) // self.step
        if self.past:
            return WHOLE_SECONDS if len(rows.known()) >= expected else WITH_GAPS_SECONDS
        newest = int(rows.time[-1]) if len(rows) else self.since
        return UNDER_WAY_SECONDS if newest >= self.until - self.step else LACKING_SECONDS


def blocks(timeframe: str, since: int, until: int, now_ms: int) -> list[Block]:
    """Return the blocks that hold a range of time, oldest first; the last ends where the range does."""
    step = TIMEFRAMES[timeframe]
    length = ROWS * step
    first = since // length * length
    ends = [min(start + length, until) for start in range(first, until, length)]
    starts = range(first, until, length)
    return [
        Block(start, end, step, end == start + length and end + SETTLED_MS <= now_ms)
        for start, end in zip(starts, ends, strict=True)
    ]


def joined(parts: Sequence[S]) -> S:
    """Return the rows of several blocks, in order."""
    return reduce(lambda older, newer: older.joined(newer), parts)
