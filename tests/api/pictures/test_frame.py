"""Frame: prices and columns have their places."""

import pytest

from service.api.pictures.frame import Frame, Sizes

FRAME = Frame(left=10.0, top=20.0, right=110.0, bottom=220.0, low=50.0, high=60.0, columns=4)


def test_prices_rise_upwards_and_columns_go_right() -> None:
    """Edges meet edges."""
    assert [FRAME.y(price) for price in (50.0, 55.0, 60.0)] == [220.0, 120.0, 20.0]
    assert [FRAME.x(column) for column in (0, 2, 4)] == [10.0, 60.0, 110.0]
    assert FRAME.held(70.0) == 20.0
    assert FRAME.held(10.0) == 220.0
    assert FRAME.has(55.0)
    assert not FRAME.has(61.0)


@pytest.mark.parametrize("size", [(320, 240), (1200, 675), (2400, 1600)])
def test_a_map_has_most_of_the_picture(size: tuple[int, int]) -> None:
    """Margins and text grow with it, and leave room."""
    sizes = Sizes.of(*size)
    assert sizes.axis + sizes.room < 0.4 * size[0]
    assert sizes.header + sizes.footer < 0.45 * size[1]
    assert sizes.small >= 8
