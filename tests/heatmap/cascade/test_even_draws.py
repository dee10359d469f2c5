"""Draws fill their range evenly from wherever they start, and their scores are those of a normal spread."""

import numpy as np
import pytest

from service.heatmap.cascade.even_draws import HIGH_TENTH, even_draws, normal_scores


@pytest.mark.parametrize("seed", range(3))
def test_even_in_each_of_the_three(seed: int) -> None:
    """400 draws hold a tenth of them in every tenth, within one in five."""
    drawn = even_draws(np.random.default_rng(seed), 400)
    assert drawn.shape == (400, 3)
    for column in drawn.T:
        counts, _ = np.histogram(column, bins=10, range=(0.0, 1.0))
        assert counts.tolist() == pytest.approx([40] * 10, abs=8)


def test_scores() -> None:
    """The middle is 0, tenths 1 and 9 are 1.2816 away, and the ends are finite."""
    scores = normal_scores(np.array([0.0, 0.1, 0.5, 0.9, 1.0]))
    assert scores[1:4] == pytest.approx([-1.2815515655446004, 0.0, 1.2815515655446004], abs=1e-12)
    assert scores[3] == pytest.approx(HIGH_TENTH)
    assert np.isfinite(scores).all()
