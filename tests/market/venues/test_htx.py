"""HTX: one call for open interest, hours for shorter bars, and a ladder for each leverage."""

import numpy as np
import requests_mock

from tests.market.venues.conftest import OpenVenue
from tests.support.recorded_json import open_recorded
from tests.support.recorded_venue import NOW, SYMBOL

HOUR = 3_600_000
DAY = 24 * HOUR


def test_htx_reads_hours_for_shorter_bars_and_its_newest_rows_alone() -> None:
    """Proves which history stands in for 5m bars, and that one call without a range is all that HTX is asked."""
    with requests_mock.Mocker() as mock:
        exchange, venue = open_recorded(mock, "htx")
        interest = exchange.open_interest(venue.symbol, "5m", NOW - 100 * DAY, NOW)
        mark = exchange.mark_ohlcv(venue.symbol, "1h", NOW - 365 * DAY, NOW)
        exchange.close()
    assert set(np.diff(interest.time)) == {HOUR}
    assert [query["period"] for query in venue.queries(venue.interest or "")] == ["60min"]
    assert len(mark.time) == 1998
    assert len(venue.queries(venue.mark or "")) == 1


def test_htx_has_a_ladder_for_each_leverage(opened: OpenVenue) -> None:
    """They keep their rates, factor over leverage, and their borders in contracts."""
    exchange, _ = opened("htx")
    tiers = exchange.tiers(SYMBOL)
    offered = [leverage for leverage, _ in tiers.by_leverage]
    assert offered == sorted(offered)
    assert len(offered) > 1
    for leverage, table in tiers.as_counted(inverse=False).by_leverage:
        assert (table.maintenance_rate * leverage < 1).all()
        assert table.counted_in == "base"
