"""Every query is strict: each parameter once, in plain digits, and none that is unknown."""

from dataclasses import dataclass
from typing import ClassVar

import pytest
from marshmallow import RAISE, ValidationError, fields, validate
from werkzeug.datastructures import MultiDict

from service.api.query.strict import StrictQuery


@dataclass(frozen=True)
class Pair:
    """Two numbers."""

    a: int
    b: float


class Query(StrictQuery):
    """Two numbers."""

    request: ClassVar[type] = Pair

    a = fields.Integer(required=True, validate=validate.Range(1, 9))
    b = fields.Float(load_default=0.5)


def test_values_become_a_request() -> None:
    """Parsed, and with defaults in place of what is left out."""
    assert Query().load(MultiDict({"a": "3"})) == Pair(3, 0.5)


@pytest.mark.parametrize(
    ("query", "field", "says"),
    [
        ([("a", "3"), ("a", "4")], "a", "given 2 times"),
        ([("a", "1_0")], "a", "whole number from 1 to 9"),
        ([("a", "3"), ("b", "nan")], "b", "Must be a number"),
        ([("a", "3"), ("c", "1")], "c", "allowed: a, b"),
    ],
)
def test_what_is_not_clear_is_refused(query: list[tuple[str, str]], field: str, says: str) -> None:
    """By the name of the parameter, with what is wrong."""
    with pytest.raises(ValidationError, match=says) as refused:
        Query().load(MultiDict(query), unknown=RAISE)
    assert list(refused.value.messages_dict) == [field]
