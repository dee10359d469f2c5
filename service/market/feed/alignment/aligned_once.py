"""Aligned once: what align makes of rows is given again for as long as they are the same rows.

Every answer about a market reads its bars, and between one closed bar and the next the rows that they are made of are
the same objects.
"""

from collections.abc import Hashable
from dataclasses import fields
from threading import Lock
from typing import NamedTuple

from cachetools import LRUCache

from service.heatmap import Bars
from service.market.contract import Candles, Coverage, OpenInterest, TimeSeries
from service.market.feed.alignment.align import align

# Of aligned bars and of the rows that they are made of: some hundred weeks of hours.
MOST_BYTES = 16_000_000


class Rows(NamedTuple):
    """What bars are aligned of."""

    candles: Candles
    interest: OpenInterest | None
    mark: Candles | None

    def same(self, others: "Rows") -> bool:
        """Tell whether others are these very rows, and not equal ones."""
        return all(one is other for one, other in zip(self, others, strict=True))


class _Made(NamedTuple):
    rows: Rows
    bars: Bars
    coverage: Coverage

    @property
    def bytes(self) -> int:
        parts = (part for part in (*self.rows, self.bars) if part is not None)
        return sum(_bytes(part) for part in parts)


class AlignedOnce:
    """Keeps what was aligned last, by market and span; safe to share between threads."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        """Keep nothing yet."""
        self._kept: LRUCache[Hashable, _Made] = LRUCache(most_bytes, getsizeof=lambda made: made.bytes)
        self._most_bytes, self._lock = most_bytes, Lock()

    def of(self, key: Hashable, rows: Rows, step: int, until: int) -> tuple[Bars, Coverage]:
        """Return what `align` makes of the rows; `key` stands for the market and the span, and so for step and until.

        The bars are shared between callers, who must not change them.
        """
        with self._lock:
            made = self._kept.get(key)
        if made is None or not made.rows.same(rows):
            made = _Made(rows, *align(*rows, step, until))
            if made.bytes <= self._most_bytes:
                with self._lock:
                    self._kept[key] = made
        return made.bars, made.coverage


def _bytes(part: TimeSeries | Bars) -> int:
    """Return how much memory a part's columns take."""
    return sum(getattr(getattr(part, field.name), "nbytes", 0) for field in fields(part))
