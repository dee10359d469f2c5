"""What a failure says to outsiders: its kind and the exchange's own path, nothing of how this service is wired."""

import logging
import socket
from collections.abc import Iterator
from typing import Any

import pytest
import requests
import requests_mock

from service.market.adapter.exchange_failures import WAIT_S
from service.market.adapter.transport import BoundedSession
from service.market.contract import BadData, ExchangeUnavailable
from service.market.feed import MarketFeed
from service.market.venues import VENUE_IDS, build_venue
from tests.support.recorded_json import VENUES
from tests.support.recorded_venue import NOW

HOST, BASE = "mirror.internal.corp", "http://mirror.internal.corp:9443/token-in-path"
SECRETS = ("internal", "corp", "9443", "token", "http:")


@pytest.fixture(params=VENUE_IDS)
def mirrored(request: Any) -> Iterator[tuple[Any, Any]]:
    """Give each adapter behind a mirror of ours, and what answers there."""
    with requests_mock.Mocker() as mock:
        exchange: Any = build_venue(request.param, base_url=BASE, clock=lambda: NOW / 1000, throttle=False)
        yield exchange, mock
        exchange.close()


@pytest.mark.parametrize(
    "error",
    [
        requests.ConnectionError(
            f"HTTPConnectionPool(host='{HOST}', port=9443): Max retries exceeded with url: /token"
        ),
        requests.ConnectTimeout(f"Connection to {HOST} timed out. (connect timeout=10)"),
        requests.exceptions.SSLError(f"hostname '{HOST}' doesn't match"),
        requests.ReadTimeout(f"HTTPConnectionPool(host='{HOST}', port=9443): Read timed out."),
    ],
)
def test_a_mirror_that_is_down_stays_unnamed(mirrored: tuple[Any, Any], error: Exception) -> None:
    """Proves that neither host, port nor path of a base URL is in the reason, in the health or in the message."""
    exchange, mock = mirrored
    mock.register_uri(requests_mock.ANY, requests_mock.ANY, exc=error)
    feed = MarketFeed({exchange.id: exchange}, lambda: NOW / 1000)
    with pytest.raises(ExchangeUnavailable) as caught:
        feed.markets(exchange.id)
    told = f"{caught.value} {caught.value.reason} {feed.health[exchange.id].last_error}"
    assert not [secret for secret in SECRETS if secret in told]
    assert "no answer from /" in told
    assert type(error).__name__ in told
    assert caught.value.rest
    assert feed.health[exchange.id].resting_until == NOW / 1000 + WAIT_S


@pytest.mark.parametrize(
    ("status", "headers", "rest"),
    [(429, {}, True), (418, {"Retry-After": "9"}, True), (503, {"Retry-After": "9"}, True), (500, {}, False)],
)
def test_who_is_left_alone(mirrored: tuple[Any, Any], status: int, headers: dict[str, str], rest: bool) -> None:
    """Proves that a refusal or a Retry-After is one of the whole exchange, and an error of one path is not."""
    exchange, mock = mirrored
    mock.register_uri(requests_mock.ANY, requests_mock.ANY, status_code=status, text="{}", headers=headers)
    with pytest.raises(ExchangeUnavailable) as caught:
        exchange.markets()
    assert caught.value.rest is rest
    if headers:
        assert caught.value.retry_after == 9.0


@pytest.mark.parametrize("status", [200, 403, 502])
def test_a_page_that_names_the_mirror_is_not_passed_on(mirrored: tuple[Any, Any], status: int) -> None:
    """Proves that an error page of a proxy's, which repeats its own address, gives nothing away."""
    exchange, mock = mirrored
    page = f"<html>{HOST}:9443 could not reach {BASE}/fapi?k=1 via https://user:pass@10.1.2.3:9443/token</html>"
    mock.register_uri(requests_mock.ANY, requests_mock.ANY, status_code=status, text=page)
    with pytest.raises(ExchangeUnavailable) as caught:
        exchange.markets()
    assert not [secret for secret in (*SECRETS, "pass", "10.1.2.3") if secret in str(caught.value)]


def test_the_exchanges_own_path_is_told(mirrored: tuple[Any, Any]) -> None:
    """Proves that what helps is left: which of the exchange's paths, and the status."""
    exchange, mock = mirrored
    mock.register_uri(requests_mock.ANY, requests_mock.ANY, status_code=503, text="{}")
    with pytest.raises(ExchangeUnavailable, match=r"503 from /\w+|/\w+ 503 "):
        exchange.markets()


def test_a_closed_port_is_told_without_its_number() -> None:
    """Proves the same over a real socket, and that the kind of failure is told."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    exchange: Any = build_venue("okx", base_url=f"http://127.0.0.1:{port}/hidden", timeout_s=5, throttle=False)
    with pytest.raises(ExchangeUnavailable) as caught:
        exchange.markets()
    exchange.close()
    assert caught.value.reason.startswith("NetworkError: no answer from /api/v5/")
    assert "ConnectionRefusedError" in caught.value.reason
    assert not [secret for secret in ("127.0.0.1", str(port), "hidden") if secret in caught.value.reason]


@pytest.mark.parametrize(
    ("text", "published"),
    [
        (f"GET {BASE}/api/v5/x?key=1 503", "GET /api/v5/x 503"),
        (f"GET {BASE}/api/v5/other 503", "GET (url) 503"),
        (f"at {HOST}:9443 and {HOST}", "at (host) and (host)"),
        ("see https://www.okx.com/docs/a#b", "see (url)"),
        ("no URL: 51001, Instrument ID", "no URL: 51001, Instrument ID"),
    ],
)
def test_urls_become_paths(text: str, published: str) -> None:
    """Proves what is left of a text: the path that was asked, and no other address."""
    with BoundedSession(BASE) as session:
        session.path = "/api/v5/x"
        assert session.published(text) == published


def test_what_no_parser_fits_is_logged_with_its_stack(caplog: pytest.LogCaptureFixture) -> None:
    """Proves that a bug in an adapter can be found from the log, though callers are told of bad data."""
    venue = VENUES["gate"]()
    with requests_mock.Mocker() as mock, caplog.at_level(logging.WARNING):
        mock.register_uri(requests_mock.ANY, requests_mock.ANY, text=venue.answer)
        exchange: Any = build_venue("gate", clock=lambda: NOW / 1000, throttle=False)
        exchange.base_amount = lambda row, market: row["no such key"] + market
        with pytest.raises(BadData, match="unknown shape"):
            exchange.open_interest_now(venue.symbol)
        venue.broken[venue.book] = (200, "<html>", {})
        with pytest.raises(BadData, match="not JSON"):
            exchange.order_book(venue.symbol)
        exchange.close()
    (record,) = caplog.records
    assert record.getMessage() == "gate: no parser fits what came from /api/v4/futures/usdt/contract_stats"
    assert "KeyError" in caplog.text
    assert "base_amount(row, market)" in caplog.text
