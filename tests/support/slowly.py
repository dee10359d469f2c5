"""Values of a test of which the fast set tries some: all are tried, but most of them where there is time."""

from collections.abc import Iterable
from typing import Any

import pytest


def few_fast(values: Iterable[Any], fast: int = 1) -> list[Any]:
    """Return the values, those after the first `fast` of them marked slow."""
    return [value if at < fast else _slow(value) for at, value in enumerate(values)]


def _slow(value: Any) -> Any:
    parts = value if isinstance(value, tuple) else (value,)
    return pytest.param(*parts, marks=pytest.mark.slow)
