"""The registry lists the adapters, and each is an Exchange that threads can share."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests_mock

from service.heatmap.margin.exchange_formulas import rule_of
from service.market.contract import TIMEFRAMES, Exchange, ExchangeUnavailable, UnknownExchange
from service.market.venues import ADAPTERS, VENUE_IDS, build_venue
from tests.support.recorded_json import VENUES
from tests.support.recorded_venue import NOW, SYMBOL


def test_the_ids_are_unique_and_the_rules_are_those_of_the_model() -> None:
    """Proves ids, names and rules of what is served."""
    assert len(set(VENUE_IDS)) == len(VENUE_IDS) == len(ADAPTERS)
    assert {adapter.id for adapter in ADAPTERS if adapter.capabilities.inverse} == {"bybit", "okx"}
    for adapter in ADAPTERS:
        assert rule_of(adapter.liquidation_rule).inverse is False
        assert rule_of(f"{adapter.liquidation_rule}-inverse").inverse is True
    assert not any(adapter.simulated for adapter in ADAPTERS)
    assert len({adapter.name for adapter in ADAPTERS}) == len(ADAPTERS)


@pytest.mark.parametrize("exchange_id", VENUE_IDS)
def test_capabilities_are_honest(exchange_id: str) -> None:
    """Proves that what is claimed is what the client of that exchange knows."""
    exchange: Exchange = build_venue(exchange_id)
    claimed: Any = exchange.capabilities
    client = exchange._client  # type: ignore[attr-defined] # what it is held against
    assert set(claimed.timeframes) == set(TIMEFRAMES) <= set(client.timeframes)
    assert set(claimed.open_interest_timeframes) <= set(claimed.timeframes)
    assert bool(client.has["fetchOpenInterestHistory"]) == claimed.open_interest_history
    assert bool(claimed.open_interest_timeframes) == claimed.open_interest_history
    assert bool(client.has["fetchMarkOHLCV"]) == claimed.mark_price
    assert claimed.account_ratio == (exchange.account_ratio_period is not None)  # type: ignore[attr-defined] # the same
    assert not claimed.account_ratio or client.has["fetchLongShortRatioHistory"]
    assert client.has["fetchFundingRate"]
    assert not claimed.liquidations or client.has["fetchLiquidations"]


def test_unknown_exchanges_are_refused() -> None:
    """Proves that the error names what is served."""
    with pytest.raises(UnknownExchange, match="binance, bybit, okx, gate, kucoin"):
        build_venue("mtgox")


def test_contracts_do_not_pull_ccxt_in() -> None:
    """Proves that what the model and the edge import stays free of ccxt, which costs 65 MiB and up to seconds."""
    contracts = "service.market.contract.exchange, service.market.contract.data, service.market.contract.symbols"
    code = f"import sys, {contracts}; assert 'ccxt' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_threads_share_one_adapter() -> None:
    """Proves that many threads on one adapter load one listing and all get whole answers."""
    venue = VENUES["gate"]()
    with requests_mock.Mocker() as mock:
        mock.register_uri(requests_mock.ANY, requests_mock.ANY, text=venue.answer)
        exchange: Any = build_venue("gate", clock=lambda: NOW / 1000, throttle=False)
        with ThreadPoolExecutor(8) as pool:
            asked = [pool.submit(exchange.ohlcv, SYMBOL, "1h", NOW - n * 86_400_000, NOW) for n in range(1, 17)]
            lengths = [len(future.result().time) for future in asked]
        exchange.close()
    assert lengths == [24 * n for n in range(1, 17)]
    assert len(venue.queries(venue.listing)) == 1


def test_the_listing_is_read_when_the_caller_asks() -> None:
    """Proves that the adapter keeps no listing of its own beside its caller's: each call brings the venue's newest."""
    venue = VENUES["gate"]()
    with requests_mock.Mocker() as mock:
        mock.register_uri(requests_mock.ANY, requests_mock.ANY, text=venue.answer)
        exchange: Any = build_venue("gate", clock=lambda: NOW / 1000, throttle=False)
        for calls in (1, 2, 3):
            exchange.markets()
            assert len(venue.queries(venue.listing)) == calls
        exchange.close()


def test_a_turn_that_does_not_come_is_unavailable() -> None:
    """Proves that callers behind a stuck call are let go."""
    exchange: Any = build_venue("okx", timeout_s=0.01)
    with exchange._lock, pytest.raises(ExchangeUnavailable, match="busy"):
        exchange.markets()
