"""A feed of liquidations that is dead is told from a market that is quiet."""

import numpy as np
import pytest

from service.analysis.markets.silence import is_silent
from tests.market.feed.alignment.test_one_unit import walk

BARS = walk(480)
# Liquidations go with the range of the bar: none where it moved little.
MOVED = np.log(BARS.high / BARS.low)
LIVE = np.where(np.quantile(MOVED, 0.3) < MOVED, 1e6 * MOVED, 0.0)


def test_a_live_feed_has_no_silence() -> None:
    """Though three bars of ten have none."""
    assert not is_silent(BARS, LIVE).any()


@pytest.mark.parametrize("stretch", [slice(100, 130), slice(0, 336), slice(400, 480), slice(100, 148)])
def test_a_dead_stretch_is_silent(stretch: slice) -> None:
    """Hours and days of zeros, while the price moved as it did when there were some."""
    dead = LIVE.copy()
    dead[stretch] = 0.0
    found = is_silent(BARS, dead)
    assert found[stretch].all()
    assert not (found & (dead > 0)).any()
    # Zeros on either side of it belong to it, for nothing tells them apart.
    assert found.sum() <= len(range(480)[stretch]) + 12


def test_a_feed_that_never_said_anything_is_silent() -> None:
    """Fourteen days of zeros are no finding about the map."""
    assert is_silent(BARS, np.zeros(480)).all()


def test_a_quiet_stretch_is_not_silent() -> None:
    """Where the price hardly moved there was nothing to liquidate."""
    quiet = LIVE.copy()
    bars = walk(480)
    bars.high[200:260], bars.low[200:260] = bars.close[200:260] * 1.0001, bars.close[200:260] * 0.9999
    quiet[200:260] = 0.0
    assert not is_silent(bars, quiet).any()


def test_hours_without_a_report_are_not_known_anyway() -> None:
    """They are neither silent nor the end of a silence."""
    dead = LIVE.copy()
    dead[100:160] = 0.0
    dead[130] = np.nan
    found = is_silent(BARS, dead)
    assert found[101:130].all()
    assert found[131:160].all()
    assert not found[130]
