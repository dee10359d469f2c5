"""A market's fragility is told by side, with its parts, or not at all."""

from service.api.schemas.fragility import fragility_body
from service.heatmap import BySide
from service.heatmap.cascade import Fragility


def test_by_side_with_its_parts() -> None:
    """Amounts to the cent; a side without a book is null; no book, nothing."""
    body = fragility_body(BySide(Fragility(1_000.123, 4_000.567, 0.24999), None))
    assert body == {"long": {"forced_usd": 1000.12, "depth_usd": 4000.57, "ratio": 0.24999}, "short": None}
    assert fragility_body(None) is None
