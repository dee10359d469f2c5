"""Side: long or short, the one name for it in the whole model; BySide: the same thing of either side."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, Literal, TypeVar

T = TypeVar("T")


class Side(StrEnum):
    """The side of a position. Its text, `long` or `short`, is what answers say.

    Iterating over the class gives LONG first.

    Attributes
    ----------
    LONG, SHORT : Side
        The two sides.
    """

    LONG = "long"
    SHORT = "short"

    @property
    def sign(self) -> Literal[1, -1]:
        """Return +1 for LONG and -1 for SHORT: what the position's profit per unit of price rise is multiplied by."""
        return 1 if self is Side.LONG else -1


@dataclass(frozen=True)
class BySide(Generic[T]):
    """The same thing of either side: `of[Side.LONG]` and `of.long` are that of longs.

    Iterating gives that of longs first.

    Attributes
    ----------
    long, short : object
        That of longs, and that of shorts.
    """

    long: T
    short: T

    def __getitem__(self, side: Side) -> T:
        """Return that of one side."""
        return self.long if side is Side.LONG else self.short

    def __iter__(self) -> Iterator[T]:
        """Yield that of longs, then that of shorts."""
        yield self.long
        yield self.short
