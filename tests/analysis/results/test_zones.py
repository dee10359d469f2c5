"""The zones of a request: on which timeframes, and which of them are given."""

import pytest

from service.analysis.requests import RangeRequest
from service.analysis.results.zones import ZoneFilter, ZonesRequest
from service.heatmap import BadInput
from tests.support.requests import market_request

ALL = ZoneFilter(kind=None, side=None, top=20, within_pct=None, min_share=0.0, rank_by="score")


def request(timeframe: str, *timeframes: str) -> ZonesRequest:
    """Return a request for these timeframes, or for the market's one if there are none."""
    return ZonesRequest(
        market=market_request(timeframe=timeframe),
        axis=RangeRequest(range_pct=15.0),
        filter=ALL,
        timeframes=timeframes or (timeframe,),
        split=False,
        uncertainty=False,
        ended_bars=24,
    )


def test_the_finest_timeframe_comes_first() -> None:
    """Several in order of their length, whatever the order they were named in; one where none is named."""
    assert request("1h", "1d", "5m", "4h").ordered_timeframes() == ["5m", "4h", "1d"]
    assert request("4h").ordered_timeframes() == ["4h"]


def test_a_timeframe_named_twice_is_refused() -> None:
    """It would count twice."""
    with pytest.raises(BadInput, match="timeframes"):
        request("1h", "4h", "4h").ordered_timeframes()
