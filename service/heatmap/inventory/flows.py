"""Flows: what volume and open interest say about how much was opened and closed in each bar."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.errors import BadInput


@dataclass(frozen=True, eq=False)
class Flows:
    """Per bar and per side, base coin; every fill has one buyer and one seller, each opening or closing.

    open_interest  float64[T]  at the bar's close, known or carried over where it is not
    change         float64[T]  of it over the bar; 0 in the first
    volume         float64[T]  traded
    """

    open_interest: Floats
    change: Floats
    volume: Floats

    def closes(self, churn: float) -> Floats:
        """Return what leaves in each bar, float64[T]: (churn * V - d) / 2 with d the change of open interest.

        `churn` (phi) is the volume that renews leveraged positions over the volume traded, see Assumptions. A fall of
        open interest that is larger than churn * V leaves all the same: open interest is met.
        """
        closes: Floats = np.maximum(0.5 * (churn * self.volume - self.change), np.maximum(-self.change, 0.0))
        return closes

    def survival(self, churn: float) -> Floats:
        """Return the share, float64[T], of what stood before each bar that closing leaves; 1 in the first.

        Closes leave at random, at an even rate c, while open interest moves linearly from O0 to O1. The hazard is then
        c / OI, which integrates to (O1 / O0) ** (-closes / (O1 - O0)). That never leaves more than O1, and for a small
        turnover it is 1 - closes / O0; unlike that, it composes: 24 hours close as much as one day.
        """
        share: Floats = np.exp(-self.closes(churn) * self._hazard)
        share[:1] = 1.0
        return share

    @cached_property
    def _hazard(self) -> Floats:
        """Return the hazard of a position over what is closed in each bar, float64[T]; 0 where nothing stood before."""
        before = self.open_interest - self.change
        with np.errstate(divide="ignore", invalid="ignore"):
            growth = np.log1p(self.change / before) / self.change
            return np.where(before > 0.0, np.where(self.change == 0.0, 1.0 / before, growth), 0.0)


def flows_of(bars: Bars) -> Flows:
    """Return the flows of T bars.

    Open interest that is not known is carried over from the bar before it, or back from the first known one, so that
    flows there come from volume alone. Raises BadInput if no bar has open interest.
    """
    known = np.isfinite(bars.open_interest)
    if not known.any():
        raise BadInput("open_interest", "not known for any bar")
    index = np.maximum.accumulate(np.where(known, np.arange(len(bars)), known.argmax()))
    open_interest, change = bars.open_interest[index], np.zeros(len(bars))
    np.subtract(open_interest[1:], open_interest[:-1], out=change[1:])
    return Flows(open_interest, change, bars.volume)
