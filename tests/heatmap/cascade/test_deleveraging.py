"""What is left for auto-deleveraging is counted by hand, and no book, fund or margin makes it more than was forced."""

import numpy as np
import pytest

from service.heatmap.cascade.book_depth import depth_curve
from service.heatmap.cascade.deleveraging import Insurance, auto_deleveraging, check_insurance
from service.heatmap.cascade.met_book import MetBook
from service.heatmap.cascade.shock import Shock
from service.heatmap.cascade.walk import Sweep, Walk, walk
from tests.support.even_book import BIDS, EDGES, PRICE, clump

ONE = np.ones(1)


def walked(margin: float, bids: np.ndarray = BIDS) -> Walk:
    """Return a move to 99 that forces 2,000 USD, half of it filled at 99 and half at 98.75."""
    sweep = Sweep.of(EDGES, clump(99, 100, 2_000.0)[None], PRICE, "down")
    book = MetBook(ONE, ONE, np.zeros(1), 5.0)
    return walk(depth_curve(bids, PRICE, "down"), Shock(move_pct=-1.0), sweep, ONE, book, margin=margin)


@pytest.mark.parametrize(("fund", "left"), [(0.0, 1_000.0), (400.0, 600.0), (1_000.0, 0.0), (5_000.0, 0.0)])
def test_by_hand(fund: float, left: float) -> None:
    """1,000 of 2,000 USD are filled more than .125 % beyond, of which the fund takes over what it can."""
    insurance = Insurance(0.00125, fund)
    found = auto_deleveraging(walked(0.00125), ONE, insurance)
    assert found.usd == pytest.approx((left,) * 3)
    assert found.share == pytest.approx((left / 2_000.0,) * 3)


def test_a_margin_that_lasts_leaves_nothing() -> None:
    """Filled within their margin, orders cost nobody anything; nothing forced is a share of nothing."""
    assert auto_deleveraging(walked(0.01), ONE, Insurance(0.01, 0.0)).usd == (0.0, 0.0, 0.0)
    assert auto_deleveraging(walked(0.0), np.zeros(1), Insurance(0.0, 0.0)).share == (0.0, 0.0, 0.0)


def test_without_a_book_all_of_it_is_left() -> None:
    """What finds no taker within its margin is left, and never more than was forced."""
    found = auto_deleveraging(walked(0.001, BIDS * [1.0, 1e-9]), ONE, Insurance(0.001, 0.0))
    assert found.share == pytest.approx((1.0, 1.0, 1.0), abs=0.02)
    assert found.usd[2] <= 2_000.0 + 1e-6


@pytest.mark.parametrize(
    ("insurance", "says"),
    [
        (Insurance(-0.1, 0.0), "margin must be 0 to 1"),
        (Insurance(0.1, -1.0), "usd must be at least 0"),
        (Insurance(0.1, float("inf")), "usd must be at least 0"),
    ],
)
def test_bad_settings(insurance: Insurance, says: str) -> None:
    """Refused by name."""
    with pytest.raises(ValueError, match=says):
        check_insurance(insurance)
