"""A stampede on a slow exchange over real HTTP: every request goes out once, and everyone gets what one alone would."""

import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pytest

from service.market.contract import MarketData
from service.market.feed import FeedQuery, MarketFeed
from service.market.venues import build_venue
from tests.emulator import Emulator, synthetic_truth
from tests.emulator.venue import Reply, Request

NOW = 1_790_000_400_000
HOUR = 3_600_000
CROWD, SLOW_S = 32, 0.03
# ranged requests alone tell by themselves what they are for: HTX is asked for its newest rows whatever the moment
EXCHANGES = ("binance", "bybit", "okx", "gate", "kucoin")

# A contract of Gate's tells its funding rate and the total of its longs, which are two kinds of data. OKX has open
# interest of some days alone, and the page where it ends is asked for twice.
TWICE = {"/api/v4/futures/usdt/contracts/BTC_USDT": 2, "/api/v5/rubik/stat/contracts/open-interest-history": 2}


class Witness:
    """Counts each request to a venue by path and query."""

    def __init__(self, emulator: Emulator, exchange: str) -> None:
        """Stand in front of the venue."""
        self.seen: Counter[tuple[object, ...]] = Counter()
        self._lock = threading.Lock()
        self._answer = emulator.venues[exchange].answer
        emulator.venues[exchange].answer = self.answer  # type: ignore[method-assign]  # the venue is this test's own

    def answer(self, request: Request) -> Reply:
        """Count and pass on."""
        with self._lock:
            self.seen[request.path, *sorted(request.query.items())] += 1
        return self._answer(request)


@pytest.fixture(params=EXCHANGES)
def scene(request: Any) -> Iterator[tuple[Emulator, MarketFeed, str, Witness]]:
    """Give an exchange that takes its time, a feed on it, and a witness of what it is asked."""
    with Emulator(synthetic_truth(NOW, ahead_hours=4), NOW) as emulator:
        name = request.param
        witness = Witness(emulator, name)
        emulator.fault(name, delay_s=SLOW_S)
        clock = lambda: emulator.now_ms / 1000  # noqa: E731 - one clock for both
        adapter: Any = build_venue(name, base_url=emulator.url(name), timeout_s=30.0, clock=clock, throttle=False)
        yield emulator, MarketFeed({name: adapter}, clock), name, witness
        adapter.close()


def queries(name: str, now: int) -> list[FeedQuery]:
    """Return what a crowd asks for: the same market, live and past, with context and without."""
    past = now - 30 * HOUR
    kinds = [
        FeedQuery(name, "BTC", "1h", 48),
        FeedQuery(name, "BTC", "1h", 48, context=True),
        FeedQuery(name, "BTC/USDT:USDT", "4h", 24),
        FeedQuery(name, "btcusdt", "1h", 48, past),
    ]
    return kinds * (CROWD // len(kinds))


def rush(feed: MarketFeed, asked: list[FeedQuery]) -> list[MarketData]:
    """Return what each of a crowd gets who all begin at the same moment."""
    barrier = threading.Barrier(len(asked))

    def one(query: FeedQuery) -> MarketData:
        barrier.wait(30)
        return feed.load(query)

    with ThreadPoolExecutor(len(asked)) as pool:
        return list(pool.map(one, asked))


def columns(data: MarketData) -> list[Any]:
    """Return all that may differ."""
    bars = data.bars
    book = [] if data.book is None else [data.book.bids, data.book.asks]
    return [bars.time, bars.close, bars.volume, bars.open_interest, bars.mark_low, data.tiers.floor, *book]


def test_every_request_goes_out_once(scene: tuple[Emulator, MarketFeed, str, Witness]) -> None:
    """Thirty-two at once, cold and then an hour later: no request is made twice, and nobody's data are another's."""
    emulator, feed, name, witness = scene
    for _ in range(2):
        witness.seen.clear()
        asked = queries(name, emulator.now_ms)
        found = rush(feed, asked)
        assert witness.seen
        assert {key: count for key, count in witness.seen.items() if count > TWICE.get(str(key[0]), 1)} == {}
        for query, data in zip(asked, found, strict=True):
            alone = feed.load(query)
            assert data.missing == alone.missing
            for mine, other in zip(columns(data), columns(alone), strict=True):
                np.testing.assert_array_equal(mine, other)
        emulator.now_ms += HOUR
