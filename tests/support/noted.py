"""Instruments that keep what they are told, in order, for tests to read."""

from typing import Any


class Noted:
    """See Instruments: every call is kept as its name and its arguments."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self.told: list[list[Any]] = []

    def __getattr__(self, name: str) -> Any:
        """Return a function that keeps what it is given under its name."""
        return lambda *given: self.told.append([name, *given])

    def of(self, name: str) -> list[list[Any]]:
        """Return the arguments of each call of that name."""
        return [given for called, *given in self.told if called == name]
