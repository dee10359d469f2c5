"""The book that a fall meets, and how it comes back: thin at the shock, whole again within minutes."""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats

# Depth came back within minutes after past events (docs/crashes.md); how many is a judgement, and the caller's to set.
RETURN_MINUTES = 5.0
LEAST_DEPTH, MOST_DEPTH = 0.001, 10.0
MOST_MINUTES = 60.0


@dataclass(frozen=True, eq=False)
class MetBook:
    """The book of M cases over the time since the shock.

    depth     float64[M] the book at the shock / the book as it is seen
    returned  float64[M] the same once it has come back; at least `depth`
    refill    float64[M] USD per unit of relative move that orders placed on the way add once all have come
    minutes   in which all but 1 / e of either has come; 0 is at once

    What a price meets never thins with time: so a larger shock, which comes to every price sooner, ends nearer in no
    case.
    """

    depth: Floats
    returned: Floats
    refill: Floats
    minutes: float = RETURN_MINUTES

    def at(self, seconds: float) -> tuple[Floats, Floats]:
        """Return depth and refill so many seconds after the shock, float64[M] each."""
        missing = 0.0 if self.minutes == 0.0 else float(np.exp(-seconds / (60.0 * self.minutes)))
        back = 1.0 - missing
        return self.depth + (self.returned - self.depth) * back, self.refill * back


def check_book(depth: float, refill: float, minutes: float) -> None:
    """Raise ValueError naming the first of a book's settings that is out of range."""
    if not LEAST_DEPTH <= depth <= MOST_DEPTH:
        raise ValueError(f"depth must be {LEAST_DEPTH:g} to {MOST_DEPTH:g}, not {depth}")
    if not 0 <= refill < np.inf:
        raise ValueError(f"refill must be at least 0 and finite, not {refill}")
    if not 0 <= minutes <= MOST_MINUTES:
        raise ValueError(f"minutes must be 0 to {MOST_MINUTES:g}, not {minutes}")
