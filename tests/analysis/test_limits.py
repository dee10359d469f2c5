"""Limits: how much may be asked for, and refusals that say what would be allowed."""

from typing import Any

import pytest

from service.analysis.limits import MOST_CELLS, OLDEST_AS_OF, check_moment, columns_of, fitting_bins
from service.analysis.requests import BinsRequest
from service.heatmap import BadInput
from service.times import DAY_MS, HOUR_MS, rfc3339
from tests.support.fake_exchange import T0
from tests.support.requests import market_request


@pytest.mark.parametrize(
    ("given", "asked", "bins"),
    [
        ({}, {}, 400),
        ({"bins": 7}, {}, 7),
        ({"bin_size": 5.0}, {}, None),
        ({}, {"lookback": 365 * DAY_MS}, MOST_CELLS // 8760),
        ({}, {"lookback": 30 * DAY_MS, "timeframe": "5m"}, MOST_CELLS // 8640),
        ({"bins": 100}, {"lookback": 365 * DAY_MS}, 100),
    ],
)
def test_bins_that_fit(given: dict[str, Any], asked: dict[str, Any], bins: int | None) -> None:
    """The usual number, fewer where the columns are many, and what the caller says if it fits."""
    assert fitting_bins(BinsRequest(**given), market_request(**asked)) == bins


def test_usual_bins_make_no_more_cells_than_are_usual() -> None:
    """Where an answer may hold fewer cells; bins that were asked for are as many."""
    week = market_request(timeframe="5m", lookback=7 * DAY_MS)
    assert fitting_bins(BinsRequest(), week, usual_cells=250_000) == 250_000 // 2016
    assert fitting_bins(BinsRequest(bins=400), week, usual_cells=250_000) == 400


def test_too_many_bins_are_named_with_what_fits() -> None:
    """A year of hours leaves room for 228 bins."""
    with pytest.raises(BadInput) as refused:
        fitting_bins(BinsRequest(bins=229), market_request(lookback=365 * DAY_MS))
    assert (refused.value.field, refused.value.allowed) == ("bins", "1 to 228")


@pytest.mark.parametrize(
    ("lookback", "timeframe", "allowed"),
    [(DAY_MS, "1d", "48h to 8760h at timeframe 1d"), (32 * DAY_MS, "5m", "12h to 750h at timeframe 5m")],
)
def test_a_lookback_of_too_few_or_too_many_bars(lookback: int, timeframe: str, allowed: str) -> None:
    """It is named with the range that the timeframe allows."""
    with pytest.raises(BadInput) as refused:
        columns_of(lookback, timeframe)
    assert (refused.value.field, refused.value.allowed) == ("lookback", allowed)


@pytest.mark.parametrize("as_of", [None, T0, T0 - OLDEST_AS_OF])
def test_a_moment_that_can_be_asked_for(as_of: int | None) -> None:
    """Now, and as far back as three years."""
    check_moment(as_of, T0)


@pytest.mark.parametrize(("as_of", "word"), [(T0 + 1, "future"), (T0 - OLDEST_AS_OF - HOUR_MS, "too long ago")])
def test_a_moment_out_of_range(as_of: int, word: str) -> None:
    """It is refused with the range."""
    with pytest.raises(BadInput, match=word) as refused:
        check_moment(as_of, T0)
    assert refused.value.allowed == f"{rfc3339(T0 - OLDEST_AS_OF)} to {rfc3339(T0)}"
