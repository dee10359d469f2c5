"""A position is refused by the first field that cannot be."""

from dataclasses import replace
from math import inf, nan
from typing import Any

import pytest

from service.heatmap.base.errors import BadInput
from service.heatmap.base.side import Side
from service.heatmap.margin.position import MAX_LEVERAGE, Position, check_position

ISOLATED = Position(Side.LONG, entry=100.0, size=2.0, leverage=10.0)
CROSS = replace(ISOLATED, mode="cross", margin=50.0)


@pytest.mark.parametrize(
    "position",
    [
        ISOLATED,
        CROSS,
        replace(ISOLATED, leverage=None, margin=20.0),
        replace(ISOLATED, leverage=1.0),
        replace(ISOLATED, leverage=MAX_LEVERAGE, taker_fee=0.0999),
        replace(CROSS, other_maintenance=5.0, other_pnl=-5.0, hedge_size=1.0, hedge_entry=90.0),
    ],
)
def test_what_can_be_is_taken(position: Position) -> None:
    """Leverage or margin alone is enough in isolated mode; other positions belong to cross."""
    check_position(position)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"entry": 0.0}, "entry"),
        ({"entry": nan}, "entry"),
        ({"size": -1.0}, "size"),
        ({"mark": inf}, "mark"),
        ({"margin": 0.0}, "margin"),
        ({"hedge_entry": -1.0}, "hedge_entry"),
        ({"mode": "portfolio"}, "margin_mode"),
        ({"leverage": 0.9}, "leverage"),
        ({"leverage": MAX_LEVERAGE + 1}, "leverage"),
        ({"leverage": None, "margin": None}, "margin"),
        ({"mode": "cross", "margin": None}, "margin"),
        ({"taker_fee": 0.1}, "taker_fee"),
        ({"taker_fee": -0.001}, "taker_fee"),
        ({"other_maintenance": 1.0}, "other_maintenance"),
        ({"other_pnl": 1.0}, "other_pnl"),
        ({"hedge_size": 1.0}, "hedge_size"),
        ({"mode": "cross", "margin": 50.0, "other_maintenance": -1.0}, "other_maintenance"),
        ({"mode": "cross", "margin": 50.0, "other_pnl": nan}, "other_pnl"),
        ({"mode": "cross", "margin": 50.0, "hedge_size": inf}, "hedge_size"),
    ],
)
def test_what_cannot_be_is_named(change: dict[str, Any], field: str) -> None:
    """By its field, as callers know it."""
    with pytest.raises(BadInput) as caught:
        check_position(replace(ISOLATED, **change))
    assert caught.value.field == field


def test_a_move_starts_at_the_mark() -> None:
    """At the entry where no mark is given."""
    assert ISOLATED.reference == 100
    assert replace(ISOLATED, mark=110.0).reference == 110
