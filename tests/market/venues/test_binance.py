"""Binance: brackets of a table in place of tiers, and funding intervals from its list of exceptions."""

import json

import requests_mock

from tests.support.recorded_json import open_recorded
from tests.support.recorded_venue import Venue


def test_binance_knows_contracts_that_pay_more_often() -> None:
    """Proves that an interval from Binance's list of exceptions is used."""
    with requests_mock.Mocker() as mock:
        exchange, _ = open_recorded(mock, "binance")
        assert exchange.funding("ETH/USDT:USDT").interval_hours == 4
        exchange.close()


def test_a_symbol_outside_our_table_gets_an_assumed_tier() -> None:
    """Proves that Binance's tiers say when they are assumed."""
    with requests_mock.Mocker() as mock:
        exchange, venue = open_recorded(mock, "binance")
        venue.broken["/exchangeInfo"] = (200, _renamed(venue, "ETH", "NEWCOIN"), {})
        tiers = exchange.tiers("NEWCOIN/USDT:USDT")
        exchange.close()
    assert (tiers.source, tiers.maintenance_rate[0], tiers.max_leverage[0]) == ("assumed", 0.015, 50)
    assert "assumed" in tiers.note


def _renamed(venue: Venue, old: str, new: str) -> str:

    return json.dumps(venue.answers()["/fapi/v1/exchangeInfo"]({})).replace(old, new)
