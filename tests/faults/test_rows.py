"""Each row in its quick form: what is promised holds on the real server, with a shorter fault and a smaller crowd."""

from collections.abc import Callable

import pytest

from tests.faults import rows
from tests.faults.__main__ import printed
from tests.faults.load import Told, by_status, p99
from tests.faults.rows import BUSY, Row

QUICK: dict[str, Callable[[], Row]] = {
    "failing_cold": lambda: rows.failing_cold(40, BUSY),
    "hanging": lambda: rows.hanging(24, BUSY),
    "refused": lambda: rows.refused(8.0, BUSY),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", QUICK)
def test_what_is_promised_holds(name: str) -> None:
    """Every figure is within its promise."""
    row = QUICK[name]()
    assert row.holds, f"{row.promise}: {row.figures}"


def test_what_is_clean() -> None:
    """An answer is, and an error that is said as the contract says it; no answer is not."""
    problem = "application/problem+json"
    assert [Told(0.0, 0.0, *of).clean for of in ((200, ""), (304, ""), (503, problem))] == [True] * 3
    assert [Told(0.0, 0.0, *of).clean for of in ((0, ""), (503, "text/html"), (500, "application/json"))] == [False] * 3


def test_what_is_counted() -> None:
    """The slowest of a hundred counts, and every status is named."""
    told = [Told(0.0, float(n), 200 if n else 503) for n in range(100)]
    assert p99(told) == 99.0
    assert by_status(told) == "99 x 200, 1 x 503"
    assert p99([]) == 0.0


def test_a_row_that_breaks_off_is_told_and_the_others_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    """It counts among those that do not hold."""

    def breaks() -> Row:
        raise AssertionError("it did not come true")

    good = Row("1", "is good", "1 of 1", holds=True)
    assert printed({"first": breaks, "second": lambda: good}) == 1
    told = capsys.readouterr().out.splitlines()
    assert told == [
        "| ? | first | broke off: AssertionError: it did not come true | **misses** |",
        "| 1 | is good | 1 of 1 | holds |",
    ]
