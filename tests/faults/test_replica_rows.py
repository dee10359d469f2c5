"""The rows of several replicas in their quick form."""

import pytest

from tests.faults import replica_rows
from tests.faults.rows import BUSY
from tests.support import outside


@pytest.mark.slow
@pytest.mark.skipif(outside.nginx() is None, reason="nginx is not installed")
def test_a_fleet() -> None:
    """Replicas behind a balancer answer as one."""
    row = replica_rows.fleet(15.0, 2.0, 0.5, 0.5)
    assert row.holds, row.figures


@pytest.mark.slow
def test_an_exchange_that_refuses_them_together() -> None:
    """They ask it no more often than one would."""
    row = replica_rows.refused_together(8.0, BUSY)
    assert row.holds, row.figures
