"""An answer without a row, or with half of them, amid many pages: nothing is lost by it for long."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
import requests_mock

from service.market.contract import resolve
from service.market.feed import FeedQuery, MarketFeed
from service.market.feed.fetching.gap_refetch import GAP_SECONDS
from service.market.venues import VENUE_IDS, build_venue
from tests.emulator import Emulator, synthetic_truth
from tests.support.recorded_json import VENUES
from tests.support.recorded_venue import NOW as RECORDED_NOW
from tests.support.recorded_venue import STEPS
from tests.support.slowly import few_fast

# ten seconds after a bar's end
NOW = 1_790_000_410_000
STEP = STEPS["5m"]
UNTIL = NOW // STEP * STEP
# three and more pages of every venue's bars, more of most
BARS = 4100
WITH_HISTORY = ("binance", "bybit", "okx", "gate", "kucoin")


@pytest.fixture(scope="module")
def walk() -> Iterator[Emulator]:
    """Serve all venues from one truth."""
    with Emulator(synthetic_truth(NOW), NOW) as running:
        yield running


@pytest.fixture
def emulator(walk: Emulator) -> Iterator[Emulator]:
    """Give the walk healthy, at NOW."""
    walk.heal()
    walk.now_ms = NOW
    yield walk
    walk.heal()


@pytest.fixture
def exchange(request: Any, emulator: Emulator) -> Iterator[Any]:
    """Give the adapter of that id, pointed at the emulator and on its clock, its listing read."""
    made: Any = build_venue(
        request.param,
        base_url=emulator.url(request.param),
        clock=lambda: emulator.now_ms / 1000,
        throttle=False,
    )
    made.markets()
    yield made
    made.close()


def bars_path(exchange_id: str) -> str:
    """Return the end of the path that answers with traded bars; part of it at OKX, which has two."""
    return "candles" if exchange_id == "okx" else VENUES[exchange_id].candles


@pytest.mark.parametrize("kind", ["empty", "short"])
@pytest.mark.parametrize("exchange", few_fast(VENUE_IDS, 2), indirect=True)
def test_one_bad_page_of_bars_is_asked_for_again(exchange: Any, emulator: Emulator, kind: str) -> None:
    """Proves over real HTTP that each venue's bars come whole though one answer amid them did not."""
    symbol = resolve(exchange.id, "BTC", exchange.markets())
    whole = exchange.ohlcv(symbol, "5m", UNTIL - BARS * STEP, UNTIL)
    emulator.fault(exchange.id, kind=kind, path=bars_path(exchange.id), after=1, times=1)
    assert len(whole.time) == BARS
    np.testing.assert_array_equal(exchange.ohlcv(symbol, "5m", UNTIL - BARS * STEP, UNTIL).time, whole.time)


@pytest.mark.parametrize("kind", ["empty", "short"])
@pytest.mark.parametrize("exchange", few_fast(WITH_HISTORY, 2), indirect=True)
def test_one_bad_page_of_open_interest_is_asked_for_again(exchange: Any, emulator: Emulator, kind: str) -> None:
    """Proves the same of open interest, whose end no listing tells."""
    symbol = resolve(exchange.id, "BTC", exchange.markets())
    whole = exchange.open_interest(symbol, "5m", UNTIL - 700 * STEP, UNTIL)
    emulator.fault(exchange.id, kind=kind, path=VENUES[exchange.id].interest, after=1, times=1)
    again = exchange.open_interest(symbol, "5m", UNTIL - 700 * STEP, UNTIL)
    np.testing.assert_array_equal(again.time, whole.time)


@pytest.mark.parametrize(
    ("exchange", "path"),
    few_fast([("bybit", "/kline"), ("bybit", "open-interest"), ("binance", "/klines"), ("kucoin", "open-interest")], 2),
    indirect=["exchange"],
)
@pytest.mark.parametrize("kind", ["empty", "short"])
def test_a_history_cut_off_for_a_while_is_whole_afterwards(
    exchange: Any, emulator: Emulator, kind: str, path: str
) -> None:
    """Proves that no false beginning is kept: once the venue is well the next load has every row."""
    query = FeedQuery(exchange.id, "BTC", "5m", 2000)
    whole, feed = (MarketFeed({exchange.id: exchange}, exchange._clock) for _ in range(2))
    expected = whole.load(query)
    emulator.fault(exchange.id, kind=kind, path=path, after=1)
    torn = feed.load(query)
    assert torn.coverage != expected.coverage
    emulator.heal()
    assert feed.load(query).coverage == torn.coverage
    emulator.now_ms += int(GAP_SECONDS * 1000) + 100
    healed = feed.load(query)
    assert healed.coverage == expected.coverage
    np.testing.assert_array_equal(healed.bars.time, expected.bars.time)
    np.testing.assert_array_equal(healed.bars.open_interest, expected.bars.open_interest)


@pytest.mark.parametrize("exchange_id", VENUE_IDS)
def test_the_recorded_venues_too(exchange_id: str) -> None:
    """Proves against each venue's own JSON that one answer without a row, the second, is asked for again."""
    venue = VENUES[exchange_id]()
    until = RECORDED_NOW // STEP * STEP

    def once_empty(request: Any, context: Any) -> str:
        text = venue.answer(request, context)
        bars = [path for path, _ in venue.seen if "candles" in path or path.endswith(venue.candles)]
        return venue.empty if len(bars) == 2 and venue.seen[-1][0] == bars[-1] else text

    with requests_mock.Mocker() as mock:
        mock.register_uri(requests_mock.ANY, requests_mock.ANY, text=once_empty)
        exchange: Any = build_venue(exchange_id, clock=lambda: RECORDED_NOW / 1000, throttle=False)
        time = exchange.ohlcv(venue.symbol, "5m", until - BARS * STEP, until).time
        exchange.close()
    np.testing.assert_array_equal(time, np.arange(until - BARS * STEP, until, STEP))
