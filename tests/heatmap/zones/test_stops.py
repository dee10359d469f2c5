import pytest

from service.heatmap.base.side import Side
from service.heatmap.zones.stops import Stop, on_tick, stop_beyond


@pytest.mark.parametrize(("side", "price"), [(Side.LONG, 88.0), (Side.SHORT, 97.0)])
def test_the_stop_lies_beyond_the_far_edge(side: Side, price: float) -> None:
    """A long zone is bought from above, so its stop is below it; a short zone is the mirror image."""
    assert stop_beyond(side, 90.0, 95.0, 4.0, 0.5) == Stop(price, 0.5)


@pytest.mark.parametrize(
    ("side", "price", "tick", "expected"),
    [
        (Side.LONG, 81731.928, 0.1, 81731.9),
        (Side.SHORT, 81879.1779, 0.1, 81879.2),
        (Side.LONG, 0.3, 0.1, 0.3),
        (Side.SHORT, 0.3, 0.1, 0.3),
        (Side.LONG, 0.00001234567, 1e-8, 0.00001234),
        (Side.SHORT, 63000.2, 0.5, 63000.5),
        (Side.SHORT, 63000.2, 0.0, 63000.2),
        (Side.SHORT, 63000.2, float("nan"), 63000.2),
    ],
)
def test_the_stop_is_a_price_that_the_market_takes(side: Side, price: float, tick: float, expected: float) -> None:
    """The next one away from the zone, written as the market writes it; as it is where the step is not known."""
    assert on_tick(Stop(price, 0.5), side, tick) == Stop(expected, 0.5)
