"""When a fitted mix is used: its gain is real and matters, and costs nothing; else the reason is told."""

import numpy as np
import pytest

from service.heatmap.inventory.leverage import preset
from service.heatmap.skill.fit_mix import LEAST_GAIN, TILTS, Fit
from service.heatmap.stats.bootstrap import Interval

BETTER, CHANCE, LOSS = Interval(0.02, 0.01, 0.03), Interval(0.02, -0.01, 0.03), Interval(-0.02, -0.03, -0.01)
TRIFLE = Interval(LEAST_GAIN - 1e-6, 1e-6, 2 * LEAST_GAIN)
NOTHING = Interval(np.nan, np.nan, np.nan)
MIX = preset("default")


def fit(rank_gain: Interval, r2_gain: Interval, chosen: tuple[float, ...] = (0.5,), tilt: float = 0.5) -> Fit:
    """Return a fit that came to that."""
    return Fit(MIX, MIX, rank_gain, r2_gain, chosen, tilt, 40)


@pytest.mark.parametrize(
    ("found", "gains", "words"),
    [
        (fit(BETTER, BETTER), True, "the fitted mix is the better one"),
        (fit(BETTER, CHANCE), True, "the fitted mix is the better one"),
        (fit(Interval(LEAST_GAIN, 1e-6, 0.01), NOTHING), True, "the fitted mix is the better one"),
        (fit(TRIFLE, BETTER), False, "a gain in rank correlation under 0.003 makes no difference"),
        (fit(BETTER, LOSS), False, "what it gains in rank correlation it loses in R2"),
        (fit(CHANCE, BETTER), False, "may be chance"),
        (fit(LOSS, BETTER), False, "it loses rank correlation"),
        (fit(NOTHING, NOTHING), False, "do not vary enough to tell"),
        (fit(Interval(0.0, 0.0, 0.0), CHANCE, chosen=(0.0, 0.0)), False, "none of those tried ranked better"),
    ],
)
def test_a_gain_must_be_real_and_matter_and_cost_no_r2(found: Fit, gains: bool, words: str) -> None:
    """The ranking gains beyond chance and at least LEAST_GAIN, and R2 does not lose beyond chance; else why not."""
    assert found.gains is gains
    assert words in found.note
    assert ("stays as it is" in found.note) is not gains


@pytest.mark.parametrize(("tilt", "edge"), [(TILTS[0], True), (TILTS[1], False), (0.0, False), (TILTS[-1], True)])
def test_a_tilt_at_the_edge_is_told(tilt: float, edge: bool) -> None:
    """Whether it gains or not: the best may lie beyond what was tried."""
    for found in (fit(BETTER, BETTER, tilt=tilt), fit(CHANCE, CHANCE, tilt=tilt)):
        assert found.at_edge is edge
        assert ("the best may lie beyond" in found.note) is edge
