from dataclasses import fields
from typing import Any

import pytest

from service.heatmap.density.rules import DensityRules
from tests.support.rules_docs import rules_in_docstring


@pytest.mark.parametrize(
    "change",
    [
        {"smoothing_pct": -1.0},
        {"window_pct": float("nan")},
        {"cold_percentile": 101.0},
        {"hot_extent": 1.1},
        {"valley": 1.1},
        {"cold_background": 1.1},
    ],
)
def test_nonsense_is_refused_by_name(change: dict[str, Any]) -> None:
    """A rule that cannot hold is named."""
    with pytest.raises(ValueError, match=f"^{next(iter(change))}: "):
        DensityRules(**change)


def test_every_rule_is_documented() -> None:
    """The docstring says what each field is, in their order, and names no other."""
    assert rules_in_docstring(DensityRules) == [field.name for field in fields(DensityRules)]


def test_faint_is_what_the_edge_of_a_hot_run_may_have() -> None:
    """A run reaches as far as `hot_extent` of its peak, and its peak has at least `hot_excess`."""
    assert DensityRules(hot_excess=0.2, hot_extent=0.25).faint_excess == 0.05
