"""A log axis around 1,000 for maps that are small enough to check on paper, and clumps on it."""

import math

from service.heatmap.base.arrays import Floats
from service.heatmap.base.log_axis import LogAxis
from tests.support.hand_made import blocks, steady

# A bin is a tenth of a per cent; the price is an edge, with 250 bins below it and above it.
STEP, MIDDLE, HALF = 0.001, 6908, 250
AXIS = LogAxis(STEP, MIDDLE - HALF, 2 * HALF)
PRICE = math.exp(MIDDLE * STEP)
# ATR 10 an hour and 10 * sqrt(24) = 49 a day: zones are sought within 15 %
BARS = steady(40, PRICE, 5.0)


def level(*parts: tuple[float, float, float], ground: float = 100.0) -> Floats:
    """Return `ground` in every bin but for the (low, high, usd) given."""
    return blocks(AXIS.edges, *parts, ground=ground)
