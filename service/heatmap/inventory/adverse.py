"""Paths: what price did to one side, in a coordinate in which both sides run through the same code.

The adverse log price y = -sign * ln(price), with the sign of the side, grows in the direction that liquidates the side:
downwards for longs, upwards for shorts. A position entered at y is liquidated at y + u, where u >= 0 follows the
distance curve of the side.
"""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import Side

# Positions that outlast their bar were mostly opened late in it, so near its close, here at most this share of the
# range from it. Measured: entries even over the whole range have less skill (docs/accuracy.md).
ENTRY_SPREAD = 1.0 / 3.0


@dataclass(frozen=True, eq=False)
class SidePath:
    """Adverse log prices of one side, float64[T] each.

    near, far  entries lie between them, evenly: the traded range within ENTRY_SPREAD of it around the close
    reach      the worst mark price of the bar: all that stands at or before it is liquidated
    cut        the close: a position whose liquidation price is not beyond it cannot stand after the bar
    """

    near: Floats
    far: Floats
    reach: Floats
    cut: Floats


def adverse_log_price(price: Floats | float, side: Side) -> Floats:
    """Return the adverse log price of a price for a side; np.exp(-side.sign * y) is the price again."""
    result: Floats = -side.sign * np.log(price)
    return result


def side_path(bars: Bars, side: Side) -> SidePath:
    """Return the path of one side of T bars."""
    low, high = adverse_log_price(bars.low, side), adverse_log_price(bars.high, side)
    reach = adverse_log_price(bars.mark_low if side is Side.LONG else bars.mark_high, side)
    near, far, close = np.minimum(low, high), np.maximum(low, high), adverse_log_price(bars.close, side)
    spread = ENTRY_SPREAD * (far - near)
    return SidePath(np.maximum(near, close - spread), np.minimum(far, close + spread), reach, close)
