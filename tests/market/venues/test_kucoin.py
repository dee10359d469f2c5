"""KuCoin: how far its open interest reaches."""

from tests.market.venues.conftest import OpenVenue
from tests.support.recorded_venue import NOW, SYMBOL


def test_how_far_kucoins_open_interest_reaches(opened: OpenVenue) -> None:
    """Seven days, seventy of days: the recorded venue asserts that it is never asked beyond."""
    exchange, _ = opened("kucoin")
    able = exchange.capabilities
    assert [able.open_interest_reach(timeframe) for timeframe in ("5m", "1h", "1d")] == [7.0, 7.0, 70.0]
    day = 86_400_000
    assert len(exchange.open_interest(SYMBOL, "1h", NOW - 90 * day, NOW).time) == 167
    assert len(exchange.open_interest(SYMBOL, "1d", NOW - 90 * day, NOW).time) == 69
