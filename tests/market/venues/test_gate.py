"""Gate: a bounded number of bars up to now, and the age of its book."""

import json

import pytest
import requests_mock

from service.market.contract import BadData
from tests.market.venues.conftest import OpenVenue
from tests.support.recorded_json import open_recorded
from tests.support.recorded_venue import NOW, SYMBOL

HOUR = 3_600_000
DAY = 24 * HOUR


def test_gate_is_not_asked_for_more_bars_than_it_answers_for() -> None:
    """Proves that a longer range gives Gate's last bars, not an error, and none at all before them."""
    with requests_mock.Mocker() as mock:
        exchange, _ = open_recorded(mock, "gate")
        series = exchange.ohlcv(SYMBOL, "5m", NOW - 100 * DAY, NOW)
        assert len(series.time) == 9990
        assert series.time[-1] == NOW - 300_000
        assert not len(exchange.ohlcv(SYMBOL, "5m", NOW - 100 * DAY, NOW - 90 * DAY).time)
        exchange.close()


def test_gate_is_asked_up_to_now_by_the_clock_that_was_given() -> None:
    """Proves that the end of Gate's call, which ccxt bounds by the present, is bounded by ours."""
    with requests_mock.Mocker() as mock:
        exchange, venue = open_recorded(mock, "gate")
        exchange.ohlcv(SYMBOL, "1h", NOW - DAY, NOW + 10 * DAY)
        exchange.close()
    assert max(int(query["to"]) for query in venue.queries(venue.candles)) == NOW // 1000


def test_gates_book_is_as_old_as_its_last_change(opened: OpenVenue) -> None:
    """An answer of now about a book that last changed ten minutes ago is a book of then."""
    exchange, venue = opened("gate")
    assert exchange.order_book(SYMBOL).time == NOW
    sent = json.loads(json.dumps(venue.answers()["/api/v4/futures/usdt/order_book"]({})))
    venue.broken[venue.book] = (200, json.dumps(sent | {"update": NOW / 1000 - 600}), {})
    with pytest.raises(BadData, match="its time is 600 s from now"):
        exchange.order_book(SYMBOL)
