"""OKX: two endpoints of bars, and the next finer history of open interest."""

import numpy as np
import pytest
import requests_mock

from tests.support.recorded_json import open_recorded
from tests.support.recorded_venue import NOW, SYMBOL, amount

HOUR = 3_600_000
DAY = 24 * HOUR


@pytest.mark.parametrize(
    ("timeframe", "read"), [("15m", "5m"), ("30m", "5m"), ("1h", "1H"), ("4h", "1H"), ("1d", "1Dutc")]
)
def test_okx_reads_the_next_finer_open_interest(timeframe: str, read: str) -> None:
    """Proves which history stands in for the timeframes that OKX has none of, on that history's own grid."""
    with requests_mock.Mocker() as mock:
        exchange, venue = open_recorded(mock, "okx")
        interest = exchange.open_interest(SYMBOL, timeframe, NOW - 4 * DAY, NOW)
        exchange.close()
    assert {query["period"] for query in venue.queries(venue.interest or "")} == {read}
    step = {"5m": 300_000, "1H": HOUR, "1Dutc": DAY}[read]
    assert set(np.diff(interest.time)) == {step}
    np.testing.assert_allclose(interest.amount, [amount(t, step) for t in interest.time], rtol=1e-12)


def test_okx_asks_the_history_endpoint_for_old_bars() -> None:
    """Proves the border between OKX's two endpoints, by the clock that was given."""
    with requests_mock.Mocker() as mock:
        exchange, venue = open_recorded(mock, "okx")
        until = NOW // HOUR * HOUR
        exchange.ohlcv(SYMBOL, "1h", until - 2000 * HOUR, until)
        exchange.close()
    old = [int(query["before"]) for path, query in venue.seen if path.endswith("/history-candles")]
    new = [int(query["before"]) for path, query in venue.seen if path.endswith("market/candles")]
    assert old
    assert new
    assert max(old) < NOW - 1439 * HOUR <= min(new)
