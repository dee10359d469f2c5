"""The executed share has the tenths that were measured, never passes 1, and is nothing where nothing is executed."""

import numpy as np
import pytest

from service.heatmap.cascade.executed_share import USUAL, ExecutedShare, check_executed
from service.heatmap.skill import OTHERS

EVEN = (np.arange(2000) + 0.5) / 2000


@pytest.mark.parametrize("share", [USUAL, ExecutedShare(0.01, 0.027, 0.073), ExecutedShare(0.3, 0.3, 0.3)])
def test_draws_have_its_tenths(share: ExecutedShare) -> None:
    """Rising with the draw."""
    drawn = share.drawn(EVEN)
    assert np.quantile(drawn, (0.1, 0.5, 0.9)) == pytest.approx([share.q10, share.q50, share.q90], rel=0.01)
    assert (np.diff(drawn) >= 0).all()


def test_a_share_that_is_stated_is_spread_by_two() -> None:
    """Half and twice of it; of nothing nothing, and never more than all."""
    assert ExecutedShare.about(0.1) == ExecutedShare(0.05, 0.1, 0.2)
    assert ExecutedShare.about(0.8).q90 == 1.0
    assert ExecutedShare.about(0.8).drawn(EVEN).max() == 1.0
    assert ExecutedShare.about(0.0).drawn(EVEN).tolist() == [0.0] * len(EVEN)


def test_the_usual_one_is_that_of_all_measured_markets() -> None:
    """The cascade stands below the calibration and cannot read it: the figures are the same."""
    assert (USUAL.q10, USUAL.q50, USUAL.q90) == (OTHERS.q10, OTHERS.q50, OTHERS.q90)


@pytest.mark.parametrize(
    "share", [ExecutedShare(0.1, 0.2, 1.1), ExecutedShare(-0.1, 0.2, 0.3), ExecutedShare(0.3, 0.2, 0.4)]
)
def test_what_is_no_share(share: ExecutedShare) -> None:
    """Out of range or out of order."""
    with pytest.raises(ValueError, match="executed must be 0 to 1"):
        check_executed(share)
