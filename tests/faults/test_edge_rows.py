"""The rows of the edge in their quick form: callers of one server that stops, and callers with wrong keys."""

import pytest

from tests.faults import edge_rows


@pytest.mark.slow
def test_a_server_that_stops() -> None:
    """Every caller gets what it asked for."""
    row = edge_rows.stopped(3)
    assert row.holds, row.figures


@pytest.mark.slow
def test_wrong_keys() -> None:
    """They cost next to nothing."""
    row = edge_rows.wrong_keys(1000, 4.0)
    assert row.holds, row.figures
