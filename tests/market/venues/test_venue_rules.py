"""What several venues do alike, each in its own units."""

import numpy as np
import pytest
import requests_mock

from tests.support.recorded_json import VENUES, open_recorded
from tests.support.recorded_venue import NOW, PRICE


@pytest.mark.parametrize("exchange_id", ["bybit", "okx"])
def test_an_inverse_book_is_in_coin_at_each_level(exchange_id: str) -> None:
    """Proves that contracts of so many USD become coin at the price of their own level."""
    with requests_mock.Mocker() as mock:
        exchange, venue = open_recorded(mock, exchange_id)
        contract = exchange.markets()["BTC/USD:BTC"].contract_size
        book, linear = exchange.order_book("BTC/USD:BTC"), exchange.order_book(venue.symbol)
        per_contract = exchange.markets()[venue.symbol].contract_size
        exchange.close()
    assert contract == {"bybit": 1.0, "okx": 100.0}[exchange_id]
    np.testing.assert_array_equal(book.bids[:, 0], linear.bids[:, 0])
    np.testing.assert_allclose(book.bids[:, 1], linear.bids[:, 1] / per_contract * contract / book.bids[:, 0])


def test_inverse_tiers_are_in_usd() -> None:
    """Proves that Bybit's limits in coin take the last price, and that OKX's contracts are USD already."""
    with requests_mock.Mocker() as mock:
        bybit, _ = open_recorded(mock, "bybit")
        assert bybit.tiers("BTC/USD:BTC").floor[1] == 2e6 * PRICE
        bybit.close()
    with requests_mock.Mocker() as mock:
        okx, _ = open_recorded(mock, "okx")
        assert okx.tiers("BTC/USD:BTC").floor[1] == 1000 * okx.markets()["BTC/USD:BTC"].contract_size
        okx.close()


@pytest.mark.parametrize("exchange_id", VENUES)
def test_no_client_looks_at_the_wall_clock(exchange_id: str) -> None:
    """Proves that ccxt tells the time by the clock that was given, in ms and in seconds."""
    with requests_mock.Mocker() as mock:
        exchange, _ = open_recorded(mock, exchange_id)
        client = exchange._client
        assert (client.milliseconds(), client.seconds()) == (NOW, NOW // 1000)
        exchange.close()
