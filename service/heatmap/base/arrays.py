"""Arrays: the array types that the model is written in, and the rounding noise that its thresholds allow for."""

from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Times: TypeAlias = NDArray[np.int64]
# A half-open run of bins: start, stop.
Span: TypeAlias = tuple[int, int]

# Convolution leaves a relative noise of about 1e-15 on a flat profile; thresholds must not cut through it.
NOISE = 1e-9
