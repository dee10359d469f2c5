"""Bybit: open interest of one side or both, the funding interval of its listing, coin-margined amounts."""

import json

import numpy as np
import pytest
import requests_mock

from tests.market.venues.conftest import OpenVenue
from tests.support.recorded_bybit import BybitVenue
from tests.support.recorded_json import open_recorded
from tests.support.recorded_venue import NOW, SYMBOL, amount, candle

HOUR = 3_600_000
DAY = 24 * HOUR


@pytest.mark.parametrize("single", [False, True])
def test_bybit_open_interest_is_one_side(*, single: bool) -> None:
    """Proves that the sum of both sides is halved, and the one-sided field taken as it is where there is one."""
    with requests_mock.Mocker() as mock:
        exchange, venue = open_recorded(mock, "bybit")
        assert isinstance(venue, BybitVenue)
        venue.single = single
        interest = exchange.open_interest(SYMBOL, "1h", NOW - DAY, NOW)
        exchange.close()
    np.testing.assert_allclose(interest.amount, [amount(t, HOUR) for t in interest.time], rtol=1e-12)


def test_bybit_states_the_interval_in_the_listing() -> None:
    """Proves that the minutes of the listing become hours."""
    with requests_mock.Mocker() as mock:
        exchange, venue = open_recorded(mock, "bybit")
        ticker = {"symbol": "ETHUSDT", "fundingRate": "-0.0002", "nextFundingTime": "1722528000000"}
        venue.broken["/tickers"] = (
            200,
            json.dumps({"retCode": 0, "retMsg": "OK", "time": NOW, "result": {"category": "linear", "list": [ticker]}}),
            {},
        )
        funding = exchange.funding("ETH/USDT:USDT")
        exchange.close()
    assert (funding.rate, funding.interval_hours) == (-0.0002, 4)


def test_bybit_inverse_open_interest_becomes_coin_at_the_close_known_then() -> None:
    """Proves that USD of both sides are halved and divided by the close of the bar that ended at the row's time."""
    with requests_mock.Mocker() as mock:
        exchange, _ = open_recorded(mock, "bybit")
        interest = exchange.open_interest("BTC/USD:BTC", "1h", NOW - DAY, NOW)
        exchange.close()
    times = interest.time.tolist()
    expected = [amount(t, HOUR) / candle(t - HOUR, HOUR)[3] for t in times]
    assert len(times) == 24
    np.testing.assert_allclose(interest.amount, expected, rtol=1e-12)


def test_bybits_coin_margined_amounts_are_in_coin(opened: OpenVenue) -> None:
    """Borders and deductions are what its risk limits in coin make, whatever the price at which they were read."""
    exchange, venue = opened("bybit")
    counted = exchange.tiers("BTC/USD:BTC").as_counted(inverse=True)
    jumps = counted.floor[1:] * np.diff(counted.maintenance_rate)
    np.testing.assert_allclose(counted.maintenance_amount, np.append(0.0, np.cumsum(jumps)), rtol=1e-9)
    assert counted.floor[1] == pytest.approx(round(float(counted.floor[1]), 6))
    assert venue.queries(venue.risk)
