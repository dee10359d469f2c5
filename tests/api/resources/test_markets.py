"""GET /v1/markets: the listing of one exchange, kept for an hour."""

from dataclasses import replace
from unittest.mock import patch

from flask.testing import FlaskClient

from service.market.contract import Delisting
from service.market.feed import LIMITS
from service.times import rfc3339
from tests.support.fake_exchange import HOUR, SYMBOL, T0, Clock, FakeExchange


def test_a_market_is_described(client: FlaskClient) -> None:
    """Symbol, coins, steps, fee and the most leverage."""
    assert client.get("/v1/markets").get_json()["exchange"] == "sim"
    row = client.get("/v1/markets").get_json()["markets"][0]
    assert (row["symbol"], row["base"], row["quote"], row["settle"]) == (SYMBOL, "BTC", "USDT", "USDT")
    assert (row["inverse"], row["contract"]) == (False, "0.001 BTC")
    assert (row["contract_size"], row["price_tick"], row["taker_fee"], row["max_leverage"]) == (
        0.001,
        0.1,
        0.0005,
        100.0,
    )


def test_markets_are_in_order_and_can_all_be_asked_for(sim_client: FlaskClient) -> None:
    """Every symbol that is listed is one that the heatmap takes."""
    symbols = [row["symbol"] for row in sim_client.get("/v1/markets?exchange=sim2").get_json()["markets"]]
    assert symbols == sorted(symbols)
    assert len(symbols) >= 3
    for symbol in symbols:
        response = sim_client.get("/v1/profile", query_string={"exchange": "sim2", "symbol": symbol, "lookback": "12h"})
        assert response.status_code == 200


def test_a_coin_margined_contract_says_so(client: FlaskClient, fake: FakeExchange) -> None:
    """Its contract is of so many dollars, and the unit is written beside the figure."""
    inverse = replace(fake.markets()[SYMBOL], symbol="BTC/USD:BTC", quote="USD", contract_size=100.0, inverse=True)
    with patch.object(fake, "markets", lambda: {inverse.symbol: inverse}):
        [row] = client.get("/v1/markets").get_json()["markets"]
    assert (row["inverse"], row["contract"], row["contract_size"]) == (True, "100 USD", 100.0)


def test_a_market_that_goes_says_so(client: FlaskClient, fake: FakeExchange) -> None:
    """In the listing with the moment, and in a warning of every answer about it; one of the past is as it was."""
    going = replace(fake.markets()[SYMBOL], delisting=Delisting(T0 + 5 * HOUR))
    with patch.object(fake, "markets", lambda: {SYMBOL: going}):
        [row] = client.get("/v1/markets").get_json()["markets"]
        told = [
            [text for text in client.get(path).get_json()["warnings"] if "off its list" in text]
            for path in (
                "/v1/profile",
                "/v1/zones",
                "/v1/liquidation-price?exchange=sim&side=long&entry=60000&leverage=5",
                f"/v1/profile?as_of={T0 - 48 * HOUR}",
            )
        ]
    assert (row["in_delisting"], row["delisted_at"]) == (True, rfc3339(T0 + 5 * HOUR))
    sentence = f"sim takes {SYMBOL} off its list at {rfc3339(T0 + 5 * HOUR)}: what is open then is settled."
    assert told == [[sentence], [sentence], [sentence], []]


def test_a_made_up_market_says_so(client: FlaskClient, sim_client: FlaskClient) -> None:
    """Whoever lists a simulated exchange is told, as in every other answer."""
    assert client.get("/v1/markets").get_json()["simulated"] is False
    assert sim_client.get("/v1/markets").get_json()["simulated"] is True


def test_the_listing_is_fetched_once_an_hour(client: FlaskClient, fake: FakeExchange, clock: Clock) -> None:
    """Between that, every path that needs it takes it from hand."""
    for _ in range(3):
        client.get("/v1/markets")
        client.get("/v1/heatmap")
        clock.now += 100
    assert len(fake.asked("markets")) == 1
    clock.now += LIMITS["markets"].fresh
    client.get("/v1/markets")
    assert len(fake.asked("markets")) == 2
