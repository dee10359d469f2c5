import math

import pytest

from service.heatmap.zones.score import cold_score, hot_score


def test_hot_score_on_paper() -> None:
    """log1p(notional / depth) x heat x data quality."""
    parts = hot_score(3e6, 1e6, "book", 0.9, 0.8)
    assert parts.score == pytest.approx(math.log(4.0) * 0.9 * 0.8)
    assert (parts.depth, parts.depth_source) == (1e6, "book")


def test_hot_score_is_bounded() -> None:
    """Nothing in the book does not make its score infinite."""
    assert hot_score(1e6, 0.0, "book", 1.0, 1.0).score == pytest.approx(math.log1p(1e6))


def test_cold_score_grows_with_width_and_emptiness() -> None:
    """log1p(width in ATR) x (1 - heat) x data quality, never negative."""
    assert cold_score(1.0, 0.25, 0.5).score == pytest.approx(math.log(2.0) * 0.75 * 0.5)
    assert cold_score(1.0, 1.0, 1.0).score == 0.0
