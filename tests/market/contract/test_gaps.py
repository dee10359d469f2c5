"""A hole is a long run of missing rows, and nothing else is."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from service.market.contract.gaps import LONG_GAP, gap_span


@settings(deadline=None)
@given(st.sets(st.integers(0, 60)), st.integers(0, 30), st.booleans())
def test_holes_are_the_long_runs_between_the_ends(there: set[int], since: int, ended: bool) -> None:
    """Proves the range against a plain walk over every step."""
    until = 61
    time = np.array(sorted(there), dtype=np.int64)
    last = until if ended else max([since, *(t + 1 for t in there if t >= since)])
    missing = [t for t in range(since, last) if t not in there]
    runs = [run for run in np.split(missing, np.flatnonzero(np.diff(missing) > 1) + 1) if len(run) >= LONG_GAP]
    expected = (int(runs[0][0]), int(runs[-1][-1]) + 1) if runs else None
    assert gap_span(time, since, until if ended else None, 1) == expected


def test_a_start_between_two_steps_is_no_hole() -> None:
    """Proves that only whole steps count."""
    assert gap_span(np.arange(1000, 2000, 100), 401, 2000, 100) == (500, 1000)
    assert gap_span(np.arange(1000, 2000, 100), 501, 2000, 100) is None
