import numpy as np
import pytest

from service.heatmap.cascade.book_depth import depth_curve
from service.heatmap.cascade.shock import Shock, liquidated, shock_displacement
from tests.support.even_book import ASKS, BIDS, EDGES, PRICE, clump

DOWN, UP = depth_curve(BIDS, PRICE, "down"), depth_curve(ASKS, PRICE, "up")


@pytest.mark.parametrize(
    ("shock", "direction", "start", "order"),
    [
        (Shock(move_pct=-5.0), "down", 0.05, 0.0),
        (Shock(move_pct=5.0), "up", 0.05, 0.0),
        (Shock(sell_usd=2e3), "down", 0.0, 2e3),
        (Shock(buy_usd=2e3), "up", 0.0, 2e3),
    ],
)
def test_what_a_shock_is(shock: Shock, direction: str, start: float, order: float) -> None:
    """A move carries the price to where it says; an order has a size and no move of its own."""
    assert (shock.direction, shock.start, shock.order_usd) == (direction, start, order)


@pytest.mark.parametrize(
    ("shock", "message"),
    [
        (Shock(), "exactly one of"),
        (Shock(move_pct=-1.0, sell_usd=1.0), "exactly one of"),
        (Shock(move_pct=0.0), "move_pct must be"),
        (Shock(move_pct=-91.0), "move_pct must be"),
        (Shock(sell_usd=-1.0), "sell_usd must be above 0"),
        (Shock(buy_usd=float("inf")), "buy_usd must be above 0"),
    ],
)
def test_what_no_shock_can_be(shock: Shock, message: str) -> None:
    """None, two, or one out of range is refused by name."""
    with pytest.raises(ValueError, match=f"^{message}"):
        _ = shock.direction


def test_liquidations_on_the_way() -> None:
    """Half of a clump between 94 and 96 is liquidated at 95, all of it at 94 and none at 96; none of it upwards."""
    map_ = clump(94.0, 96.0, 800.0)
    assert liquidated(EDGES, map_, DOWN, np.array([0.03, 0.04, 0.05, 0.06, 0.2])) == pytest.approx(
        [0, 0, 400, 800, 800]
    )
    assert liquidated(EDGES, map_, UP, np.array([0.2])).tolist() == [0.0]


@pytest.mark.parametrize(
    ("usd", "depth", "comes_to", "still_left"),
    [(2_500.0, 1.0, 0.0075, 0.0), (2_500.0, 0.5, 0.0125, 0.0), (50_000.0, 1.0, 0.1, 10_000.0)],
)
def test_an_order_walks_the_visible_book(usd: float, depth: float, comes_to: float, still_left: float) -> None:
    """Of 40 levels of 1,000 USD it takes as many as fill it, or all of them with some of it left."""
    distance, taken, left = shock_displacement(DOWN, Shock(sell_usd=usd), np.array([depth]))
    assert (distance[0], taken[0], left[0]) == pytest.approx((comes_to, 0.0, still_left))


def test_a_move_comes_to_where_it_says() -> None:
    """Whatever the depth of the book; it clears the levels nearer than that."""
    for depth in (0.5, 1.0, 2.0):
        distance, taken, left = shock_displacement(UP, Shock(move_pct=1.0), np.array([depth]))
        assert (distance[0], taken[0], left[0]) == pytest.approx((0.01, 3_000.0, 0.0))
