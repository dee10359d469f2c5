"""Risk tiers of each venue as it counts and applies them, and what is refused of them."""

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import requests_mock

from service.market.contract import BadData
from service.market.venues import build_venue
from service.market.venues.hyperliquid import margin_steps
from tests.support.recorded_json import VENUES
from tests.support.recorded_venue import NOW, SYMBOL, Venue

OpenVenue = Callable[[str], tuple[Any, Venue]]


@pytest.fixture
def opened() -> Any:
    """Return a function that gives an adapter on its fake venue."""
    adapters: list[Any] = []
    with requests_mock.Mocker() as mock:

        def open_it(exchange_id: str) -> tuple[Any, Venue]:
            venue = VENUES[exchange_id]()
            mock.register_uri(requests_mock.ANY, requests_mock.ANY, text=venue.answer)
            adapters.append(build_venue(exchange_id, clock=lambda: NOW / 1000, throttle=False))
            return adapters[-1], venue

        yield open_it
        for adapter in adapters:
            adapter.close()


@pytest.mark.parametrize(
    ("exchange_id", "symbol", "in_coin"),
    [
        ("binance", SYMBOL, False),
        ("bybit", SYMBOL, False),
        ("bybit", "BTC/USD:BTC", True),
        ("okx", SYMBOL, True),
        ("okx", "BTC/USD:BTC", False),
        ("gate", SYMBOL, False),
        ("kucoin", SYMBOL, False),
        ("htx", SYMBOL, True),
        ("bitget", SYMBOL, False),
        ("hyperliquid", "BTC/USDC:USDC", False),
    ],
)
def test_what_tiers_are_counted_in(opened: OpenVenue, exchange_id: str, symbol: str, *, in_coin: bool) -> None:
    """Contracts of coin and risk limits in coin are coins, contracts of USD and values are quote currency."""
    exchange, _ = opened(exchange_id)
    tiers = exchange.tiers(symbol)
    counted = tiers.as_counted(inverse=symbol == "BTC/USD:BTC")
    assert counted.counted_in == ("base" if in_coin else "quote")
    assert (tiers.coin_price is not None) == in_coin
    np.testing.assert_allclose(counted.floor * (tiers.coin_price or 1.0), tiers.floor)


def test_bybits_coin_margined_amounts_are_in_coin(opened: OpenVenue) -> None:
    """Borders and deductions are what its risk limits in coin make, whatever the price at which they were read."""
    exchange, venue = opened("bybit")
    counted = exchange.tiers("BTC/USD:BTC").as_counted(inverse=True)
    jumps = counted.floor[1:] * np.diff(counted.maintenance_rate)
    np.testing.assert_allclose(counted.maintenance_amount, np.append(0.0, np.cumsum(jumps)), rtol=1e-9)
    assert counted.floor[1] == pytest.approx(round(float(counted.floor[1]), 6))
    assert venue.queries(venue.risk)


def test_a_rate_that_leaves_no_margin_is_bad_data(opened: OpenVenue) -> None:
    """Half of the value kept at 100x, as the documentation of one venue prints it, is no tier anyone could hold."""
    exchange, venue = opened("bybit")
    printed = {
        "id": 1,
        "symbol": "BTCUSDT",
        "riskLimitValue": "150",
        "maintenanceMargin": "0.5",
        "maxLeverage": "100.00",
    }
    body = {"retCode": 0, "retMsg": "OK", "result": {"category": "linear", "list": [printed]}, "time": NOW}
    assert venue.risk is not None
    venue.broken[venue.risk] = (200, json.dumps(body), {})
    with pytest.raises(BadData, match=r"rate of 0\.5 at a leverage of 100"):
        exchange.tiers(SYMBOL)


def test_gates_book_is_as_old_as_its_last_change(opened: OpenVenue) -> None:
    """An answer of now about a book that last changed ten minutes ago is a book of then."""
    exchange, venue = opened("gate")
    assert exchange.order_book(SYMBOL).time == NOW
    sent = json.loads(json.dumps(venue.answers()["/api/v4/futures/usdt/order_book"]({})))
    venue.broken[venue.book] = (200, json.dumps(sent | {"update": NOW / 1000 - 600}), {})
    with pytest.raises(BadData, match="its time is 600 s from now"):
        exchange.order_book(SYMBOL)


def test_htx_has_a_ladder_for_each_leverage(opened: OpenVenue) -> None:
    """They keep their rates, factor over leverage, and their borders in contracts."""
    exchange, _ = opened("htx")
    tiers = exchange.tiers(SYMBOL)
    offered = [leverage for leverage, _ in tiers.by_leverage]
    assert offered == sorted(offered)
    assert len(offered) > 1
    for leverage, table in tiers.as_counted(inverse=False).by_leverage:
        assert (table.maintenance_rate * leverage < 1).all()
        assert table.counted_in == "base"


def test_hyperliquids_second_step(opened: OpenVenue) -> None:
    """BTC: 40x to 150 M, 20x beyond; half of the initial margin is kept, less 1.875 M beyond."""
    exchange, _ = opened("hyperliquid")
    tiers = exchange.tiers("BTC/USDC:USDC")
    assert tiers.floor.tolist() == [0, 150e6]
    assert tiers.maintenance_rate.tolist() == [0.0125, 0.025]
    assert tiers.maintenance_amount.tolist() == [0, pytest.approx(1.875e6)]
    assert (tiers.max_leverage.tolist(), tiers.source) == ([40, 20], "exchange")


def listing(number: int | None, *tables: object) -> list[Any]:
    """Return Hyperliquid's answer about one coin."""
    named = {} if number is None else {"marginTableId": number}
    return [{"universe": [{"name": "BTC", "maxLeverage": 40, **named}], "marginTables": list(tables)}, []]


def table(number: int, *steps: tuple[object, object]) -> list[Any]:
    """Return a margin table."""
    rows = [{"lowerBound": bound, "maxLeverage": leverage} for bound, leverage in steps]
    return [number, {"description": "", "marginTiers": rows}]


@pytest.mark.parametrize("sent", [listing(None), listing(40), listing(56), listing(56, table(55, ("0.0", 25)))])
def test_coins_without_a_table_of_their_own(sent: list[Any]) -> None:
    """Of a table that is not written out nothing is known but the most leverage."""
    assert margin_steps("x", sent, "BTC") is None


@pytest.mark.parametrize(
    "sent",
    [
        None,
        [],
        ["x"],
        listing(56, table(56)),
        listing(56, table(56, ("5.0", 40))),
        listing(56, table(56, ("0.0", 40), ("0.0", 20))),
        listing(56, table(56, ("0.0", 20), ("1.0", 40))),
        listing(56, table(56, ("0.0", 0.5))),
        listing(56, table(56, ("0.0", None))),
        listing(56, table(56, ("nan", 40))),
    ],
)
def test_tables_that_are_no_ladder(sent: Any) -> None:
    """They are bad data, named with the venue."""
    with pytest.raises(BadData, match=r"^x: risk tiers"):
        margin_steps("x", sent, "BTC")


def test_how_far_kucoins_open_interest_reaches(opened: OpenVenue) -> None:
    """Seven days, seventy of days: the recorded venue asserts that it is never asked beyond."""
    exchange, _ = opened("kucoin")
    able = exchange.capabilities
    assert [able.open_interest_reach(timeframe) for timeframe in ("5m", "1h", "1d")] == [7.0, 7.0, 70.0]
    day = 86_400_000
    assert len(exchange.open_interest(SYMBOL, "1h", NOW - 90 * day, NOW).time) == 167
    assert len(exchange.open_interest(SYMBOL, "1d", NOW - 90 * day, NOW).time) == 69
