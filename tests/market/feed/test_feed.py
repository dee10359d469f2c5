"""The feed gives a market's data at one moment: from hand where it can, complete or saying what is missing."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from service.market.contract import TIMEFRAMES, ExchangeUnavailable
from service.market.feed import LIMITS, FeedQuery, MarketFeed
from service.market.feed.fetching.gap_refetch import GAP_SECONDS
from service.market.feed.fetching.history import OVERLAP
from service.market.feed.query import LEAST_WARM_UP, MOST_WARM_UP
from tests.support.crowd import crowd
from tests.support.fake_exchange import HOUR, NOW, SYMBOL, T0, Clock, FakeExchange
from tests.support.feed_queries import COLUMNS, CONTEXT, LIVE, SPAN, same

SERIES = ("ohlcv", "mark_ohlcv", "open_interest")
KINDS = {"order_book": "book", "funding": "funding", "tiers": "tiers", "markets": "markets"}
SNAPSHOTS = {method: LIMITS[kind].fresh for method, kind in KINDS.items()}


def test_everything_is_there(feed: MarketFeed, fake: FakeExchange) -> None:
    """Bars end with the last one closed, with a week before the columns; nothing is missing."""
    data = feed.load(CONTEXT)
    assert (data.exchange, data.symbol, data.timeframe, data.simulated) == ("fake", SYMBOL, "1h", False)
    assert (data.as_of, int(data.bars.time[0]), len(data.bars)) == (T0, SPAN[0], COLUMNS + 168)
    assert data.missing == {}
    assert data.price == 100.0
    assert data.coverage.open_interest_share == data.coverage.mark_price_share == 1.0
    assert data.coverage.has_book
    assert data.book is not None
    assert data.funding is not None
    assert data.account_ratio is not None
    assert data.taker_fee == 0.0005
    assert fake.asked("ohlcv") == fake.asked("mark_ohlcv") == [(SYMBOL, "1h", *SPAN)]
    assert fake.asked("open_interest") == [(SYMBOL, "1h", SPAN[0], SPAN[1] + 1)]


@pytest.mark.parametrize("timeframe", TIMEFRAMES)
def test_a_bar_still_forming_is_left_out(feed: MarketFeed, clock: Clock, timeframe: str) -> None:
    """At any moment inside a bar, the newest bar is the one before it."""
    step = TIMEFRAMES[timeframe]
    clock.now = NOW + step / 1000 - 0.001
    data = feed.load(FeedQuery("fake", "BTC", timeframe, COLUMNS))
    assert data.as_of == T0
    clock.now = NOW + step / 1000
    assert feed.load(FeedQuery("fake", "BTC", timeframe, COLUMNS)).as_of == T0 + step


@pytest.mark.parametrize(("timeframe", "bars"), [("5m", MOST_WARM_UP), ("1h", 168), ("1d", LEAST_WARM_UP)])
def test_warm_up_is_a_week_within_limits(timeframe: str, bars: int) -> None:
    """A week of bars seeds the map, but never too few and never too many."""
    assert FeedQuery("fake", "BTC", timeframe, COLUMNS).warm_up == bars


def test_a_second_look_costs_nothing(feed: MarketFeed, fake: FakeExchange) -> None:
    """While all is fresh, no call is made."""
    one = feed.load(LIVE)
    calls = len(fake.calls)
    assert same(feed.load(LIVE).bars, one.bars)
    assert len(fake.calls) == calls


def test_only_the_tail_is_fetched_when_a_bar_closes(feed: MarketFeed, fake: FakeExchange, clock: Clock) -> None:
    """An hour later each series asks for a few rows, and the bars are those of a fresh start."""
    feed.load(LIVE)
    clock.now += 3600
    data = feed.load(LIVE)
    tail = (T0 - HOUR - OVERLAP * HOUR, T0 + HOUR)
    assert fake.asked("ohlcv")[1:] == fake.asked("mark_ohlcv")[1:] == [(SYMBOL, "1h", *tail)]
    assert fake.asked("open_interest")[1:] == [(SYMBOL, "1h", tail[0] + HOUR, tail[1] + 1)]
    assert same(data.bars, MarketFeed({"fake": FakeExchange()}, clock).load(LIVE).bars)


def test_a_longer_lookback_fetches_the_head(feed: MarketFeed, fake: FakeExchange) -> None:
    """What is in hand is used for the rest."""
    feed.load(LIVE)
    feed.load(FeedQuery("fake", "BTC", "1h", 2 * COLUMNS))
    assert fake.asked("ohlcv")[1:] == [(SYMBOL, "1h", SPAN[0] - COLUMNS * HOUR, SPAN[0])]


def test_a_newest_bar_not_yet_published(feed: MarketFeed, fake: FakeExchange, clock: Clock) -> None:
    """The map stands at the last bar there is, and the next one is asked for again only after a moment."""
    fake.published = T0 - HOUR
    assert [feed.load(LIVE).as_of for _ in range(3)] == [T0 - HOUR] * 3
    assert len(fake.asked("ohlcv")) == 1
    fake.published = None
    clock.now += GAP_SECONDS + 0.1
    assert feed.load(LIVE).as_of == T0
    assert len(fake.asked("ohlcv")) == 2


@pytest.mark.parametrize(("method", "seconds"), SNAPSHOTS.items())
def test_snapshots_are_kept_for_their_time(
    feed: MarketFeed, fake: FakeExchange, clock: Clock, method: str, seconds: float
) -> None:
    """Each kind is asked for again when its time is up, and not before."""
    feed.load(CONTEXT)
    clock.now += seconds - 0.1
    feed.load(CONTEXT)
    assert len(fake.asked(method)) == 1
    clock.now += 0.2
    feed.load(CONTEXT)
    assert len(fake.asked(method)) == 2


def test_twenty_callers_call_the_exchange_once(feed: MarketFeed, fake: FakeExchange) -> None:
    """A stampede on a cold market makes one call of each kind, and everyone has the same data."""
    found = crowd(20, lambda: feed.load(CONTEXT))
    assert all(not isinstance(data, BaseException) and same(data.bars, feed.load(LIVE).bars) for data in found)
    assert {method: len(fake.asked(method)) for method in (*SERIES, *SNAPSHOTS)} == dict.fromkeys(
        (*SERIES, *SNAPSHOTS), 1
    )


def test_a_leader_that_hangs_is_the_exchanges_failure(fake: FakeExchange, clock: Clock) -> None:
    """Those who waited too long are told which exchange; the leader itself still gets its data."""
    feed = MarketFeed({"fake": fake}, clock, wait=0.01)
    held = fake.hold("ohlcv")
    with ThreadPoolExecutor(1) as pool:
        leader = pool.submit(feed.load, LIVE)
        assert held.entered.wait(30)
        with pytest.raises(ExchangeUnavailable, match=r"^fake: .*under way") as raised:
            feed.load(LIVE)
        assert raised.value.retry_after > 0
        held.release.set()
        assert leader.result(30).as_of == T0
