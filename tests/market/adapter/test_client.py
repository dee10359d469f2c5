"""The ccxt client: rows as they came, and one base URL in place of all hosts."""

from typing import Any
from urllib.parse import urlsplit

import ccxt
import pytest

from service.market.adapter.client import MAX_ROWS, client
from service.market.adapter.transport import BoundedSession, UnusableBody

ROWS: list[list[Any]] = [[1_748_736_060_000, 2, 3, 1, 2, 5], [1_748_736_000_000, 1, 2, 1, 2, 5], [None, 1, 2, 1, 2, 5]]


def client_of(base_url: str | None = None, ccxt_class: type = ccxt.okx) -> Any:
    """Return a client."""
    return client(ccxt_class, {"defaultType": "swap"}, base_url, BoundedSession(base_url), {"timeout": 1234})


def test_settings_reach_ccxt() -> None:
    """Timeout, options and our own session."""
    okx = client_of()
    assert (okx.timeout, okx.options["defaultType"]) == (1234, "swap")
    assert isinstance(okx.session, BoundedSession)
    assert okx.has["fetchCurrencies"] is False


def test_rows_stay_in_the_order_they_came() -> None:
    """Also one without a time, which ccxt itself would drop: what is wrong with them, our checks say."""
    times = [
        row[0] for row in client_of().parse_ohlcvs([[str(cell) if cell else cell for cell in row] for row in ROWS])
    ]
    assert times == [row[0] for row in ROWS]


@pytest.mark.parametrize("parse", ["parse_ohlcvs", "parse_open_interests_history"])
def test_more_rows_than_any_page_has_are_not_parsed(parse: str) -> None:
    """Half a million numbers are one megabyte, and were ten seconds of parsing."""
    with pytest.raises(UnusableBody, match=f"{MAX_ROWS + 1} rows"):
        getattr(client_of(), parse)([1] * (MAX_ROWS + 1))


def leaves(urls: Any) -> list[str]:
    """Return every URL in dicts in dicts."""
    return [url for value in urls.values() for url in leaves(value)] if isinstance(urls, dict) else [urls]


@pytest.mark.parametrize("ccxt_class", [ccxt.okx, ccxt.gate, ccxt.binance, ccxt.bybit])
def test_a_base_url_takes_the_place_of_every_host(ccxt_class: type) -> None:
    """The paths stay."""
    plain, rebased = (leaves(client_of(base, ccxt_class).urls["api"]) for base in (None, "http://127.0.0.1:9/x/"))
    assert rebased == ["http://127.0.0.1:9/x" + urlsplit(url).path for url in plain]
