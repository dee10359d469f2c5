import numpy as np
import pytest

from service.heatmap.base.side import Side
from service.heatmap.density.points import BLOCK, Points, point_excess
from service.heatmap.density.side import map_side

CENTRES = (np.arange(300) + 0.5).astype(np.float64)
WIDTHS = (0.2, 1.7, 6.0)


@pytest.mark.parametrize("side", Side)
def test_each_point_stands_out_as_on_its_smoothed_side(side: Side) -> None:
    """Every bin of random columns, empty stretches and both ends of the side among them, against map_side."""
    random = np.random.default_rng(3)
    grid = random.exponential(1.0, (8, 300)) * (random.random((8, 300)) < 0.2)
    grid[:, 130:180] = 0.0
    columns, bins = (axis.ravel() for axis in np.meshgrid(np.arange(8), np.arange(300), indexing="ij"))
    sigma = np.array([WIDTHS[column % 3] for column in range(8)])
    price = np.linspace(150.0, 199.0, 8)
    start = np.zeros(8, int) if side is Side.LONG else np.searchsorted(CENTRES, price, "right")
    stop = np.searchsorted(CENTRES, price, "left") if side is Side.LONG else np.full(8, 300)
    wanted = np.full((8, 300), -np.inf)
    for column in range(8):
        one = map_side(
            CENTRES, grid[column], price[column], side,
            sigma_bins=sigma[column], background_bins=5 * sigma[column], reach=50.0,
        )  # fmt: skip
        outward = one.excess[::-1] if side is Side.LONG else one.excess
        wanted[column, start[column] : stop[column]] = outward
    points = Points(columns, bins, start[columns], stop[columns], sigma[columns], 5 * sigma[columns])
    assert len(bins) > 2 * BLOCK
    np.testing.assert_allclose(point_excess(grid, points).reshape(8, 300), wanted, rtol=1e-9, atol=1e-9)


def test_no_points_is_an_answer() -> None:
    """Nothing asked, nothing said."""
    none, amounts = np.zeros(0, dtype=np.int64), np.zeros(0)
    assert point_excess(np.ones((2, 9)), Points(none, none, none, none, amounts, amounts)).tolist() == []
