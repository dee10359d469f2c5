"""Level: one price that traders watch."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

LevelKind: TypeAlias = Literal[
    "swing_high",
    "swing_low",
    "point_of_control",
    "value_area_high",
    "value_area_low",
    "high_volume_node",
    "low_volume_node",
    "bid_wall",
    "ask_wall",
    "prior_day_open",
    "prior_day_high",
    "prior_day_low",
    "prior_day_close",
    "prior_week_open",
    "prior_week_high",
    "prior_week_low",
    "prior_week_close",
]


@dataclass(frozen=True)
class Level:
    """A watched price.

    low, high  the band it takes up; both equal `price` for a single price
    time       epoch ms: open of the bar or period that made it, None for the book and the volume profile
    size       what backs it: base coin traded in a node's bin, quote currency in a wall, None otherwise
    """

    kind: LevelKind
    price: float
    low: float
    high: float
    time: int | None = None
    size: float | None = None

    def overlaps(self, low: float, high: float) -> bool:
        """Say whether the level's band meets low..high."""
        return self.low <= high and self.high >= low


def at_price(kind: LevelKind, price: float, time: int | None = None) -> Level:
    """Return a level at a single price."""
    return Level(kind, price, price, price, time)
