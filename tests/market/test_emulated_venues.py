"""The adapters against the emulator: other people's reading of the venues, over real HTTP."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from service.market.exchange import TIMEFRAMES, BadData, ExchangeUnavailable
from service.market.registry import IDS, build
from tests.emulator import Emulator, Truth, synthetic_truth

NOW = 1_790_000_400_000
SYMBOL = "BTC/USDT:USDT"


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """Serve all venues from one truth."""
    with Emulator(synthetic_truth(NOW), NOW) as running:
        yield running


@pytest.fixture(params=IDS)
def exchange(request: Any, emulator: Emulator) -> Iterator[Any]:
    """Give each adapter, pointed at the emulator, whose faults end with the test."""
    adapter: Any = build(
        request.param, base_url=emulator.url(request.param), timeout_s=2.0, clock=lambda: NOW / 1000, throttle=False
    )
    yield adapter
    adapter.close()
    emulator.heal()


@pytest.mark.parametrize(("timeframe", "bars"), [("5m", 2100), ("1h", 1400), ("1d", 50)])
def test_every_venue_tells_the_same_truth(exchange: Any, emulator: Emulator, timeframe: str, bars: int) -> None:
    """Proves units, sides, stamps and paging at once: one truth comes back the same from four venues."""
    truth: Truth = emulator.truth
    step = TIMEFRAMES[timeframe]
    until = NOW // step * step
    since = until - bars * step
    series = exchange.ohlcv(SYMBOL, timeframe, since, until)
    candles = truth.candles("BTC", step, NOW)
    asked = (candles.time >= since) & (candles.time < until)
    np.testing.assert_array_equal(series.time, candles.time[asked])
    for column in ("open", "high", "low", "close"):
        np.testing.assert_allclose(getattr(series, column), getattr(candles, column)[asked], rtol=1e-9)
    np.testing.assert_allclose(series.volume, candles.volume[asked], rtol=1e-5)
    mark = exchange.mark_ohlcv(SYMBOL, timeframe, since, until)
    np.testing.assert_allclose(mark.low, truth.candles("BTC", step, NOW, mark=True).low[asked], rtol=1e-5)
    interest = exchange.open_interest(SYMBOL, timeframe, since, until + 1)
    times, amounts, _ = truth.open_interest("BTC", step, NOW)
    assert interest.time[-1] == until
    at = np.searchsorted(times, interest.time)
    np.testing.assert_array_equal(times[at], interest.time)
    np.testing.assert_allclose(interest.amount, amounts[at], rtol=1e-5)


def test_snapshots_agree_with_the_truth(exchange: Any, emulator: Emulator) -> None:
    """Proves book, funding and tiers in base coin and quote currency."""
    book = exchange.order_book(SYMBOL)
    truth = emulator.truth.book("BTC", NOW, len(book.bids))
    assert len(book.bids) == exchange.capabilities.order_book_depth
    np.testing.assert_allclose(book.bids, truth.bids, rtol=0.02)
    np.testing.assert_allclose(book.asks, truth.asks, rtol=0.02)
    assert exchange.funding(SYMBOL).interval_hours == 8
    tiers = exchange.tiers(SYMBOL)
    if tiers.source == "exchange":
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
    exchange.markets()
    emulator.fault(exchange.id, **fault)
    with pytest.raises(error, match=exchange.id) as caught:
        exchange.order_book(SYMBOL)
    assert wait is None or getattr(caught.value, "retry_after", None) == wait
    emulator.heal()
    assert len(exchange.order_book(SYMBOL).bids)


def test_a_drip_ends_at_the_deadline(emulator: Emulator) -> None:
    """Proves the total deadline of a call over the emulator's drip, which outlasts it."""
    adapter: Any = build("okx", base_url=emulator.url("okx"), timeout_s=0.5, clock=lambda: NOW / 1000, throttle=False)
    emulator.fault("okx", drip=0.05)
    with pytest.raises(ExchangeUnavailable, match="okx"):
        adapter.markets()
    adapter.close()
    emulator.heal()
