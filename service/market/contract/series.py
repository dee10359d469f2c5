"""Series: rows by time, as an exchange answers them, as they are kept and as they are aligned."""

from dataclasses import dataclass, fields
from functools import cached_property
from typing import Self

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base import Floats, Times


@dataclass(frozen=True, eq=False)
class TimeSeries:
    """Rows by time, oldest first: int64[T] epoch ms, and one float64[T] column for each field of a subclass.

    A row that the exchange sent and that cannot be right is there with NaN: that nothing is known of it was told.
    """

    time: Times

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.time)

    def columns(self) -> Floats:
        """Return float64[T, C], the columns side by side without the time."""
        return np.column_stack([getattr(self, field.name) for field in fields(self)[1:]])

    def select(self, rows: slice | NDArray[np.intp] | NDArray[np.bool_]) -> Self:
        """Return the rows of a slice, of indices or of a mask."""
        return type(self)(*(getattr(self, field.name)[rows] for field in fields(self)))

    def between(self, since: int, until: int) -> Self:
        """Return the rows with since <= time < until."""
        first, last = np.searchsorted(self.time, (since, until))
        return self.select(slice(first, last))

    def joined(self, newer: Self) -> Self:
        """Return the rows of both in order of time; where both have a row, that of `newer` counts, if it is known."""
        newer = newer.select(np.isin(newer.time, newer.known().time) | ~np.isin(newer.time, self.time))
        older = self.select(~np.isin(self.time, newer.time))
        order = np.argsort(np.concatenate((older.time, newer.time)), kind="stable")
        pairs = ((getattr(older, field.name), getattr(newer, field.name)) for field in fields(self))
        return type(self)(*(np.concatenate(pair)[order] for pair in pairs))

    def known(self) -> Self:
        """Return the rows in which every column is known; the same series where that is all of them."""
        return self if self._known is None else self._known

    def spacing(self, least: int) -> int:
        """Return how far apart the rows lie, in ms: their median distance, `least` at least."""
        return max(least, self._distance)

    # Rows that are kept are asked for both by every request.
    @cached_property
    def _known(self) -> Self | None:
        """Return the rows in which every column is known; None where that is all of them."""
        known = np.ones(len(self), dtype=np.bool_)
        for field in fields(self)[1:]:
            known &= np.isfinite(getattr(self, field.name))
        return None if known.all() else self.select(known)

    @cached_property
    def _distance(self) -> int:
        return int(np.median(np.diff(self.time))) if len(self) > 1 else 0


@dataclass(frozen=True, eq=False)
class Candles(TimeSeries):
    """OHLCV by open time; volume in base coin, 0 for mark prices."""

    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats


@dataclass(frozen=True, eq=False)
class OpenInterest(TimeSeries):
    """Open interest by the moment at which each value held and was public; base coin, one side."""

    amount: Floats


@dataclass(frozen=True, eq=False)
class Liquidations(TimeSeries):
    """Realised liquidations by the open time of each interval; quote currency, of longs and of shorts."""

    long: Floats
    short: Floats
