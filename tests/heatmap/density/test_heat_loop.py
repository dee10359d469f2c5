"""The arithmetic of heat: compiled and in numpy to the same bytes, and an exponential that no processor changes."""

import numpy as np
import pytest

from service.heatmap.density.heat_loop import FASTEST, Bins, Scale, exponential, numpy_heat
from service.heatmap.stats.smoothing import gaussian


def scale(narrow: float, broad: float, softness: float = 0.1) -> Scale:
    """Return averages of two widths in places."""
    near, around = (gaussian(width) for width in (narrow, broad))
    return Scale(near[len(near) // 2 :].copy(), around[len(around) // 2 :].copy(), softness)


def bins_over(length: int, count: int, seed: int) -> Bins:
    """Return bins of uneven widths over all places."""
    place = np.sort(np.random.default_rng(seed).uniform(0.0, length, count + 1))
    below = np.minimum(place.astype(np.int64), length - 1)
    return Bins(below, place - below, np.maximum(np.diff(place), 1e-12))


@pytest.mark.parametrize("length", [1, 2, 15, 16, 17, 300, 901])
@pytest.mark.parametrize("widths", [(1.7, 25.0), (0.2, 3.0), (0.8, 400.0)])
def test_compiled_and_numpy_give_the_same_bytes(length: int, widths: tuple[float, float]) -> None:
    """Whichever runs: also of columns shorter than a kernel, of empty ones and of gaps, on their places and on bins."""
    assert FASTEST is not numpy_heat, "not built: `make test` does it"
    random = np.random.default_rng(length)
    amounts = random.gamma(0.3, 1e6, (9, length)) * (random.random((9, length)) < 0.8)
    amounts[3], amounts[4], amounts[5, length // 3 :] = 0.0, 7.0, 0.0
    amounts[6] *= 1e-300
    for bins in (None, bins_over(length, 40, length)):
        found, expected = (loop(amounts, scale(*widths), bins) for loop in (FASTEST, numpy_heat))
        assert found.tobytes() == expected.tobytes()
        assert np.isfinite(found).all()
        assert found.min() >= 0.0
        assert found.max() <= 1.0
    assert FASTEST(amounts[:, ::-1], scale(*widths), None).shape == amounts.shape


def test_the_exponential() -> None:
    """As exact as the library's, within the last two digits, over all that it is used for."""
    x = np.linspace(-60.0, 0.0, 100_001)
    np.testing.assert_allclose(exponential(x), np.exp(x), rtol=4e-16)
    assert exponential(np.zeros(1)).item() == 1.0
