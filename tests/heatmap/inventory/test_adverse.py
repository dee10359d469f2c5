import numpy as np
import pytest

from service.heatmap.base.side import Side
from service.heatmap.inventory.adverse import ENTRY_SPREAD, adverse_log_price, side_path
from tests.support.kernel_market import random_bars


@pytest.mark.parametrize("side", Side)
def test_it_grows_in_the_direction_that_liquidates(side: Side) -> None:
    """For longs a lower price is further on, for shorts a higher one, and the price can be had back."""
    prices = np.array([90.0, 100.0, 110.0])
    adverse = adverse_log_price(prices, side)
    assert (np.diff(adverse) * side.sign < 0).all()
    np.testing.assert_allclose(np.exp(-side.sign * adverse), prices)


@pytest.mark.parametrize("side", Side)
def test_the_path_of_a_side(side: Side) -> None:
    """Entries lie near the close within the range, and what is reached is the worst mark price of the bar."""
    bars = random_bars(3, 50, marks="wider")
    path = side_path(bars, side)
    ends = np.sort([adverse_log_price(bars.low, side), adverse_log_price(bars.high, side)], axis=0)
    spread = ENTRY_SPREAD * (ends[1] - ends[0])
    assert (ends[0] <= path.near).all()
    assert (path.near <= path.cut).all()
    assert (path.cut <= path.far).all()
    assert (path.far <= ends[1]).all()
    assert (path.cut - path.near <= spread * (1 + 1e-9)).all()
    assert (path.far - path.cut <= spread * (1 + 1e-9)).all()
    worst = bars.mark_low if side is Side.LONG else bars.mark_high
    np.testing.assert_allclose(path.reach, adverse_log_price(worst, side))


def test_sides_mirror() -> None:
    """The reciprocal prices of one side run the path of the other."""
    bars = random_bars(5, 20)
    turned = type(bars)(
        **vars(bars)
        | {"open": 1 / bars.open, "high": 1 / bars.low, "low": 1 / bars.high, "close": 1 / bars.close}
        | {"mark_low": 1 / bars.mark_high, "mark_high": 1 / bars.mark_low}
    )
    for name, values in vars(side_path(bars, Side.LONG)).items():
        np.testing.assert_allclose(getattr(side_path(turned, Side.SHORT), name), values, atol=1e-12)
