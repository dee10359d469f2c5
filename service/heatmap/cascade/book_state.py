"""The book of a crash: how much of the book that is seen is still there when a fast move comes to it.

A book is thinnest when it is needed. The factors were given to us as measured by others within 1 % of the price: 3.4
times thinner in events (median over events), 17 times at the 90th percentile, 114 to 561 times for minutes on
2025-10-10. They could not be checked, for no history of books is public (docs/crashes.md). A state is that of the
moment of the shock: depth comes back within minutes (`met_book`).
"""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.cascade.even_draws import HIGH_TENTH, normal_scores

StateName: TypeAlias = Literal["calm", "event", "worst"]
# Between setting / 1.5 and setting x 1.5: a third may be withdrawn, or half as much again stand hidden.
CALM_FACTOR = 1.5
EVENT_MEDIAN, EVENT_TENTH = 3.4, 17.0
# From an event's 90th percentile to the least of 2025-10-10: the most of that day, 561 times, held for minutes only.
WORST_LEAST, WORST_MOST = 17.0, 114.0
# Standard deviation of the logarithm that the median and the 90th percentile of an event belong to.
EVENT_SPREAD = np.log(EVENT_TENTH / EVENT_MEDIAN) / HIGH_TENTH
# A move of half a usual day is an event.
EVENT_DAYS = 0.5


@dataclass(frozen=True)
class BookState:
    """One state of the book.

    median  the book at the shock over the book that is seen, median of the draws
    """

    name: StateName
    median: float

    def depths(self, even: Floats) -> Floats:
        """Return the book at the shock over the book that is seen, for even draws from 0 to 1; rising with them."""
        calm = np.asarray(CALM_FACTOR ** (2.0 * even - 1.0), dtype=np.float64)
        if self.name == "calm":
            return calm
        event: Floats = np.clip(np.exp(EVENT_SPREAD * normal_scores(even)) / EVENT_MEDIAN, 1.0 / WORST_MOST, calm)
        if self.name == "event":
            return event
        worst: Floats = np.minimum((WORST_MOST / WORST_LEAST) ** even / WORST_MOST, event)
        return worst

    def range(self) -> tuple[float, float]:
        """Return the tenths 1 and 9 of what is drawn."""
        low, high = self.depths(np.array([0.1, 0.9])).tolist()
        return low, high


STATES: dict[StateName, BookState] = {
    "calm": BookState("calm", 1.0),
    "event": BookState("event", 1.0 / EVENT_MEDIAN),
    "worst": BookState("worst", (WORST_LEAST * WORST_MOST) ** -0.5),
}


def usual_state(move: float, daily_range: float) -> StateName:
    """Return the state that a shock is taken to happen in: an event from half of a usual day's range on.

    Both as shares of the price. `worst` is never assumed by itself.
    """
    return "event" if daily_range > 0.0 and abs(move) >= EVENT_DAYS * daily_range else "calm"
