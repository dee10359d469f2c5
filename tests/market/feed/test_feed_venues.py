"""The feed on every emulated venue, over real HTTP: one truth, whatever the timeframe, margin coin or missing part."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from service.market.contract import TIMEFRAMES, MarketData
from service.market.feed import SETTLE_MS, FeedQuery, MarketFeed
from service.market.venues import VENUE_IDS, build_venue
from tests.emulator import Emulator, synthetic_truth
from tests.support.slowly import few_fast

NOW = 1_790_000_400_000
HOUR = 3_600_000
COLUMNS = 48
LINEAR = dict.fromkeys(VENUE_IDS, "BTC")
# what is read in coins or contracts and must be valued: at okx, htx and coin-margined bybit, tiers too
VALUED = [("okx", "BTC"), ("htx", "BTC"), ("bybit", "BTCUSD")]
INVERSE = [(adapter, "BTC/USD:BTC") for adapter in ("bybit", "okx")]
BOOKS = {"okx": "/market/books", "htx": "/market/depth", "bybit": "/orderbook"}


@pytest.fixture(scope="module")
def walk() -> Iterator[Emulator]:
    """Serve all venues from one truth."""
    with Emulator(synthetic_truth(NOW), NOW) as running:
        yield running


@pytest.fixture
def emulator(walk: Emulator) -> Iterator[Emulator]:
    """Give the walk healthy, its counters at zero."""
    walk.heal()
    walk.forget()
    yield walk
    walk.heal()


@pytest.fixture
def feed(emulator: Emulator) -> Iterator[MarketFeed]:
    """Give a feed on every adapter, nothing in hand."""
    clock = lambda: NOW / 1000  # noqa: E731 - one clock for all
    adapters: dict[str, Any] = {
        name: build_venue(name, base_url=emulator.url(name), timeout_s=60.0, clock=clock, throttle=False)
        for name in VENUE_IDS
    }
    yield MarketFeed(adapters, clock)
    for adapter in adapters.values():
        adapter.close()


@pytest.mark.parametrize("timeframe", few_fast(["1h", *(frame for frame in TIMEFRAMES if frame != "1h")]))
@pytest.mark.parametrize("exchange_id", VENUE_IDS)
def test_clean_data_are_never_called_inconsistent(feed: MarketFeed, exchange_id: str, timeframe: str) -> None:
    """At every timeframe, also where open interest comes coarser than the bars, nothing is missing or impossible."""
    columns = COLUMNS if timeframe != "1d" else 20
    data = feed.load(FeedQuery(exchange_id, "BTC", timeframe, columns))
    coverage = data.coverage
    assert (coverage.inconsistent, coverage.gaps, coverage.missing_at_end) == (0, 0, 0)
    assert coverage.open_interest_missing_at_end == 0
    assert data.as_of == (NOW - SETTLE_MS) // TIMEFRAMES[timeframe] * TIMEFRAMES[timeframe]


@pytest.mark.parametrize("timeframe", ["5m", "15m", "30m"])
def test_hourly_open_interest_on_shorter_bars_is_causal_and_near(feed: MarketFeed, timeframe: str) -> None:
    """HTX's hours on its short bars: never a later value, within an hour's change of the truth, and without jumps."""
    step = TIMEFRAMES[timeframe]
    data = feed.load(FeedQuery("htx", "BTC", timeframe, COLUMNS))
    true = feed.load(FeedQuery("binance", "BTC", timeframe, COLUMNS))
    hourly = feed.load(FeedQuery("htx", "BTC", "1h", COLUMNS)).bars
    got, fine = data.bars.open_interest[-COLUMNS:], true.bars.open_interest[-COLUMNS:]
    most = np.nanmax(np.abs(np.diff(hourly.open_interest)))
    assert np.abs(got - fine).max() <= most
    assert np.abs(np.diff(got)).max() <= most * step / HOUR * (1 + 1e-9)
    then = feed.load(FeedQuery("htx", "BTC", timeframe, COLUMNS - 7, data.as_of - 7 * step))
    np.testing.assert_array_equal(then.bars.open_interest[-20:], data.bars.open_interest[-27:-7])


def of(feed: MarketFeed, exchange_id: str, symbol: str) -> MarketData:
    """Return a market's hours."""
    return feed.load(FeedQuery(exchange_id, symbol, "1h", COLUMNS, context=True))


@pytest.mark.parametrize(("exchange_id", "symbol"), INVERSE)
def test_inverse_is_in_usd_and_by_its_own_rule(feed: MarketFeed, exchange_id: str, symbol: str) -> None:
    """Volume and open interest are those of the linear market times the close; the rule is the inverse one."""
    inverse, linear = of(feed, exchange_id, symbol), of(feed, exchange_id, "BTC")
    assert (inverse.symbol, inverse.inverse, linear.inverse) == ("BTC/USD:BTC", True, False)
    assert inverse.rule == f"{exchange_id}-inverse"
    assert linear.rule == exchange_id
    close = inverse.bars.close
    np.testing.assert_array_equal(close, linear.bars.close)
    np.testing.assert_allclose(inverse.bars.volume, linear.bars.volume * close, rtol=1e-5)
    np.testing.assert_allclose(inverse.bars.open_interest, linear.bars.open_interest * close, rtol=1e-5)
    assert inverse.book is not None
    assert linear.book is not None
    np.testing.assert_allclose(inverse.book.bids, linear.book.bids, rtol=0.02)
    np.testing.assert_allclose(inverse.tiers.floor, linear.tiers.floor, rtol=1e-3)
    assert inverse.price == pytest.approx(linear.price, rel=1e-9)
    assert inverse.coverage == linear.coverage


@pytest.mark.parametrize("timeframe", ["1h", "4h"])
@pytest.mark.parametrize(("exchange_id", "symbol"), INVERSE)
def test_recent_interest_of_inverse_is_in_usd(
    feed: MarketFeed, emulator: Emulator, exchange_id: str, symbol: str, timeframe: str
) -> None:
    """In the unit of its bars: what stood at each hour at the price of that hour."""
    data = feed.load(FeedQuery(exchange_id, symbol, timeframe, COLUMNS, context=True))
    assert data.recent_interest is not None
    times, amounts, prices = emulator.truth.open_interest("BTC", HOUR, NOW)
    np.testing.assert_array_equal(data.recent_interest.time, times[-26:])
    np.testing.assert_allclose(data.recent_interest.amount, (amounts * prices)[-26:], rtol=1e-5)


@pytest.mark.parametrize(("exchange_id", "symbol"), VALUED)
def test_without_a_book_the_map_stands(feed: MarketFeed, emulator: Emulator, exchange_id: str, symbol: str) -> None:
    """What can be done without is not needed for the tiers either, which come out the same."""
    whole = of(feed, exchange_id, symbol)
    fresh = MarketFeed({exchange_id: feed.exchanges[exchange_id]}, lambda: NOW / 1000)
    emulator.fault(exchange_id, kind="status", status=503, path=BOOKS[exchange_id])
    data = of(fresh, exchange_id, symbol)
    assert (data.book, set(data.missing)) == (None, {*whole.missing, "order_book"})
    assert data.price == data.bars.close[-1]
    np.testing.assert_array_equal(data.tiers.floor, whole.tiers.floor)


def test_hyperliquids_maintenance_is_half_of_the_initial_margin(feed: MarketFeed) -> None:
    """1 / (2 x most leverage), from the leverage that the listing states, and said to be derived."""
    market = feed.market("hyperliquid", "BTC")
    tiers = feed.tiers("hyperliquid", market).tiers
    assert market.max_leverage == 100
    assert tiers.maintenance_rate.tolist() == [1 / (2 * 100)]
    assert (tiers.max_leverage.tolist(), tiers.floor.tolist(), tiers.source) == ([100], [0], "derived")


@pytest.mark.parametrize("sides", [1, 2])
@pytest.mark.parametrize("timeframe", ["5m", "1h", "1d"])
def test_gate_counts_one_side_whatever_its_statistics_do(
    feed: MarketFeed, emulator: Emulator, monkeypatch: pytest.MonkeyPatch, sides: int, timeframe: str
) -> None:
    """Held against the total of longs, statistics of both sides are halved, and those of one are not."""
    monkeypatch.setattr(emulator.venues["gate"], "statistics_sides", sides)
    data = feed.load(FeedQuery("gate", "BTC", timeframe, 20))
    other = feed.load(FeedQuery("binance", "BTC", timeframe, 20))
    np.testing.assert_allclose(data.bars.open_interest[-20:], other.bars.open_interest[-20:], rtol=1e-5)
    asked = emulator.calls("gate", "contracts/BTC_USDT")
    feed.load(FeedQuery("gate", "BTC", "15m", 20))
    assert emulator.calls("gate", "contracts/BTC_USDT") == asked == 1


@pytest.mark.parametrize(
    ("exchange_id", "contract", "volume_raw", "interest_raw"),
    [
        ("kucoin", 0.001, lambda coins: coins / 0.001, lambda coins: coins / 0.001),
        ("htx", 0.001, lambda coins: 2 * coins, lambda coins: coins),
        ("bitget", 1.0, lambda coins: coins, lambda coins: coins),
    ],
)
def test_units_are_pinned(
    feed: MarketFeed, emulator: Emulator, exchange_id: str, contract: float, volume_raw: Any, interest_raw: Any
) -> None:
    """What ccxt gives is in the venue's own unit, and what the feed gives is coins of one side: no factor is lost."""
    adapter: Any = feed.exchanges[exchange_id]
    data = of(feed, exchange_id, "BTC")
    assert feed.market(exchange_id, "BTC").contract_size == contract
    true = emulator.truth.candles("BTC", HOUR, NOW)
    until = NOW // HOUR * HOUR
    limit = None if exchange_id == "htx" else 5
    rows = adapter._client.fetch_ohlcv(data.symbol, "1h", until - 5 * HOUR, limit, {"until": until})
    raw = {row[0]: row[5] for row in rows}
    for time, volume in zip(true.time[-6:-1].tolist(), true.volume[-6:-1].tolist(), strict=True):
        assert raw[time] == pytest.approx(volume_raw(volume), rel=1e-6)
    np.testing.assert_allclose(data.bars.volume[-5:], true.volume[-6:-1], rtol=1e-6)
    if adapter.capabilities.open_interest_history:
        rows = adapter._client.fetch_open_interest_history(data.symbol, "1h", until - 2 * HOUR, 200)
        newest = {row["timestamp"]: row["openInterestAmount"] for row in rows}[until]
        assert newest == pytest.approx(interest_raw(true.open_interest[-2]), rel=1e-6)
        assert data.bars.open_interest[-1] == pytest.approx(true.open_interest[-2], rel=1e-6)
    else:
        now = adapter._client.fetch_open_interest(data.symbol)["openInterestAmount"]
        assert data.bars.open_interest[-1] == pytest.approx(now / interest_raw(1.0), rel=1e-9)
