"""The base of every adapter: which history is read, how far back, and when nothing is an error."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import requests_mock

from service.market.contract import BadData, NotPublished
from tests.support.recorded_json import open_recorded
from tests.support.recorded_venue import NOW, Venue, amount

HOUR = 3_600_000
DAY = 24 * HOUR


@pytest.fixture
def opened() -> Iterator[tuple[Any, Venue]]:
    """Give an adapter on its recorded venue, its listing read."""
    with requests_mock.Mocker() as mock:
        exchange, venue = open_recorded(mock, "bybit")
        exchange.markets()
        yield exchange, venue
        exchange.close()


def test_a_page_asks_for_both_its_ends(opened: tuple[Any, Venue]) -> None:
    """As many rows as the window holds and one more, never more than a page."""
    exchange, _ = opened
    assert exchange.page_limit(1000, 0, 10 * HOUR, HOUR) == 11
    assert exchange.page_limit(1000, 0, 10 * HOUR - 1, HOUR) == 11
    assert exchange.page_limit(5, 0, 10 * HOUR, HOUR) == 5


@pytest.mark.parametrize(
    ("sent", "hours"),
    [({}, 8.0), ({"interval": None}, 8.0), ({"interval": "4h"}, 4.0), ({"interval": "3600000"}, 1.0)],
)
def test_the_interval_of_funding(opened: tuple[Any, Venue], sent: dict[str, Any], hours: float) -> None:
    """Hours as ccxt names them, milliseconds where it has no name, eight where nothing is said."""
    exchange, venue = opened
    assert super(type(exchange), exchange).funding_hours(venue.symbol, sent) == hours


def test_the_finer_open_interest_stands_in(opened: tuple[Any, Venue], monkeypatch: pytest.MonkeyPatch) -> None:
    """The same timeframe where there is one, else the next finer, else the finest there is."""
    exchange, _ = opened
    able = replace(exchange.capabilities, open_interest_timeframes=("15m", "4h"))
    monkeypatch.setattr(type(exchange), "capabilities", able)
    read = [exchange.open_interest_timeframe(frame) for frame in ("5m", "15m", "1h", "4h", "1d")]
    assert read == ["15m", "15m", "15m", "4h", "4h"]


def test_open_interest_is_whole_and_not_of_the_future(opened: tuple[Any, Venue]) -> None:
    """Every hour of the range once, as the venue has it."""
    exchange, venue = opened
    found = exchange.open_interest(venue.symbol, "1h", NOW - DAY, NOW + DAY)
    assert np.diff(found.time).tolist() == [HOUR] * (len(found.time) - 1)
    assert found.time[-1] <= NOW
    np.testing.assert_allclose(found.amount, [amount(t, HOUR) for t in found.time], rtol=1e-12)


def test_no_row_where_there_must_be_one_is_bad_data(opened: tuple[Any, Venue]) -> None:
    """Nothing of the last day is an error; nothing of the time before the venue is an answer."""
    exchange, venue = opened
    for path in (venue.candles, str(venue.interest)):
        venue.broken[path] = (200, '{"retCode":0,"retMsg":"OK","result":{"category":"linear","list":[]}}', {})
    with pytest.raises(BadData, match="bars: none for"):
        exchange.ohlcv(venue.symbol, "1h", NOW - DAY, NOW)
    with pytest.raises(BadData, match="open interest: no row"):
        exchange.open_interest(venue.symbol, "1h", NOW - DAY, NOW)
    assert len(exchange.ohlcv(venue.symbol, "1h", DAY, 2 * DAY).time) == 0


def test_the_last_price_is_the_newest_close(opened: tuple[Any, Venue]) -> None:
    """Of the bars of the last day."""
    exchange, venue = opened
    bars = exchange.ohlcv(venue.symbol, "1h", NOW - DAY, NOW + 1)
    assert exchange.last_price(venue.symbol) == bars.close[-1]


def test_liquidations_that_are_not_published_say_why(opened: tuple[Any, Venue]) -> None:
    """With the venue's name."""
    exchange, venue = opened
    with pytest.raises(NotPublished, match=r"^bybit "):
        exchange.liquidations(venue.symbol, "1h", NOW - DAY, NOW)
