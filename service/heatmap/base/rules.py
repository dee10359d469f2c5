"""Rules: the checks that every set of tunable figures makes of itself."""

from collections.abc import Sequence


def check_rules(rules: object, *, shares: Sequence[str] = (), counts: Sequence[str] = ()) -> None:
    """Raise ValueError unless every number of a dataclass of rules is finite and at least 0.

    shares  names of those that must also be at most 1
    counts  names of those that must be at least 1
    """
    for name, value in vars(rules).items():
        if isinstance(value, int | float) and not 0 <= value < float("inf"):
            raise ValueError(f"{name}: {value} is not a finite number from 0")
    for name in shares:
        if getattr(rules, name) > 1:
            raise ValueError(f"{name}: {getattr(rules, name)} is over 1")
    for name in counts:
        if getattr(rules, name) < 1:
            raise ValueError(f"{name}: {getattr(rules, name)} is not at least 1")
