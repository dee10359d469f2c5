"""Cost: what is asked for is weighed before anything is loaded, and a refusal says what would be let through."""

import re
from dataclasses import replace

import pytest

from service.analysis.concurrency.cost import MOST_SECONDS, Work, checked_cost, passes_of
from service.heatmap import BadInput
from service.heatmap.inventory import FITTED
from service.times import DAY_MS, HOUR_MS
from tests.support.requests import market_request

YEAR = 365 * DAY_MS
ONE = Work(exchanges=1, markets=1)


@pytest.mark.parametrize(
    "dearer",
    [
        Work(exchanges=1, markets=2),
        Work(exchanges=1, markets=1, passes=2),
        Work(exchanges=1, markets=1, grids=1),
        Work(exchanges=1, markets=1, read=24),
    ],
    ids=str,
)
def test_each_part_of_the_work_counts(dearer: Work) -> None:
    """More markets, more maps of each, a grid and past columns all cost more than one map of one market."""
    assert dearer.cost(DAY_MS, ["1h"]).seconds > ONE.cost(DAY_MS, ["1h"]).seconds


def test_timeframes_and_lookback_count() -> None:
    """A second timeframe, and a longer lookback, cost more."""
    usual = ONE.cost(DAY_MS, ["1h"]).seconds
    assert ONE.cost(DAY_MS, ["1h", "5m"]).seconds > ONE.cost(2 * DAY_MS, ["1h"]).seconds > usual


def test_an_ordinary_request_is_let_through() -> None:
    """Eight exchanges, ensemble and grid, on the usual week of hours."""
    checked_cost(Work(exchanges=8, markets=8, passes=9, grids=1), market_request())


@pytest.mark.parametrize("frames", [["1h"], ["5m", "15m"], ["1h", "4h", "1d"]], ids=str)
@pytest.mark.parametrize(
    "work", [Work(exchanges=2, markets=12, passes=9, grids=1), Work(exchanges=1, markets=16, passes=4)]
)
def test_a_refusal_names_the_longest_lookback_that_fits(work: Work, frames: list[str]) -> None:
    """It names the field; what it allows is accepted, and one hour more is not."""
    asked = market_request(lookback=YEAR if "5m" not in frames else 31 * DAY_MS)
    with pytest.raises(BadInput) as refused:
        checked_cost(work, asked, frames)
    assert refused.value.field == "lookback"
    found = re.fullmatch(r"(\d+)h to (\d+)h here", refused.value.allowed or "")
    assert found, refused.value.allowed
    most = int(found[2])
    checked_cost(work, market_request(lookback=most * HOUR_MS), frames)
    with pytest.raises(BadInput):
        checked_cost(work, market_request(lookback=(most + 1) * HOUR_MS), frames)


def test_what_no_lookback_helps_names_the_exchanges() -> None:
    """Where the warm-up alone is too much, fewer exchanges are what helps."""
    with pytest.raises(BadInput) as refused:
        checked_cost(Work(exchanges=8, markets=8, passes=16), market_request(), ["5m", "15m", "30m", "1h"])
    assert (refused.value.field, refused.value.allowed) == ("exchange", "fewer exchanges")


def test_memory_of_the_largest_grid_is_bounded() -> None:
    """However many exchanges share it: each has a part of its own beside the sum."""
    memory = [Work(exchanges=n, markets=n, grids=1).cost(YEAR, ["1h"]).memory for n in (1, 2, 8)]
    assert max(memory) <= 1.01 * min(memory)
    assert max(memory) < 100e6


def test_ensemble_and_fit_are_passes() -> None:
    """The ensemble takes eight inventories, and fitting a mix takes more."""
    plain = market_request()
    fitted = replace(plain, assumptions=replace(plain.assumptions, mix=replace(plain.assumptions.mix, name=FITTED)))
    assert passes_of(plain, ensemble=False) == 1
    assert passes_of(plain, ensemble=True) == 8
    assert passes_of(fitted, ensemble=False) > 1
    assert ONE.cost(YEAR, ["1h"]).seconds < MOST_SECONDS
