import numpy as np
import pytest

from service.heatmap.base.side import Side
from service.heatmap.zones.depth import assumed_depth, book_curves, daily_notional, seen_depth, side_curve, thin_between
from tests.support.hand_made import steady

# 1,000 USD on every dollar from 99 down to 90
BIDS = np.array([[100.0 - i, 1_000.0 / (100.0 - i)] for i in range(1, 11)])


def test_depth_before_a_distance() -> None:
    """Levels nearer than the distance count, the one at it does not."""
    curve = side_curve(BIDS, 100.0, Side.LONG)
    assert seen_depth(curve, 0.0) == 0.0
    assert seen_depth(curve, 3.0) == pytest.approx(2_000.0)
    assert seen_depth(curve, 3.5) == pytest.approx(3_000.0)


def test_each_side_has_its_own_book() -> None:
    """Bids stand before longs, asks before shorts, and a side that is not seen has none."""
    books = book_curves(BIDS, np.add(BIDS, [20.0, 0.0]), 100.0)
    assert books.long is not None
    assert books.short is not None
    assert (books.long.direction, books.short.direction) == ("down", "up")
    assert book_curves(None, BIDS, 100.0).long is None


def test_beyond_the_book_nothing_is_seen() -> None:
    """Past the last level, or without a book, depth is not known; ranking goes on with an assumption, and says so."""
    curve = side_curve(BIDS, 100.0, Side.LONG)
    assert seen_depth(curve, 10.5) is None
    assert seen_depth(None, 1.0) is None
    assert side_curve(BIDS[:0], 100.0, Side.LONG) is None
    assert side_curve(BIDS * [1.0, 0.0], 100.0, Side.LONG) is None
    depth, source = assumed_depth(curve, 20.0, 5.0, 1e6)
    assert source == "book_extrapolated"
    assert depth > 10_000.0
    assert assumed_depth(curve, 3.5, 5.0, 1e6) == (pytest.approx(3_000.0), "book")
    assert assumed_depth(None, 10.0, 5.0, 1e6) == (pytest.approx(4e6), "volume")


def test_thin_between() -> None:
    """A stretch with half the average density or less is thin; one that the book does not cover is not known."""
    curve = side_curve(np.delete(BIDS, [3, 4, 5], axis=0), 100.0, Side.LONG)
    assert thin_between(curve, 3.5, 6.5, 0.5) is True
    assert thin_between(curve, 0.5, 3.5, 0.5) is False
    assert thin_between(curve, 9.0, 11.0, 0.5) is None
    assert thin_between(None, 1.0, 2.0, 0.5) is None


def test_stray_orders_say_nothing_of_density() -> None:
    """A book is as dense as within a fifth of the price: one order at ten times it makes no stretch less thin."""
    asks = np.array([[100.0 + i, 1_000.0 / (100.0 + i)] for i in (1, 2, 3, 7, 8, 9, 10)])
    plain, stray = (
        side_curve(levels, 100.0, Side.SHORT) for levels in (asks, np.vstack((asks, [[150.0, 0.1], [1_000.0, 5.0]])))
    )
    stretches = [(3.5, 6.5), (0.5, 3.5), (7.5, 9.5), (9.0, 11.0), (20.0, 30.0)]
    found = [[thin_between(curve, near, far, 0.5) for near, far in stretches] for curve in (plain, stray)]
    assert found[0] == found[1] == [True, False, False, None, None]


def test_a_book_without_a_level_in_reach() -> None:
    """Where the nearest order is far away nothing is known of density."""
    curve = side_curve(np.array([[150.0, 1.0]]), 100.0, Side.SHORT)
    assert thin_between(curve, 1.0, 2.0, 0.5) is None


def test_daily_notional() -> None:
    """Ten coins an hour at 100 are 24,000 a day; only the last thirty days count."""
    bars = steady(24 * 40)
    bars.volume[: 24 * 10] = 1e9
    assert daily_notional(bars) == pytest.approx(24_000.0)
    assert daily_notional(bars.part(0, 0)) == 0.0
