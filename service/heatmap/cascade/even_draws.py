"""Even draws: a sequence that fills its range as evenly as can be, and the normal scores that belong to it."""

from statistics import NormalDist

import numpy as np

from service.heatmap.base.arrays import Floats

# Any run of such a sequence fills the cube about as evenly as can be (powers of 1 / r, with r^4 = r + 1), so that the
# quantiles of some hundred draws hardly depend on where it starts.
STEPS = np.array([1.0, 2.0, 3.0])
ROOT = 1.2207440846057596
# The score of tenth 9.
HIGH_TENTH = NormalDist().inv_cdf(0.9)
LEAST = 1e-9


def even_draws(rng: np.random.Generator, samples: int) -> Floats:
    """Return draws that fill the cube evenly, float64[samples, 3] from 0 to 1, begun at a random place."""
    return (rng.random(3) + np.arange(samples)[:, None] * ROOT**-STEPS) % 1.0


def normal_scores(even: Floats) -> Floats:
    """Return the standard normal value below which each share of all lies."""
    score = NormalDist().inv_cdf
    return np.array([score(min(max(one, LEAST), 1.0 - LEAST)) for one in even.tolist()])
