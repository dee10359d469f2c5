import pytest

from service.heatmap.base.side import Side
from service.heatmap.zones.stops import Stop, stop_beyond


@pytest.mark.parametrize(("side", "price"), [(Side.LONG, 88.0), (Side.SHORT, 97.0)])
def test_the_stop_lies_beyond_the_far_edge(side: Side, price: float) -> None:
    """A long zone is bought from above, so its stop is below it; a short zone is the mirror image."""
    assert stop_beyond(side, 90.0, 95.0, 4.0, 0.5) == Stop(price, 0.5)
