import pytest

from service.heatmap.levels.level import Level, at_price


def test_a_single_price_is_a_band_of_no_width() -> None:
    """A level at a price has both its edges there."""
    level = at_price("swing_high", 101.5, 7)
    assert (level.kind, level.price, level.low, level.high, level.time, level.size) == (
        "swing_high", 101.5, 101.5, 101.5, 7, None,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("low", "high", "met"),
    [(90.0, 95.0, False), (90.0, 98.0, True), (99.0, 99.5, True), (102.0, 110.0, True), (102.1, 110.0, False)],
)
def test_a_band_meets_what_it_touches(low: float, high: float, met: bool) -> None:
    """Bands that share a price overlap, an edge being enough."""
    assert Level("bid_wall", 100.0, 98.0, 102.0).overlaps(low, high) is met
