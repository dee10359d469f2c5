"""What each venue does its own way."""

import json
from typing import Any

import numpy as np
import pytest
import requests_mock

from service.market.venues import build_venue
from tests.support.recorded_bybit import BybitVenue
from tests.support.recorded_json import VENUES
from tests.support.recorded_venue import NOW, PRICE, SYMBOL, Venue, amount, candle

HOUR = 3_600_000
DAY = 24 * HOUR


def opened(mock: Any, exchange_id: str) -> tuple[Any, Venue]:
    """Return an adapter on its fake venue."""
    venue = VENUES[exchange_id]()
    mock.register_uri(requests_mock.ANY, requests_mock.ANY, text=venue.answer)
    return build_venue(exchange_id, clock=lambda: NOW / 1000, throttle=False), venue


@pytest.mark.parametrize("single", [False, True])
def test_bybit_open_interest_is_one_side(*, single: bool) -> None:
    """Proves that the sum of both sides is halved, and the one-sided field taken as it is where there is one."""
    with requests_mock.Mocker() as mock:
        exchange, venue = opened(mock, "bybit")
        assert isinstance(venue, BybitVenue)
        venue.single = single
        interest = exchange.open_interest(SYMBOL, "1h", NOW - DAY, NOW)
        exchange.close()
    np.testing.assert_allclose(interest.amount, [amount(t, HOUR) for t in interest.time], rtol=1e-12)


@pytest.mark.parametrize(
    ("timeframe", "read"), [("15m", "5m"), ("30m", "5m"), ("1h", "1H"), ("4h", "1H"), ("1d", "1Dutc")]
)
def test_okx_reads_the_next_finer_open_interest(timeframe: str, read: str) -> None:
    """Proves which history stands in for the timeframes that OKX has none of, on that history's own grid."""
    with requests_mock.Mocker() as mock:
        exchange, venue = opened(mock, "okx")
        interest = exchange.open_interest(SYMBOL, timeframe, NOW - 4 * DAY, NOW)
        exchange.close()
    assert {query["period"] for query in venue.queries(venue.interest or "")} == {read}
    step = {"5m": 300_000, "1H": HOUR, "1Dutc": DAY}[read]
    assert set(np.diff(interest.time)) == {step}
    np.testing.assert_allclose(interest.amount, [amount(t, step) for t in interest.time], rtol=1e-12)


def test_okx_asks_the_history_endpoint_for_old_bars() -> None:
    """Proves the border between OKX's two endpoints, by the clock that was given."""
    with requests_mock.Mocker() as mock:
        exchange, venue = opened(mock, "okx")
        until = NOW // HOUR * HOUR
        exchange.ohlcv(SYMBOL, "1h", until - 2000 * HOUR, until)
        exchange.close()
    old = [int(query["before"]) for path, query in venue.seen if path.endswith("/history-candles")]
    new = [int(query["before"]) for path, query in venue.seen if path.endswith("market/candles")]
    assert old
    assert new
    assert max(old) < NOW - 1439 * HOUR <= min(new)


def test_gate_is_not_asked_for_more_bars_than_it_answers_for() -> None:
    """Proves that a longer range gives Gate's last bars, not an error, and none at all before them."""
    with requests_mock.Mocker() as mock:
        exchange, _ = opened(mock, "gate")
        series = exchange.ohlcv(SYMBOL, "5m", NOW - 100 * DAY, NOW)
        assert len(series.time) == 9990
        assert series.time[-1] == NOW - 300_000
        assert not len(exchange.ohlcv(SYMBOL, "5m", NOW - 100 * DAY, NOW - 90 * DAY).time)
        exchange.close()


def test_binance_knows_contracts_that_pay_more_often() -> None:
    """Proves that an interval from Binance's list of exceptions is used."""
    with requests_mock.Mocker() as mock:
        exchange, _ = opened(mock, "binance")
        assert exchange.funding("ETH/USDT:USDT").interval_hours == 4
        exchange.close()


def test_bybit_states_the_interval_in_the_listing() -> None:
    """Proves that the minutes of the listing become hours."""
    with requests_mock.Mocker() as mock:
        exchange, venue = opened(mock, "bybit")
        ticker = {"symbol": "ETHUSDT", "fundingRate": "-0.0002", "nextFundingTime": "1722528000000"}
        venue.broken["/tickers"] = (
            200,
            json.dumps({"retCode": 0, "retMsg": "OK", "time": NOW, "result": {"category": "linear", "list": [ticker]}}),
            {},
        )
        funding = exchange.funding("ETH/USDT:USDT")
        exchange.close()
    assert (funding.rate, funding.interval_hours) == (-0.0002, 4)


@pytest.mark.parametrize("exchange_id", ["bybit", "okx"])
def test_an_inverse_book_is_in_coin_at_each_level(exchange_id: str) -> None:
    """Proves that contracts of so many USD become coin at the price of their own level."""
    with requests_mock.Mocker() as mock:
        exchange, venue = opened(mock, exchange_id)
        contract = exchange.markets()["BTC/USD:BTC"].contract_size
        book, linear = exchange.order_book("BTC/USD:BTC"), exchange.order_book(venue.symbol)
        per_contract = exchange.markets()[venue.symbol].contract_size
        exchange.close()
    assert contract == {"bybit": 1.0, "okx": 100.0}[exchange_id]
    np.testing.assert_array_equal(book.bids[:, 0], linear.bids[:, 0])
    np.testing.assert_allclose(book.bids[:, 1], linear.bids[:, 1] / per_contract * contract / book.bids[:, 0])


def test_bybit_inverse_open_interest_becomes_coin_at_the_close_known_then() -> None:
    """Proves that USD of both sides are halved and divided by the close of the bar that ended at the row's time."""
    with requests_mock.Mocker() as mock:
        exchange, _ = opened(mock, "bybit")
        interest = exchange.open_interest("BTC/USD:BTC", "1h", NOW - DAY, NOW)
        exchange.close()
    times = interest.time.tolist()
    expected = [amount(t, HOUR) / candle(t - HOUR, HOUR)[3] for t in times]
    assert len(times) == 24
    np.testing.assert_allclose(interest.amount, expected, rtol=1e-12)


def test_inverse_tiers_are_in_usd() -> None:
    """Proves that Bybit's limits in coin take the last price, and that OKX's contracts are USD already."""
    with requests_mock.Mocker() as mock:
        bybit, _ = opened(mock, "bybit")
        assert bybit.tiers("BTC/USD:BTC").floor[1] == 2e6 * PRICE
        bybit.close()
    with requests_mock.Mocker() as mock:
        okx, _ = opened(mock, "okx")
        assert okx.tiers("BTC/USD:BTC").floor[1] == 1000 * okx.markets()["BTC/USD:BTC"].contract_size
        okx.close()


@pytest.mark.parametrize(("timeframe", "bars"), [("1d", 300), ("4h", 700), ("1h", 2000)])
def test_bitget_bars_are_whole_on_both_endpoints(timeframe: str, bars: int) -> None:
    """Proves that no call is so long that it would be cut, recent or old, by the clock that was given."""
    with requests_mock.Mocker() as mock:
        exchange, venue = opened(mock, "bitget")
        step = {"1d": DAY, "4h": 4 * HOUR, "1h": HOUR}[timeframe]
        until = NOW // step * step
        series = exchange.ohlcv(venue.symbol, timeframe, until - bars * step, until)
        exchange.close()
    np.testing.assert_array_equal(series.time, np.arange(until - bars * step, until, step))
    assert bool(venue.queries("history-candles")) == (timeframe == "1h")


def test_htx_reads_hours_for_shorter_bars_and_its_newest_rows_alone() -> None:
    """Proves which history stands in for 5m bars, and that one call without a range is all that HTX is asked."""
    with requests_mock.Mocker() as mock:
        exchange, venue = opened(mock, "htx")
        interest = exchange.open_interest(venue.symbol, "5m", NOW - 100 * DAY, NOW)
        mark = exchange.mark_ohlcv(venue.symbol, "1h", NOW - 365 * DAY, NOW)
        exchange.close()
    assert set(np.diff(interest.time)) == {HOUR}
    assert [query["period"] for query in venue.queries(venue.interest or "")] == ["60min"]
    assert len(mark.time) == 1998
    assert len(venue.queries(venue.mark or "")) == 1


def test_hyperliquid_is_not_asked_for_more_bars_than_it_keeps() -> None:
    """Proves that a longer range gives the last bars, whole, and no error."""
    with requests_mock.Mocker() as mock:
        exchange, venue = opened(mock, "hyperliquid")
        series = exchange.ohlcv(venue.symbol, "5m", NOW - 100 * DAY, NOW)
        exchange.close()
    assert len(series.time) == 4990
    assert set(np.diff(series.time)) == {300_000}


def test_a_symbol_outside_our_table_gets_an_assumed_tier() -> None:
    """Proves that Binance's tiers say when they are assumed."""
    with requests_mock.Mocker() as mock:
        exchange, venue = opened(mock, "binance")
        venue.broken["/exchangeInfo"] = (200, _renamed(venue, "ETH", "NEWCOIN"), {})
        tiers = exchange.tiers("NEWCOIN/USDT:USDT")
        exchange.close()
    assert (tiers.source, tiers.maintenance_rate[0], tiers.max_leverage[0]) == ("assumed", 0.015, 50)
    assert "assumed" in tiers.note


def _renamed(venue: Venue, old: str, new: str) -> str:

    return json.dumps(venue.answers()["/fapi/v1/exchangeInfo"]({})).replace(old, new)


@pytest.mark.parametrize("exchange_id", VENUES)
def test_no_client_looks_at_the_wall_clock(exchange_id: str) -> None:
    """Proves that ccxt tells the time by the clock that was given, in ms and in seconds."""
    with requests_mock.Mocker() as mock:
        exchange, _ = opened(mock, exchange_id)
        client = exchange._client
        assert (client.milliseconds(), client.seconds()) == (NOW, NOW // 1000)
        exchange.close()


def test_gate_is_asked_up_to_now_by_the_clock_that_was_given() -> None:
    """Proves that the end of Gate's call, which ccxt bounds by the present, is bounded by ours."""
    with requests_mock.Mocker() as mock:
        exchange, venue = opened(mock, "gate")
        exchange.ohlcv(SYMBOL, "1h", NOW - DAY, NOW + 10 * DAY)
        exchange.close()
    assert max(int(query["to"]) for query in venue.queries(venue.candles)) == NOW // 1000
