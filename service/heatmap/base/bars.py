"""Bars: the aligned arrays that every part of the model reads."""

from dataclasses import dataclass, fields
from typing import Self

from service.heatmap.base.arrays import Floats, Times


@dataclass(frozen=True, eq=False)
class Bars:
    """The bars of one market: T consecutive closed intervals as aligned arrays, oldest first.

    Attributes
    ----------
    time : int64[T]
        Open time of each bar, epoch ms, strictly increasing.
    open, high, low, close : float64[T]
        Traded prices in quote currency; open and close lie from low to high.
    volume : float64[T]
        Traded amount in base coin, at least 0.
    open_interest : float64[T]
        Open contracts in base coin, one side, at the close of each bar; NaN where it is not known.
    mark_low, mark_high : float64[T]
        Range of the mark price, which is what liquidates; the traded range where it is not known.
    step : int
        Length of a bar, ms.
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
