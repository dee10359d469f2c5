"""A market's fragility is told by side, with its parts, or not at all."""

import pytest

from service.api.schemas.fragility import FragilitySchema, fragility_body
from service.heatmap import BySide
from service.heatmap.cascade import NAMED_FROM, Fragility


@pytest.mark.parametrize(
    ("share", "named"), [(0.0, False), (NAMED_FROM - 0.01, False), (NAMED_FROM, True), (1.0, True)]
)
def test_by_side_with_its_parts(share: float, named: bool) -> None:
    """Amounts to the cent; a side without a book is null; a market that could run away is named."""
    one = Fragility(1_000.123, 4_000.567, 0.24999, 0.43215, share, 96.5 if share else None)
    body = fragility_body(BySide(one, None))
    assert body is not None
    assert FragilitySchema().validate(body) == {}
    assert body["long"] == {
        "forced_usd": 1000.12,
        "depth_usd": 4000.57,
        "ratio": 0.24999,
        "seen_share": 0.4321,
        "critical_share": share,
        "critical_price": 96.5 if share else None,
        "could_run_away": named,
    }
    assert body["short"] is None


def test_no_book_nothing() -> None:
    """Null."""
    assert fragility_body(None) is None
