"""Assembly: a request out of the parsed values of a query, whose names are those of the request's fields."""

from collections.abc import Mapping
from dataclasses import MISSING, Field, fields, is_dataclass
from functools import cache
from typing import Any, TypeVar, get_type_hints

T = TypeVar("T")


def assembled(kind: type[T], values: Mapping[str, Any]) -> T:
    """Return a dataclass made of the values of its fields' names.

    A field that is a dataclass itself, and has no value of its own name, is assembled from the same values; a list
    becomes a tuple. Raises KeyError for a field that has neither a value nor a default.
    """
    hints = _hints(kind)  # type: ignore[arg-type]  # a class is hashable, whichever T is
    parts = {field.name: _value(field, hints[field.name], values) for field in fields(kind)}  # type: ignore[arg-type]  # fields of several types
    return kind(**parts)


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    """Return the types of a dataclass' fields; looking them up takes a seventh of reading a request."""
    return get_type_hints(kind)


def _value(field: "Field[Any]", hint: Any, values: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what queries hold
    if field.name in values:
        value = values[field.name]
        return tuple(value) if isinstance(value, list) else value
    if isinstance(hint, type) and is_dataclass(hint):
        return assembled(hint, values)
    if field.default is MISSING:
        raise KeyError(field.name)
    return field.default
