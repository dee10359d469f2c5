import re
from dataclasses import fields
from typing import Any

import pytest

from service.heatmap.density.rules import DensityRules
from service.heatmap.levels.rules import LevelRules
from service.heatmap.touches.rules import TouchRules
from service.heatmap.zones.approach import ApproachRules
from service.heatmap.zones.rules import ZoneRules

EVERY = (DensityRules, LevelRules, ApproachRules, ZoneRules, TouchRules)


@pytest.mark.parametrize(
    ("owner", "change"),
    [
        (DensityRules, {"smoothing_pct": -1.0}),
        (DensityRules, {"window_pct": float("nan")}),
        (DensityRules, {"cold_percentile": 101.0}),
        (DensityRules, {"hot_extent": 1.1}),
        (DensityRules, {"valley": 1.1}),
        (DensityRules, {"cold_background": 1.1}),
        (LevelRules, {"smoothing_atr": float("inf")}),
        (LevelRules, {"pivot_bars": 0}),
        (LevelRules, {"wall_cells": 0}),
        (LevelRules, {"value_area": 1.1}),
        (LevelRules, {"volume_bin_pct": 0.0}),
        (LevelRules, {"node_high_percentile": 100.5}),
        (LevelRules, {"node_low_percentile": 100.5}),
        (ApproachRules, {"bars": 0}),
        (ApproachRules, {"efficiency": 1.1}),
        (ApproachRules, {"fast_efficiency": 1.1}),
        (ZoneRules, {"max_contrast": -1.0}),
        (ZoneRules, {"standing_share": 1.1}),
        (ZoneRules, {"colours": (0.5, 0.4, 0.6, 0.8)}),
        (TouchRules, {"volume_bars": 0}),
        (TouchRules, {"long_wick": 1.1}),
        (TouchRules, {"bootstraps": -1}),
    ],
)
def test_nonsense_is_refused_by_name(owner: type, change: dict[str, Any]) -> None:
    """A rule that cannot hold is named."""
    with pytest.raises(ValueError, match=f"^{next(iter(change))}: "):
        owner(**change)


@pytest.mark.parametrize("owner", EVERY)
def test_every_rule_is_documented(owner: type) -> None:
    """The docstring says what each field is, in their order, and names no other."""
    told = re.findall(r"^ +([a-z_]+) {2,}\S", str(owner.__doc__), re.MULTILINE)
    assert told == [field.name for field in fields(owner)]
