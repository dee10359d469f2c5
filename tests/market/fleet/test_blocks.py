"""Blocks: every replica cuts a range at the same times."""

import numpy as np
import pytest

from service.market.contract import TIMEFRAMES, OpenInterest
from service.market.fleet.blocks import (
    LACKING_SECONDS,
    ROWS,
    SETTLED_MS,
    UNDER_WAY_SECONDS,
    WHOLE_SECONDS,
    WITH_GAPS_SECONDS,
    blocks,
)
from tests.support.fake_exchange import HOUR, T0

LENGTH = ROWS * HOUR
START = T0 // LENGTH * LENGTH


def rows(since: int, until: int) -> OpenInterest:
    """Return a row an hour."""
    time = np.arange(since, until, HOUR)
    return OpenInterest(time, np.ones(len(time)))


@pytest.mark.parametrize("timeframe", TIMEFRAMES)
@pytest.mark.parametrize("bars", [1, ROWS - 1, ROWS, ROWS + 1, 5 * ROWS])
def test_they_cover_the_range_without_a_gap(timeframe: str, bars: int) -> None:
    """From a whole multiple of their length to where the range ends."""
    step = TIMEFRAMES[timeframe]
    until = T0 // step * step
    found = blocks(timeframe, until - bars * step, until, T0)
    assert found[0].since % (ROWS * step) == 0
    assert found[0].since <= until - bars * step
    assert found[-1].until == until
    assert [block.until for block in found[:-1]] == [block.since for block in found[1:]]


def test_names_do_not_hang_on_where_a_range_begins() -> None:
    """Two replicas that ask for more or less share what both need."""
    wide, narrow = (blocks("1h", START - back, START + 5 * HOUR, T0) for back in (3 * LENGTH, LENGTH // 2))
    assert [block.name for block in wide[-2:]] == [block.name for block in narrow]


def test_what_is_past_is_kept_long() -> None:
    """A day where it is whole, minutes where rows are missing, and until it ends where it is under way."""
    past, now = blocks("1h", START - LENGTH, START + 5 * HOUR, START + 5 * HOUR + SETTLED_MS)
    assert (past.past, now.past) == (True, False)
    assert past.seconds(rows(past.since, past.until)) == WHOLE_SECONDS
    assert past.seconds(rows(past.since, past.until - HOUR)) == WITH_GAPS_SECONDS
    assert now.seconds(rows(now.since, now.until)) == UNDER_WAY_SECONDS
    assert now.seconds(rows(now.since, now.until - HOUR)) == LACKING_SECONDS
    assert now.seconds(rows(now.since, now.since)) == LACKING_SECONDS


def test_a_block_that_has_just_ended_may_change() -> None:
    """Late rows are waited for before it counts as past."""
    (block,) = blocks("1h", START - LENGTH, START, START + SETTLED_MS - 1)
    assert not block.past
