import re
from dataclasses import fields
from typing import Any

import pytest

from service.heatmap.zones.rules import ZoneRules


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"smoothing_pct": -1.0}, "smoothing_pct"),
        ({"window_pct": float("nan")}, "window_pct"),
        ({"cold_percentile": 101.0}, "cold_percentile"),
        ({"hot_extent": 1.1}, "hot_extent"),
        ({"valley": 1.1}, "valley"),
        ({"pivot_bars": 0}, "pivot_bars"),
        ({"volume_bin_pct": 0.0}, "volume_bin_pct"),
        ({"colours": (0.5, 0.4, 0.6, 0.8)}, "colours"),
    ],
)
def test_nonsense_is_refused_by_name(change: dict[str, Any], name: str) -> None:
    """A rule that cannot hold is named."""
    with pytest.raises(ValueError, match=name):
        ZoneRules(**change)


def test_every_rule_is_documented() -> None:
    """The docstring says what each field is, in their order, and names no other."""
    told = re.findall(r"^ +([a-z_]+) {2,}\S", str(ZoneRules.__doc__), re.MULTILINE)
    assert told == [field.name for field in fields(ZoneRules)]
