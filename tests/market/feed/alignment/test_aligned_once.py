"""What was aligned is given again for the same rows alone, and takes no more memory than it may."""

import numpy as np
import pytest

from service.market.contract import Candles, OpenInterest
from service.market.feed.alignment.align import align
from service.market.feed.alignment.aligned_once import AlignedOnce, Rows

STEP, COUNT = 10, 20


def rows(price: float = 100.0) -> Rows:
    """Return bars that stand still, and their open interest."""
    time = np.arange(COUNT) * STEP
    flat = np.full(COUNT, price)
    return Rows(Candles(time, flat, flat, flat, flat, flat), OpenInterest(time, flat + time), None)


def test_the_same_rows_are_aligned_once() -> None:
    """The bars are one object, as `align` makes them."""
    aligned, given = AlignedOnce(), rows()
    bars, coverage = aligned.of("BTC", given, STEP, COUNT * STEP)
    expected, told = align(*given, STEP, COUNT * STEP)
    np.testing.assert_equal(vars(bars), vars(expected))
    assert coverage == told
    assert aligned.of("BTC", given, STEP, COUNT * STEP)[0] is bars


@pytest.mark.parametrize("part", Rows._fields)
def test_other_rows_are_aligned_anew(part: str) -> None:
    """Rows that came since count, under the same key; and a series that is there at last, or no longer."""
    aligned, given = AlignedOnce(), rows()
    old, _ = aligned.of("BTC", given, STEP, COUNT * STEP)
    other = rows(101.0)._replace(mark=given.candles)
    changed = given._replace(**{part: getattr(other, part)})
    bars, _ = aligned.of("BTC", changed, STEP, COUNT * STEP)
    assert bars is not old
    np.testing.assert_equal(vars(bars), vars(align(*changed, STEP, COUNT * STEP)[0]))


def test_each_key_has_its_own() -> None:
    """The same rows up to another close are other bars' coverage."""
    aligned, given = AlignedOnce(), rows()
    missing = [aligned.of(until, given, STEP, until)[1].missing_at_end for until in (COUNT * STEP, (COUNT + 2) * STEP)]
    assert missing == [0, 2]


def test_no_more_is_kept_than_may_be() -> None:
    """The one that was not asked for the longest goes first; one that is too large alone is not kept."""
    given = rows()
    both = sum(getattr(part, name).nbytes for part in given[:2] if part is not None for name in vars(part))
    both += 9 * 8 * COUNT
    aligned = AlignedOnce(2 * both)
    bars = {key: aligned.of(key, given, STEP, COUNT * STEP)[0] for key in ("one", "two", "three")}
    assert aligned.of("three", given, STEP, COUNT * STEP)[0] is bars["three"]
    assert aligned.of("two", given, STEP, COUNT * STEP)[0] is bars["two"]
    assert aligned.of("one", given, STEP, COUNT * STEP)[0] is not bars["one"]
    small = AlignedOnce(both - 1)
    assert small.of("one", given, STEP, COUNT * STEP)[0] is not small.of("one", given, STEP, COUNT * STEP)[0]
