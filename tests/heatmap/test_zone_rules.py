from typing import Any

import pytest

from service.heatmap.zone_rules import ZoneRules


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"smoothing_pct": -1.0}, "smoothing_pct"),
        ({"window_pct": float("nan")}, "window_pct"),
        ({"cold_percentile": 101.0}, "cold_percentile"),
        ({"hot_extent": 1.1}, "hot_extent"),
        ({"valley": 1.1}, "valley"),
        ({"pivot_bars": 0}, "pivot_bars"),
        ({"colours": (0.5, 0.4, 0.6, 0.8)}, "colours"),
    ],
)
def test_nonsense_is_refused_by_name(change: dict[str, Any], name: str) -> None:
    """A rule that cannot hold is named."""
    with pytest.raises(ValueError, match=name):
        ZoneRules(**change)
