"""The cascade ratio is what is forced within 3 % over the book of an event there, counted by hand."""

import numpy as np
import pytest

from service.heatmap.base.side import BySide
from service.heatmap.cascade.book_depth import DepthCurve, depth_curve
from service.heatmap.cascade.executed_share import USUAL, ExecutedShare
from service.heatmap.cascade.fragility import WITHIN, Fragility, cascade_ratios, fragility_of

PRICE = 100.0
STEPS = np.arange(1, 101) * 0.05
BIDS = np.column_stack([PRICE - STEPS, np.full(100, 5.0)])
ASKS = np.column_stack([PRICE + STEPS, np.full(100, 10.0)])
DOWN, UP = depth_curve(BIDS, PRICE, "down"), depth_curve(ASKS, PRICE, "up")
BOOKS: BySide[DepthCurve | None] = BySide(DOWN, UP)
EDGES = np.linspace(80.0, 120.0, 401)
LONG = np.where(EDGES[:-1] < PRICE, 1_000.0, 0.0)
SHORT = np.where(EDGES[:-1] >= PRICE, 500.0, 0.0)


STANDING = BySide(LONG, SHORT)
OPEN_INTEREST = 400_000.0


def test_counted_by_hand() -> None:
    """30 bins of longs within 3 %, of which the usual share is executed, over a book 3.4 times thinner than seen."""
    found = fragility_of(BOOKS, EDGES, STANDING, USUAL, OPEN_INTEREST)
    assert found.long is not None
    assert found.short is not None
    near = BIDS[:, 0] >= PRICE * (1 - WITHIN) - 1e-9
    seen = float((BIDS[near, 0] * BIDS[near, 1]).sum())
    assert found.long.forced_usd == pytest.approx(USUAL.q50 * 30 * 1_000.0)
    assert found.long.depth_usd == pytest.approx(seen / 3.4, rel=1e-6)
    assert found.long.ratio == pytest.approx(found.long.forced_usd / found.long.depth_usd)
    assert found.short.ratio < found.long.ratio
    assert (found.long.seen_share, found.short.seen_share) == pytest.approx((0.5, 0.25))


def test_limits() -> None:
    """An empty map is not fragile, a thinner book is more so, and without a book nothing is said."""
    nothing = np.zeros(400)
    empty = fragility_of(BOOKS, EDGES, BySide(nothing, nothing), USUAL, OPEN_INTEREST)
    assert empty.long == Fragility(0.0, empty.long.depth_usd if empty.long else 0.0, 0.0, 0.0, 0.0, None)
    thinner = BySide[DepthCurve | None](depth_curve(BIDS * [1.0, 0.1], PRICE, "down"), UP)
    thin = fragility_of(thinner, EDGES, STANDING, USUAL, OPEN_INTEREST).long
    usual = fragility_of(BOOKS, EDGES, STANDING, USUAL, OPEN_INTEREST).long
    assert thin is not None
    assert usual is not None
    assert thin.ratio == pytest.approx(10 * usual.ratio)
    assert thin.critical_share >= usual.critical_share
    none = fragility_of(BySide(None, None), EDGES, STANDING, USUAL, OPEN_INTEREST)
    assert none == BySide(None, None)


@pytest.mark.parametrize(("direction", "at"), [("down", 98.5), ("up", 101.5)])
def test_where_it_could_run_away(direction: str, at: float) -> None:
    """A clump that no book of an event takes makes R pass 1 in every draw, first a percent before it."""
    clump = np.where(
        (EDGES[:-1] >= 96.5) & (EDGES[1:] <= 97.5) | (EDGES[:-1] >= 102.5) & (EDGES[1:] <= 103.5), 1e6, 1.0
    )
    found = fragility_of(BOOKS, EDGES, BySide(clump, clump), ExecutedShare(0.2, 0.5, 1.0), OPEN_INTEREST)
    one = found.long if direction == "down" else found.short
    assert one is not None
    assert (one.critical_share, one.could_run_away) == (1.0, True)
    assert one.critical_price == pytest.approx(at, abs=0.26)
    calm = fragility_of(BOOKS, EDGES, BySide(clump, clump), ExecutedShare.about(0.0), OPEN_INTEREST).long
    assert calm is not None
    assert (calm.critical_share, calm.critical_price, calm.could_run_away) == (0.0, None, False)


def test_ratios_of_spans() -> None:
    """1,000 USD of which half is forced, over 19 levels in a dollar, 3.4 times thinner; where no book is, no limit."""
    low, high = 98.0, 99.0
    resting = float((BIDS[(BIDS[:, 0] >= low - 1e-9) & (BIDS[:, 0] < high - 1e-9)] @ np.array([5.0, 0.0])).sum())
    ratio = cascade_ratios(DOWN, [(low, high, 1_000.0), (100.5, 101.0, 5.0), (97.0, 97.5, 0.0)], 0.5)
    assert ratio[0] == pytest.approx(0.5 * 1_000.0 / (resting / 3.4), rel=1e-6)
    assert ratio[1:].tolist() == [np.inf, 0.0]
