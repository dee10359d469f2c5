from dataclasses import fields
from typing import Any

import pytest

from service.heatmap.touches.rules import TouchRules
from tests.support.rules_docs import rules_in_docstring


@pytest.mark.parametrize(
    "change",
    [
        {"volume_bars": 0},
        {"long_wick": 1.1},
        {"bootstraps": -1},
        {"spike_z": float("nan")},
    ],
)
def test_nonsense_is_refused_by_name(change: dict[str, Any]) -> None:
    """A rule that cannot hold is named."""
    with pytest.raises(ValueError, match=f"^{next(iter(change))}: "):
        TouchRules(**change)


def test_every_rule_is_documented() -> None:
    """The docstring says what each field is, in their order, and names no other."""
    assert rules_in_docstring(TouchRules) == [field.name for field in fields(TouchRules)]
