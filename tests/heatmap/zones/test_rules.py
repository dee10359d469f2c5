from dataclasses import fields
from typing import Any

import pytest

from service.heatmap.zones.rules import ZoneRules
from tests.support.rules_docs import rules_in_docstring


@pytest.mark.parametrize(
    "change",
    [
        {"stop_atr": -1.0},
        {"standing_share": 1.1},
        {"colours": (0.5, 0.4, 0.6, 0.8)},
    ],
)
def test_nonsense_is_refused_by_name(change: dict[str, Any]) -> None:
    """A rule that cannot hold is named."""
    with pytest.raises(ValueError, match=f"^{next(iter(change))}: "):
        ZoneRules(**change)


def test_every_rule_is_documented() -> None:
    """The docstring says what each field is, in their order, and names no other."""
    assert rules_in_docstring(ZoneRules) == [field.name for field in fields(ZoneRules)]
