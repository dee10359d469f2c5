"""The body of several positions: strict in its names, its numbers and how many there are."""

from typing import Any

import pytest
from marshmallow import ValidationError

from service.analysis.position.request import LiquidationPriceRequest
from service.api.query.positions import MOST_POSITIONS, PositionSchema, PositionsSchema

GOOD = {"exchange": "sim", "side": "long", "entry": 60000, "leverage": 10}


def test_a_position_becomes_a_request() -> None:
    """As the parameters of one would."""
    request = PositionSchema().load(GOOD)
    assert isinstance(request, LiquidationPriceRequest)
    assert PositionSchema().load(GOOD | {"entry": "60000"}) == request


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"leverge": 5}, "leverge"),
        ({"leverage": True}, "leverage"),
        ({"entry": False}, "entry"),
        ({"entry": "x"}, "entry"),
        ({"entry": "1_000"}, "entry"),
        ({"entry": "１２"}, "entry"),  # noqa: RUF001 - digits of another script
        ({"leverage": " 5"}, "leverage"),
        ({"entry": "5\n"}, "entry"),
    ],
)
def test_what_cannot_be_is_named(change: dict[str, Any], field: str) -> None:
    """A misspelt name, a truth where a number belongs, which Python would count as 1, a number GET would not read."""
    with pytest.raises(ValidationError) as caught:
        PositionSchema().load(GOOD | change)
    assert list(caught.value.messages_dict) == [field]


@pytest.mark.parametrize("count", [0, MOST_POSITIONS + 1])
def test_as_many_as_can_be_answered(count: int) -> None:
    """One at least, and a thousand at most."""
    assert PositionsSchema().validate({"positions": [GOOD] * MOST_POSITIONS}) == {}
    assert list(PositionsSchema().validate({"positions": [GOOD] * count})) == ["positions"]
    assert list(PositionsSchema().validate({"positions": [GOOD], "more": 1})) == ["more"]
