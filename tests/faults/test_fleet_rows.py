"""The rows of a shared cache in their quick form."""

import pytest

from tests.faults import fleet_rows
from tests.faults.rows import BUSY


@pytest.mark.slow
def test_a_cache_that_breaks() -> None:
    """Replicas answer without it."""
    row = fleet_rows.broken_cache(3.0, BUSY)
    assert row.holds, row.figures
