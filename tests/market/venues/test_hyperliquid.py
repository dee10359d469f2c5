"""Hyperliquid: the bars that it keeps, and margin tables out of its listing."""

import json
from typing import Any

import numpy as np
import pytest
import requests_mock

from service.market.contract import BadData
from service.market.venues.hyperliquid import margin_steps
from tests.market.venues.conftest import OpenVenue
from tests.support.recorded_json import open_recorded
from tests.support.recorded_venue import NOW

HOUR = 3_600_000
DAY = 24 * HOUR


def test_hyperliquid_is_not_asked_for_more_bars_than_it_keeps() -> None:
    """Proves that a longer range gives the last bars, whole, and no error."""
    with requests_mock.Mocker() as mock:
        exchange, venue = open_recorded(mock, "hyperliquid")
        series = exchange.ohlcv(venue.symbol, "5m", NOW - 100 * DAY, NOW)
        exchange.close()
    assert len(series.time) == 4990
    assert set(np.diff(series.time)) == {300_000}


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


@pytest.mark.parametrize("tables", [[0], ["text"], [[{"a": 1}, {}]], 7, [[1, 2, 3]]])
def test_tables_of_no_known_shape_are_the_exchanges_failure(opened: OpenVenue, tables: Any) -> None:
    """Whatever stands in place of the pairs of number and table, the caller is told that the answer is bad."""
    exchange, venue = opened("hyperliquid")
    exchange.markets()
    sent = [{"universe": [{"name": "BTC", "marginTableId": 1}], "marginTables": tables}, []]
    venue.broken["/metaAndAssetCtxs"] = (200, json.dumps(sent), {})
    with pytest.raises(BadData):
        exchange.tiers(venue.symbol)
