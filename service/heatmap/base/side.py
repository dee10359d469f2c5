"""Side: which way a position gains; the one name for it in the whole model."""

from enum import StrEnum
from typing import Literal


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
