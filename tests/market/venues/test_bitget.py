"""Bitget: calls short enough that neither of its endpoints cuts them."""

import numpy as np
import pytest
import requests_mock

from tests.support.recorded_json import open_recorded
from tests.support.recorded_venue import NOW

HOUR = 3_600_000
DAY = 24 * HOUR


@pytest.mark.parametrize(("timeframe", "bars"), [("1d", 300), ("4h", 700), ("1h", 2000)])
def test_bitget_bars_are_whole_on_both_endpoints(timeframe: str, bars: int) -> None:
    """Proves that no call is so long that it would be cut, recent or old, by the clock that was given."""
    with requests_mock.Mocker() as mock:
        exchange, venue = open_recorded(mock, "bitget")
        step = {"1d": DAY, "4h": 4 * HOUR, "1h": HOUR}[timeframe]
        until = NOW // step * step
        series = exchange.ohlcv(venue.symbol, timeframe, until - bars * step, until)
        exchange.close()
    np.testing.assert_array_equal(series.time, np.arange(until - bars * step, until, step))
    assert bool(venue.queries("history-candles")) == (timeframe == "1h")
