from dataclasses import fields
from typing import Any

import pytest

from service.heatmap.levels.rules import LevelRules
from tests.support.rules_docs import rules_in_docstring


@pytest.mark.parametrize(
    "change",
    [
        {"smoothing_atr": float("inf")},
        {"pivot_bars": 0},
        {"wall_cells": 0},
        {"value_area": 1.1},
        {"volume_bin_pct": 0.0},
        {"node_high_percentile": 100.5},
        {"node_low_percentile": 100.5},
    ],
)
def test_nonsense_is_refused_by_name(change: dict[str, Any]) -> None:
    """A rule that cannot hold is named."""
    with pytest.raises(ValueError, match=f"^{next(iter(change))}: "):
        LevelRules(**change)


def test_every_rule_is_documented() -> None:
    """The docstring says what each field is, in their order, and names no other."""
    assert rules_in_docstring(LevelRules) == [field.name for field in fields(LevelRules)]
