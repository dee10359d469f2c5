from dataclasses import fields
from typing import Any

import pytest

from service.heatmap.density.hot_cold_thresholds import DensityRules
from tests.support.rules_docs import rules_in_docstring


@pytest.mark.parametrize(
    "change", [{"core_atr": -1.0}, {"window_pct": float("nan")}, {"hot": 1.1}, {"hot_peak": 1.1}, {"cold": 1.1}]
)
def test_nonsense_is_refused_by_name(change: dict[str, Any]) -> None:
    """A rule that cannot hold is named."""
    with pytest.raises(ValueError, match=f"^{next(iter(change))}: "):
        DensityRules(**change)


def test_every_rule_is_documented() -> None:
    """The docstring says what each field is, in their order, and names no other."""
    assert rules_in_docstring(DensityRules) == [field.name for field in fields(DensityRules)]
