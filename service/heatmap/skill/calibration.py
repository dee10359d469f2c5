"""Calibration: what is reported as liquidated of what a map says is swept, with how far that can be relied upon.

Most of what is swept is never reported as liquidated: positions are closed or topped up before, and exchanges report a
part. How large a part differs by market and from hour to hour, so it is given by its tenths, and the tenths by whether
they held: taken from the first half of the hours, how many of the second half lie between the first and the last.
"""

from dataclasses import dataclass

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.side import BySide

# Hours are taken in which so much of the mean hour or more is predicted: in others hardly anything can be reported.
LEAST_PREDICTED = 0.5
# With fewer in either half nothing is told.
FEWEST = 60
TENTHS = (0.1, 0.5, 0.9)


@dataclass(frozen=True)
class Calibration:
    """Reported over predicted in one hour of one side: the tenths 1, 5 and 9 over all hours.

    covered  share of the second half's hours between the first half's q10 and q90; .8 if nothing changes
    hours    rows that the tenths are of, both sides together
    """

    q10: float
    q50: float
    q90: float
    covered: float
    hours: int


def calibrate(liquidated: BySide[Floats], predicted: BySide[Floats]) -> Calibration | None:
    """Return the calibration of hourly predictions, float64[T] of either side in the unit of what was liquidated.

    NaN where either is not known. None where there are too few hours.
    """
    shares = [_shares(real, own) for real, own in zip(liquidated, predicted, strict=True)]
    early, late = (np.concatenate([_half(side, second=second) for side in shares]) for second in (False, True))
    if min(len(early), len(late)) < FEWEST:
        return None
    low, _, high = np.quantile(early, TENTHS)
    q10, q50, q90 = np.quantile(np.concatenate((early, late)), TENTHS).tolist()
    return Calibration(q10, q50, q90, float(((late >= low) & (late <= high)).mean()), len(early) + len(late))


def _shares(real: Floats, own: Floats) -> Floats:
    """Return reported over predicted by hour, float64[T], NaN where too little is predicted or either is not known."""
    known = np.isfinite(real) & np.isfinite(own)
    if not known.any():
        return np.full(len(own), np.nan)
    enough = known & (own > 0.0) & (own >= LEAST_PREDICTED * float(own[known].mean()))
    shares: Floats = np.divide(real, own, out=np.full(len(own), np.nan), where=enough)
    return shares


def _half(shares: Floats, *, second: bool) -> Floats:
    middle = len(shares) // 2
    half = shares[middle:] if second else shares[:middle]
    known: Floats = half[np.isfinite(half)]
    return known
