"""Whatever a venue sends, callers get valid data or an error of the tree that names the venue."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import requests
import requests_mock

from service.market.contract import BadData, ExchangeUnavailable, UnknownSymbol
from service.market.venues import VENUE_IDS, build_venue
from tests.support.recorded_json import VENUES
from tests.support.recorded_venue import NOW, Venue

HOUR = 3_600_000
HTML = "<html><head><title>Maintenance</title></head><body>We will be back</body></html>"


def _btc(exchange: Any) -> str:
    return VENUES[exchange.id].symbol


ASK: dict[str, Callable[[Any], Any]] = {
    "candles": lambda exchange: exchange.ohlcv(_btc(exchange), "1h", NOW - 24 * HOUR, NOW),
    "mark": lambda exchange: exchange.mark_ohlcv(_btc(exchange), "1h", NOW - 24 * HOUR, NOW),
    "interest": lambda exchange: exchange.open_interest(_btc(exchange), "1h", NOW - 24 * HOUR, NOW),
    "interest_now": lambda exchange: exchange.open_interest_now(_btc(exchange)),
    "account": lambda exchange: exchange.account_ratio(_btc(exchange)),
    "book": lambda exchange: exchange.order_book(_btc(exchange)),
    "rate": lambda exchange: exchange.funding(_btc(exchange)),
    "risk": lambda exchange: exchange.tiers(_btc(exchange)),
    "listing": lambda exchange: exchange.markets(),
}
JUNK = {
    "html": HTML,
    "html in quotes": json.dumps(HTML),
    "nothing": "",
    "null": "null",
    "a number": "7",
    "an empty object": "{}",
    "an empty list": "[]",
    "cut off": '{"code":"0","data":[["1722510000000","1","2"',
    "bare NaN": "[[NaN, NaN, NaN, NaN, NaN, NaN]]",
    "a list of nulls": "[null, null]",
    "a list of lists of nulls": "[[null, null, null, null, null, null, null]]",
    "nested nulls": '{"retCode":0,"code":"0","result":null,"data":null,"symbols":null}',
    "rows of nulls": '{"retCode":0,"code":"0","result":{"list":[null,[null]]},"data":[null,[null]],"symbols":[null]}',
    "strings for lists": '{"retCode":0,"code":"0","result":"x","data":"x","symbols":"x","bids":"x","asks":"x"}',
    "a very deep list": "[" * 900 + "]" * 900,
}


@pytest.mark.parametrize(
    ("served", "kind"),
    [(exchange, kind) for exchange in VENUE_IDS for kind in ASK if getattr(VENUES[exchange](), kind) is not None],
    indirect=["served"],
)
def test_junk_with_status_200_is_bad_data(served: tuple[Any, Venue], kind: str) -> None:
    """Proves that no junk becomes data, an empty result or a foreign exception, on any call of any venue."""
    exchange, venue = served
    wrong = {}
    for junk, text in JUNK.items():
        venue.broken[getattr(venue, kind)] = (200, text, {})
        try:
            wrong[junk] = repr(ASK[kind](exchange))
        except BadData as error:
            assert str(error).startswith(f"{exchange.id}: "), junk  # noqa: PT017 - what is not BadData is not caught
    assert wrong == {}


def test_a_poisoned_listing_is_read_again(served: tuple[Any, Venue]) -> None:
    """Proves that a maintenance page in place of the listing leaves nothing behind."""
    exchange, venue = served
    venue.broken[venue.listing] = (200, HTML, {})
    for _ in range(2):
        with pytest.raises(BadData):
            exchange.markets()
        with pytest.raises(BadData):
            exchange.order_book(_btc(exchange))
    venue.broken.clear()
    assert _btc(exchange) in exchange.markets()
    assert len(exchange.order_book(_btc(exchange)).bids)


def test_a_listing_is_kept_when_its_renewal_fails(served: tuple[Any, Venue]) -> None:
    """Proves that known symbols go on working while a new listing cannot be had, and that the caller sees the error."""
    exchange, venue = served
    before = exchange.markets()
    venue.broken[venue.listing] = (200, HTML, {})
    with pytest.raises(BadData):
        exchange.markets()
    if venue.book != venue.listing:
        assert len(exchange.order_book(_btc(exchange)).bids)
    with pytest.raises(UnknownSymbol):
        exchange.order_book("NEW/USDT:USDT")
    venue.broken.clear()
    assert exchange.markets() == before


@pytest.mark.parametrize(
    ("status", "body", "header", "wait"),
    [
        (429, "{}", "17", 17),
        (429, HTML, "3", 3),
        (418, HTML, "259200", 259_200),
        (429, "{}", None, 30),
        (418, "", None, 30),
        (503, HTML, "Thu, 01 Aug 2024 11:50:42 GMT", 42),
        (503, HTML, None, 5),
        (403, HTML, None, None),
        (451, HTML, None, None),
        (502, "", None, 5),
        (500, "{}", None, None),
        (404, HTML, None, 5),
        (302, "", None, None),
    ],
)
def test_refusals_are_unavailable_with_their_retry_after(
    served: tuple[Any, Venue], status: int, body: str, header: str | None, wait: float | None
) -> None:
    """Proves the mapping of status codes, and that Retry-After reaches the caller in seconds."""
    exchange, venue = served
    exchange.markets()
    headers = {"Location": "http://127.0.0.1:9/"} if header is None else {"Retry-After": header}
    venue.broken[venue.book] = (status, body, headers)
    with pytest.raises(ExchangeUnavailable, match=exchange.id) as caught:
        exchange.order_book(_btc(exchange))
    assert wait is None or caught.value.retry_after == wait
    assert len(str(caught.value)) < 300


def test_an_old_retry_after_is_not_kept(served: tuple[Any, Venue]) -> None:
    """Proves that the wait of one refusal does not stick to the next failure."""
    exchange, venue = served
    venue.broken[venue.book] = (429, "{}", {"Retry-After": "1000"})
    with pytest.raises(ExchangeUnavailable):
        exchange.order_book(_btc(exchange))
    venue.broken[venue.book] = (503, HTML, {})
    with pytest.raises(ExchangeUnavailable) as caught:
        exchange.order_book(_btc(exchange))
    assert caught.value.retry_after == 5


@pytest.mark.parametrize(
    "error",
    [
        requests.ConnectTimeout("slow"),
        requests.ReadTimeout("slow"),
        requests.ConnectionError("refused"),
        requests.exceptions.SSLError("who are you"),
        requests.exceptions.ChunkedEncodingError("cut"),
        ConnectionResetError("reset"),
    ],
)
@pytest.mark.parametrize("exchange_id", VENUE_IDS)
def test_network_failures_are_unavailable(exchange_id: str, error: Exception) -> None:
    """Proves that no network error leaves as itself."""
    with requests_mock.Mocker() as mock:
        mock.register_uri(requests_mock.ANY, requests_mock.ANY, exc=error)
        exchange: Any = build_venue(exchange_id, clock=lambda: NOW / 1000, throttle=False)
        with pytest.raises(ExchangeUnavailable, match=exchange_id):
            exchange.markets()
        exchange.close()


@pytest.mark.parametrize(
    ("exchange_id", "body", "error"),
    [
        ("binance", '{"code":-1121,"msg":"Invalid symbol."}', UnknownSymbol),
        ("okx", '{"code":"51001","msg":"Instrument ID does not exist","data":[]}', UnknownSymbol),
        ("okx", '{"code":"50011","msg":"Too Many Requests","data":[]}', ExchangeUnavailable),
        ("okx", '{"code":"50001","msg":"Service temporarily unavailable","data":[]}', ExchangeUnavailable),
        ("bybit", '{"retCode":10006,"retMsg":"Too many visits!","result":{}}', ExchangeUnavailable),
        ("gate", '{"label":"INVALID_PARAM_VALUE","message":"invalid argument"}', ExchangeUnavailable),
        ("gate", '{"label":"CONTRACT_NOT_FOUND","message":"contract not found"}', UnknownSymbol),
    ],
)
def test_errors_in_the_body_are_mapped(exchange_id: str, body: str, error: type[Exception]) -> None:
    """Proves that the venues' own error codes land on the right branch of the tree."""
    venue = VENUES[exchange_id]()
    with requests_mock.Mocker() as mock:
        mock.register_uri(requests_mock.ANY, requests_mock.ANY, text=venue.answer)
        exchange: Any = build_venue(exchange_id, clock=lambda: NOW / 1000, throttle=False)
        venue.broken[venue.book] = (400 if exchange_id in {"binance", "gate"} else 200, body, {})
        with pytest.raises(error) as caught:
            exchange.order_book(_btc(exchange))
        assert not isinstance(caught.value, BadData)
        exchange.close()


@pytest.mark.parametrize(
    ("kind", "old", "new", "words"),
    [
        ("book", '"59990.0"', '"60500.0"', "not below best ask"),
        ("book", '"59990.0"', '"59980.0"', "twice"),
        ("book", '"59990.0"', '"NaN"', "not above 0"),
        ("book", '"1.5"', '"-1.5"', "not above 0"),
        ("book", '"1.5"', "null", "not above 0"),
        ("rate", '"0.0001"', '"17"', "rate"),
        ("rate", '"0.0001"', '"NaN"', "rate"),
        ("rate", '"0.0001"', '""', "rate"),
        ("risk", '"10000000"', '"2000000"', "caps"),
        ("risk", '"0.01", "initial', '"0.001", "initial', "maintenance rate"),
        ("risk", '"50.00"', '"0"', "leverage"),
        ("risk", '"50.00"', '"x"', "caps"),
        ("account", '"0.6"', '"0"', "account ratio"),
        ("account", '"0.6"', '"-0.6"', "account ratio"),
        ("account", '"0.4"', '"0"', "unknown shape"),
        ("account", '"0.6"', '"NaN"', "account ratio|unknown shape"),
        ("account", '"1722512800000"', '"1722512800"', "not a time"),
    ],
)
def test_one_wrong_value_is_named(kind: str, old: str, new: str, words: str) -> None:
    """Proves that a single bad value fails a payload that is one thing, and that the error says what it was."""
    venue = VENUES["bybit"]()
    with requests_mock.Mocker() as mock:
        mock.register_uri(requests_mock.ANY, requests_mock.ANY, text=venue.answer)
        exchange: Any = build_venue("bybit", clock=lambda: NOW / 1000, throttle=False)
        ASK[kind](exchange)
        path, query = venue.seen[-1]
        text = json.dumps(venue.answers()[path](query))
        assert old in text
        venue.broken[getattr(venue, kind)] = (200, text.replace(old, new, 1), {})
        with pytest.raises(BadData, match=words):
            ASK[kind](exchange)
        exchange.close()


@pytest.mark.parametrize(
    ("kind", "old", "new"),
    [
        ("candles", '"1722510000000", "60', '"1722510000000", "-60'),
        ("candles", '"1722510000000"', '"1722500000001"'),
        ("candles", '"1722510000000"', '"1722510000001"'),
        ("candles", '"1722510000000"', '"1722510000"'),
        ("candles", '"1722510000000"', "null"),
        ("candles", '"1722510000000", "6', '"1722510000000", "9'),
        ("candles", '"1722510000000", "6', '"1722510000000", "1'),
        ("interest", '"openInterest": "1', '"openInterest": "-1'),
        ("interest", '"openInterest": "1', '"openInterest": "NaN1'),
    ],
)
def test_one_wrong_row_costs_that_row(kind: str, old: str, new: str) -> None:
    """Proves that a series goes on without a row that cannot be right, and that nothing else of it changes."""
    venue = VENUES["bybit"]()
    with requests_mock.Mocker() as mock:
        mock.register_uri(requests_mock.ANY, requests_mock.ANY, text=venue.answer)
        exchange: Any = build_venue("bybit", clock=lambda: NOW / 1000, throttle=False)
        whole = ASK[kind](exchange)
        path, query = venue.seen[-1]
        text = json.dumps(venue.answers()[path](query))
        assert old in text
        venue.broken[getattr(venue, kind)] = (200, text.replace(old, new, 1), {})
        torn = ASK[kind](exchange).known()
        exchange.close()
    kept = np.isin(whole.time, torn.time)
    assert (~kept).sum() == 1
    np.testing.assert_array_equal(whole.select(kept).columns(), torn.columns())
