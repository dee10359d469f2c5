"""Rules: the checks that every set of tunable figures makes of itself."""

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from _typeshed import DataclassInstance


def check_rules(rules: "DataclassInstance", *, shares: Sequence[str] = (), counts: Sequence[str] = ()) -> None:
    """Raise ValueError unless every number of a set of rules is finite and at least 0.

    shares  names of those that must also be at most 1
    counts  names of those that must be at least 1
    """
    for field in fields(rules):
        value = getattr(rules, field.name)
        if isinstance(value, int | float) and not 0 <= value < float("inf"):
            raise ValueError(f"{field.name}: {value} is not a finite number from 0")
    for name in shares:
        if getattr(rules, name) > 1:
            raise ValueError(f"{name}: {getattr(rules, name)} is over 1")
    for name in counts:
        if getattr(rules, name) < 1:
            raise ValueError(f"{name}: {getattr(rules, name)} is not at least 1")
