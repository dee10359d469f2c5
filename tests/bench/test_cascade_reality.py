from dataclasses import replace

import pytest

from bench import cascade_reality as bench
from tests.support.hand_made import steady


def test_a_fall_on_paper() -> None:
    """Of hours of 99.5 to 100.5 one that trades 97 counts, as far as 2 % below its mark, or 4 % with the next at 95."""
    bars = steady(bench.WARM_UP + 5)
    low = bars.low.copy()
    low[bench.WARM_UP + 1] = 97.0
    fallen = replace(bars, low=low)
    assert bench.falls(bars) == []
    assert bench.falls(fallen) == [bench.WARM_UP + 1]
    assert bench.realised(fallen, bench.WARM_UP + 1) == pytest.approx(2.0)
    low[bench.WARM_UP + 2] = 95.0
    assert bench.realised(fallen, bench.WARM_UP + 1) == pytest.approx(4.0)


def test_the_typical_book() -> None:
    """A hundredth of open interest rests in each percent, down to 5 %."""
    book = bench.typical_book(100.0, 1_000.0)
    assert book[book[:, 0] >= 99.0 - 1e-9, 1].sum() == pytest.approx(10.0)
    assert book[-1, 0] == pytest.approx(95.0)
