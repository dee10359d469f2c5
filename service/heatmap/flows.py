"""Flows: what volume and open interest say about how much was opened and closed in each bar."""

from dataclasses import dataclass

import numpy as np

from service.heatmap.bad_input import BadInput
from service.heatmap.bars import Bars, Floats


@dataclass(frozen=True, eq=False)
class Flows:
    """Per bar and per side, base coin; every fill has one buyer and one seller, each opening or closing.

    open_interest  float64[T]  at the bar's close, known or carried over where it is not
    closes         float64[T]  (churn * V - d) / 2 with d the change of open interest; liquidations are part of it
    clipped        float64[T]  by how much |d| exceeds churn * V, more than these flows can explain
    known          bool[T]     whether the bar's open interest was given
    """

    open_interest: Floats
    closes: Floats
    clipped: Floats
    known: np.ndarray


def flows(bars: Bars, churn: float) -> Flows:
    """Split each bar's volume into opens and closes.

    `churn` (phi) is the volume that renews leveraged positions over the volume traded, see Assumptions.
    Open interest that is not known is carried over from the bar before it, or back from the first known one, so that
    flows there come from volume alone. Raises BadInput if no bar has open interest.
    """
    known = np.isfinite(bars.open_interest)
    if not known.any():
        raise BadInput("open_interest", "not known for any bar")
    index = np.maximum.accumulate(np.where(known, np.arange(len(bars)), -1))
    open_interest = bars.open_interest[np.where(index < 0, int(np.argmax(known)), index)]
    change = np.diff(open_interest, prepend=open_interest[0])
    traded = churn * bars.volume
    clipped = np.maximum(np.abs(change) - traded, 0.0)
    return Flows(open_interest, np.maximum(0.5 * (traded - change), np.maximum(-change, 0.0)), clipped, known)
