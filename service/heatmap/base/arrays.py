"""Arrays: the types that the model is written in, the noise of rounding that thresholds allow for, and ranges."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Times: TypeAlias = NDArray[np.int64]
# A half-open run of bins: start, stop.
Span: TypeAlias = tuple[int, int]

# Convolution leaves a relative noise of about 1e-15 on a flat profile; thresholds must not cut through it.
NOISE = 1e-9


def each_number(begin: Times, end: Times) -> tuple[Times, Times]:
    """Return every number of half-open ranges, int64[n] both: which range it is of, and the number itself."""
    count = np.maximum(end - begin, 0)
    number = np.repeat(np.arange(len(begin)), count)
    return number, np.arange(len(number)) - np.repeat(np.cumsum(count) - count, count) + begin[number]
