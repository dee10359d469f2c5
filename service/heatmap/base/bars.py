"""Bars: the aligned arrays that every part of the model reads."""

from dataclasses import dataclass, fields
from typing import Self

from service.heatmap.base.arrays import Floats, Times


@dataclass(frozen=True, eq=False)
class Bars:
    """T consecutive closed intervals of one market, oldest first.

    time            int64[T]    open time, epoch ms, strictly increasing
    open .. close   float64[T]  traded price in quote currency; low <= open, close <= high
    volume          float64[T]  base coin, >= 0
    open_interest   float64[T]  base coin, one side, at the bar's close; NaN where not known
    mark_low/high   float64[T]  mark price range, which is what liquidates; the traded range where not known
    step            int         ms from one open to the next
    """

    time: Times
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Floats
    open_interest: Floats
    mark_low: Floats
    mark_high: Floats
    step: int

    def __len__(self) -> int:
        """Return T."""
        return len(self.time)

    def part(self, start: int, stop: int | None = None) -> Self:
        """Return bars start..stop, as a slice would."""
        arrays = {f.name: getattr(self, f.name)[start:stop] for f in fields(self) if f.name != "step"}
        return type(self)(step=self.step, **arrays)

    @property
    def close_time(self) -> Times:
        """Return each bar's close time, epoch ms."""
        return self.time + self.step
