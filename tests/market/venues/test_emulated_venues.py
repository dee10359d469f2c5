"""The adapters against the emulator: other people's reading of the venues, over real HTTP."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from service.market.contract import TIMEFRAMES, BadData, ExchangeUnavailable, resolve
from service.market.venues import VENUE_IDS, build_venue
from tests.emulator import Emulator, Truth, synthetic_truth
from tests.emulator.clients import DIALECTS
from tests.support.slowly import few_fast

NOW = 1_790_000_400_000
HOUR = 3_600_000


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """Serve all venues from one truth."""
    with Emulator(synthetic_truth(NOW), NOW) as running:
        yield running


def opened(emulator: Emulator, exchange_id: str) -> Any:
    """Return an adapter pointed at the emulator."""
    base_url = emulator.url(exchange_id)
    return build_venue(exchange_id, base_url=base_url, timeout_s=2.0, clock=lambda: NOW / 1000, throttle=False)


@pytest.fixture(params=VENUE_IDS)
def exchange(request: Any, emulator: Emulator) -> Iterator[Any]:
    """Give each adapter, pointed at the emulator, whose faults end with the test."""
    adapter = opened(emulator, request.param)
    yield adapter
    adapter.close()
    emulator.heal()


@pytest.fixture(
    params=[*((exchange_id, "BTC") for exchange_id in VENUE_IDS), ("bybit", "BTCUSD"), ("okx", "BTC/USD:BTC")]
)
def market(request: Any, emulator: Emulator) -> Iterator[tuple[Any, str]]:
    """Give each adapter with its main market, and those that have one with their coin-margined market."""
    adapter = opened(emulator, request.param[0])
    yield adapter, resolve(adapter.id, request.param[1], adapter.markets())
    adapter.close()


@pytest.mark.parametrize(("timeframe", "bars"), few_fast([("1h", 1400), ("1d", 50), ("5m", 2100)], 2))
def test_every_venue_tells_the_same_truth(
    market: tuple[Any, str], emulator: Emulator, timeframe: str, bars: int
) -> None:
    """Proves units, sides, stamps and paging at once: one truth comes back the same from every venue."""
    exchange, symbol = market
    truth: Truth = emulator.truth
    step = TIMEFRAMES[timeframe]
    until = NOW // step * step
    since = until - bars * step
    series = exchange.ohlcv(symbol, timeframe, since, until)
    candles = truth.candles("BTC", step, NOW)
    asked = (candles.time >= since) & (candles.time < until)
    np.testing.assert_array_equal(series.time, candles.time[asked])
    for column in ("open", "high", "low", "close"):
        np.testing.assert_allclose(getattr(series, column), getattr(candles, column)[asked], rtol=1e-9)
    np.testing.assert_allclose(series.volume, candles.volume[asked], rtol=1e-5)
    if exchange.capabilities.mark_price:
        mark = exchange.mark_ohlcv(symbol, timeframe, since, until)
        reach = exchange.most_recent_mark_bars or bars
        np.testing.assert_array_equal(mark.time, series.time[-reach:])
        np.testing.assert_allclose(mark.low, truth.candles("BTC", step, NOW, mark=True).low[asked][-reach:], rtol=1e-5)
    if not exchange.capabilities.open_interest_history:
        return
    interest = exchange.open_interest(symbol, timeframe, since, until + 1)
    read = TIMEFRAMES[exchange.open_interest_timeframe(timeframe)]
    offset = DIALECTS[exchange.id].day_offset if timeframe == "1d" else 0
    times, amounts, _ = truth.open_interest("BTC", read, NOW, offset=offset)
    assert interest.time[-1] == (until - offset) // read * read + offset
    at = np.searchsorted(times, interest.time)
    np.testing.assert_array_equal(times[at], interest.time)
    np.testing.assert_allclose(interest.amount, amounts[at], rtol=1e-5)


def test_eight_venues_in_their_own_units_give_one_market(emulator: Emulator) -> None:
    """Proves that venues which count contracts, coins, lots or USD, one side or both, agree on OI and volume to 1 %."""
    until = NOW // HOUR * HOUR
    volumes, interests = {}, {}
    names = [*((exchange_id, "BTC") for exchange_id in VENUE_IDS), ("bybit", "BTCUSD"), ("okx", "BTCUSD")]
    for exchange_id, text in names:
        adapter = opened(emulator, exchange_id)
        symbol = resolve(exchange_id, text, adapter.markets())
        volumes[exchange_id, symbol] = adapter.ohlcv(symbol, "1h", until - 100 * HOUR, until).volume
        interests[exchange_id, symbol] = (
            adapter.open_interest(symbol, "1h", until - 100 * HOUR, until + 1).amount
            if adapter.capabilities.open_interest_history
            else adapter.open_interest_now(symbol).amount
        )
        adapter.close()
    first = volumes["binance", "BTC/USDT:USDT"], interests["binance", "BTC/USDT:USDT"]
    assert len(volumes) == len(VENUE_IDS) + 2
    for name, volume in volumes.items():
        np.testing.assert_allclose(volume, first[0], rtol=0.01, err_msg=str(name))
        np.testing.assert_allclose(interests[name], first[1][-len(interests[name]) :], rtol=0.01, err_msg=str(name))


def test_snapshots_agree_with_the_truth(market: tuple[Any, str], emulator: Emulator) -> None:
    """Proves book, present OI, funding and tiers in base coin and quote currency."""
    exchange, symbol = market
    book = exchange.order_book(symbol)
    truth = emulator.truth.book("BTC", NOW, len(book.bids))
    assert len(book.bids) == exchange.capabilities.order_book_depth
    np.testing.assert_allclose(book.bids, truth.bids, rtol=0.02)
    np.testing.assert_allclose(book.asks, truth.asks, rtol=0.02)
    interest = exchange.open_interest_now(symbol)
    np.testing.assert_allclose(interest.amount, [emulator.truth.latest_open_interest("BTC", NOW)], rtol=1e-5)
    assert interest.time[0] <= NOW
    funding = exchange.funding(symbol)
    assert funding.rate / funding.interval_hours == pytest.approx(0.0001 / 8)
    tiers = exchange.tiers(symbol)
    if tiers.source == "exchange" and len(tiers.floor) > 1:
        np.testing.assert_allclose(tiers.floor[1:3], [2e6, 1e7], rtol=1e-3)


@pytest.mark.parametrize(
    ("fault", "error", "wait"),
    [
        ({"kind": "html200"}, BadData, None),
        ({"kind": "status", "status": 429, "retry_after": 7}, ExchangeUnavailable, 7),
        ({"kind": "status", "status": 503}, ExchangeUnavailable, 5),
        ({"down": True}, ExchangeUnavailable, 5),
    ],
)
def test_faults_end_as_errors_of_the_tree(
    exchange: Any, emulator: Emulator, fault: dict[str, Any], error: type[Exception], wait: float | None
) -> None:
    """Proves that each way of failing is told apart, and that the adapter works again afterwards."""
    symbol = resolve(exchange.id, "BTC", exchange.markets())
    emulator.fault(exchange.id, **fault)
    with pytest.raises(error, match=exchange.id) as caught:
        exchange.order_book(symbol)
    assert wait is None or getattr(caught.value, "retry_after", None) == wait
    emulator.heal()
    assert len(exchange.order_book(symbol).bids)


def test_a_bar_a_thousand_times_as_high_costs_that_bar(exchange: Any, emulator: Emulator) -> None:
    """Proves on every venue that one absurd bar, and one absurd reading of open interest, are lost; nothing else."""
    symbol = resolve(exchange.id, "BTC", exchange.markets())
    until = NOW // HOUR * HOUR
    asked = [(exchange.ohlcv, 50)]
    if exchange.capabilities.mark_price:
        asked.append((exchange.mark_ohlcv, 1500))
    # of Bybit's two figures the one that is read is left alone
    if exchange.capabilities.open_interest_history and exchange.id != "bybit":
        asked.append((exchange.open_interest, 150))
    for ask, hours in asked:
        whole = ask(symbol, "1h", until - hours * HOUR, until)
        emulator.fault(exchange.id, "leap")
        torn = ask(symbol, "1h", until - hours * HOUR, until)
        emulator.heal()
        np.testing.assert_array_equal(torn.time, whole.time)
        kept = np.isfinite(torn.columns()).all(axis=1)
        assert 1 <= (~kept).sum() <= 16
        np.testing.assert_array_equal(torn.select(kept).columns(), whole.select(kept).columns())


def test_a_drip_ends_at_the_deadline(emulator: Emulator) -> None:
    """Proves the total deadline of a call over the emulator's drip, which outlasts it."""
    adapter: Any = build_venue(
        "okx", base_url=emulator.url("okx"), timeout_s=0.5, clock=lambda: NOW / 1000, throttle=False
    )
    emulator.fault("okx", drip=0.05)
    with pytest.raises(ExchangeUnavailable, match="okx"):
        adapter.markets()
    adapter.close()
    emulator.heal()
