"""The feed gives a market's data at one moment: from hand where it can, complete or saying what is missing."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from service.heatmap.bars import Bars
from service.market.exchange import (
    TIMEFRAMES,
    BadData,
    ExchangeUnavailable,
    MarketError,
    UnknownExchange,
    UnknownSymbol,
    Unsupported,
)
from service.market.feed import (
    BOOK_SECONDS,
    FUNDING_SECONDS,
    LEAST_WARM_UP,
    MARKETS_SECONDS,
    MOST_WARM_UP,
    PAST_SERIES_KEPT,
    TIERS_SECONDS,
    MarketFeed,
    Query,
)
from service.market.history import OVERLAP, PATIENCE
from service.market.recency import SETTLE_MS
from tests.market.crowd import crowd
from tests.market.fake_exchange import HOUR, NOW, SYMBOL, T0, Clock, FakeExchange

COLUMNS = 24
LIVE = Query("fake", "BTC", "1h", COLUMNS)
CONTEXT = Query("fake", "BTC", "1h", COLUMNS, context=True)
SPAN = (T0 - (COLUMNS + 168) * HOUR, T0)
SERIES = ("ohlcv", "mark_ohlcv", "open_interest")
SNAPSHOTS = {"order_book": BOOK_SECONDS, "funding": FUNDING_SECONDS, "tiers": TIERS_SECONDS, "markets": MARKETS_SECONDS}


@pytest.fixture
def clock() -> Clock:
    """Return a clock at T0."""
    return Clock()


@pytest.fixture
def fake() -> FakeExchange:
    """Return an exchange that offers everything."""
    return FakeExchange()


@pytest.fixture
def feed(fake: FakeExchange, clock: Clock) -> MarketFeed:
    """Return a feed that reads it."""
    return MarketFeed({"fake": fake}, clock)


def past(moment: int, columns: int = COLUMNS) -> Query:
    """Return the query for the map as it stood then."""
    return Query("fake", "BTC", "1h", columns, moment)


def same(one: Bars, other: Bars) -> bool:
    """Tell whether two sets of bars are equal to the last bit."""
    names = ("time", "open", "high", "low", "close", "volume", "open_interest", "mark_low", "mark_high")
    return all(np.array_equal(getattr(one, name), getattr(other, name), equal_nan=True) for name in names)


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
    data = feed.load(Query("fake", "BTC", timeframe, COLUMNS))
    assert data.as_of == T0
    clock.now = NOW + step / 1000
    assert feed.load(Query("fake", "BTC", timeframe, COLUMNS)).as_of == T0 + step


@pytest.mark.parametrize(("timeframe", "bars"), [("5m", MOST_WARM_UP), ("1h", 168), ("1d", LEAST_WARM_UP)])
def test_warm_up_is_a_week_within_limits(timeframe: str, bars: int) -> None:
    """A week of bars seeds the map, but never too few and never too many."""
    assert Query("fake", "BTC", timeframe, COLUMNS).warm_up == bars


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
    feed.load(Query("fake", "BTC", "1h", 2 * COLUMNS))
    assert fake.asked("ohlcv")[1:] == [(SYMBOL, "1h", SPAN[0] - COLUMNS * HOUR, SPAN[0])]


def test_a_newest_bar_not_yet_published(feed: MarketFeed, fake: FakeExchange, clock: Clock) -> None:
    """The map stands at the last bar there is, and the next one is asked for again only after a moment."""
    fake.published = T0 - HOUR
    assert [feed.load(LIVE).as_of for _ in range(3)] == [T0 - HOUR] * 3
    assert len(fake.asked("ohlcv")) == 1
    fake.published = None
    clock.now += PATIENCE + 0.1
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


@pytest.mark.parametrize("method", ["markets", "ohlcv", "open_interest", "tiers"])
@pytest.mark.parametrize("error", [ExchangeUnavailable("fake", "down"), BadData("fake", "html")])
def test_what_the_map_needs_must_be_there(
    feed: MarketFeed, fake: FakeExchange, method: str, error: ExchangeUnavailable
) -> None:
    """Without it the exchange's own error is raised and noted, and the next caller tries again."""
    fake.fail(method, error)
    for tries in (1, 2):
        with pytest.raises(type(error)) as raised:
            feed.load(LIVE)
        assert raised.value is error
        assert len(fake.asked(method)) == tries
    assert feed.health["fake"].state == "failing"
    del fake.before[method]
    assert feed.load(LIVE).missing == {}
    assert feed.health["fake"].state == "ok"


@pytest.mark.parametrize("method", ["mark_ohlcv", "order_book", "funding", "account_ratio"])
@pytest.mark.parametrize("error", [ExchangeUnavailable("fake", "is down"), Unsupported("fake has none")])
def test_what_the_map_can_do_without_is_noted(
    feed: MarketFeed, fake: FakeExchange, method: str, error: MarketError
) -> None:
    """The data comes without that part, and says why."""
    fake.fail(method, error)
    data = feed.load(CONTEXT)
    name = {"mark_ohlcv": "mark_price"}.get(method, method)
    assert data.missing == {name: str(error)}
    assert data.coverage.has_book == (method != "order_book")
    assert data.coverage.mark_price_share == float(method != "mark_ohlcv")


def test_without_a_book_the_price_is_the_last_close(feed: MarketFeed, fake: FakeExchange) -> None:
    """There is always a price."""
    fake.fail("order_book", ExchangeUnavailable("fake", "down"))
    data = feed.load(LIVE)
    assert data.price == data.bars.close[-1]


def test_a_part_that_is_not_offered_is_not_asked_for(feed: MarketFeed, fake: FakeExchange) -> None:
    """Capabilities decide, so that no call is wasted."""
    fake.lacks(mark_price=False)
    assert "mark_price" in feed.load(LIVE).missing
    assert fake.asked("mark_ohlcv") == []


def test_funding_and_account_ratio_are_asked_for_only_where_they_are_shown(
    feed: MarketFeed, fake: FakeExchange
) -> None:
    """The map does without them, and so does the exchange's rate limit."""
    data = feed.load(LIVE)
    assert fake.asked("funding") == fake.asked("account_ratio") == []
    assert data.missing == {}


@pytest.mark.parametrize("published", [None, T0 - HOUR])
def test_a_venue_without_a_history_of_open_interest(
    feed: MarketFeed, fake: FakeExchange, published: int | None
) -> None:
    """What stands now counts for the last bar there is; the coverage says that the rest is not known."""
    fake.lacks(open_interest_history=False)
    fake.published = published
    data = feed.load(LIVE)
    assert np.isfinite(data.bars.open_interest).tolist() == [False] * (len(data.bars) - 1) + [True]
    assert data.coverage.open_interest_share == 1 / len(data.bars)
    assert data.coverage.notes
    assert fake.asked("open_interest") == []
    with pytest.raises(Unsupported, match="past"):
        feed.load(past(T0 - 10 * HOUR))


def test_a_bug_in_an_exchange_is_not_hidden(feed: MarketFeed, fake: FakeExchange) -> None:
    """What is no MarketError passes, even from a part the map could do without."""
    fake.fail("order_book", ZeroDivisionError("a bug"))
    with pytest.raises(ZeroDivisionError):
        feed.load(LIVE)


def test_a_failing_tail_leaves_the_bars_in_hand(feed: MarketFeed, fake: FakeExchange, clock: Clock) -> None:
    """After an outage the next fetch is a tail again, not everything."""
    feed.load(LIVE)
    clock.now += 3600
    fake.fail("ohlcv", BadData("fake", "html"))
    with pytest.raises(BadData):
        feed.load(LIVE)
    del fake.before["ohlcv"]
    assert feed.load(LIVE).as_of == T0 + HOUR
    first = [since for _, _, since, _ in fake.asked("ohlcv")]
    assert first == [SPAN[0], T0 - 4 * HOUR, T0 - 4 * HOUR]


@pytest.mark.parametrize("ask", [lambda feed: feed.exchange("nope"), lambda feed: feed.markets("nope")])
def test_unknown_exchange(feed: MarketFeed, ask: Callable[[MarketFeed], object]) -> None:
    """The error says which there are."""
    with pytest.raises(UnknownExchange) as raised:
        ask(feed)
    assert raised.value.known == ["fake"]


def test_unknown_symbol_costs_one_call(feed: MarketFeed, fake: FakeExchange) -> None:
    """A symbol is looked up in the list; nothing else is asked."""
    for _ in range(3):
        with pytest.raises(UnknownSymbol):
            feed.load(Query("fake", "NOPE", "1h", COLUMNS))
    assert fake.calls == [("markets",)]


def test_no_bars_now_is_bad_data(feed: MarketFeed, fake: FakeExchange) -> None:
    """A listed market without a single bar is the exchange's failure."""
    fake.listed = T0 + HOUR
    with pytest.raises(BadData, match="no 1h bars"):
        feed.load(LIVE)


def test_no_bars_back_then_is_no_failure(feed: MarketFeed, fake: FakeExchange) -> None:
    """Before a market was listed there is nothing to wait for."""
    fake.listed = T0 - 100 * HOUR
    with pytest.raises(Unsupported, match="later as_of"):
        feed.load(past(T0 - 200 * HOUR))


def test_the_past_has_neither_book_nor_funding(feed: MarketFeed, fake: FakeExchange) -> None:
    """What nobody publishes for the past is missing with that reason, and is not asked for."""
    data = feed.load(past(T0 - 10 * HOUR))
    assert {"order_book", "funding"} <= data.missing.keys()
    assert (data.book, data.funding) == (None, None)
    assert data.price == data.bars.close[-1]
    assert fake.asked("order_book") == fake.asked("funding") == []


@pytest.mark.parametrize("moment", [T0 - 10 * HOUR, T0 - 10 * HOUR + 1, T0 - 9 * HOUR - 1])
def test_the_past_is_as_it_was_then(feed: MarketFeed, moment: int) -> None:
    """The bars for a past moment equal those that a feed of that time had."""
    then = MarketFeed({"fake": FakeExchange()}, Clock((moment + SETTLE_MS) / 1000))
    assert same(feed.load(past(moment)).bars, then.load(LIVE).bars)


def test_the_past_takes_what_is_in_hand(feed: MarketFeed, fake: FakeExchange) -> None:
    """Inside the live series, a past moment costs no fetch and gives what a fetch would."""
    feed.load(Query("fake", "BTC", "1h", 200))
    calls = len(fake.calls)
    data = feed.load(past(T0 - 10 * HOUR))
    assert len(fake.calls) == calls
    assert same(data.bars, MarketFeed({"fake": FakeExchange()}, Clock()).load(past(T0 - 10 * HOUR)).bars)


def test_the_past_never_displaces_the_live_series(feed: MarketFeed, fake: FakeExchange) -> None:
    """However many past moments are asked for, the live market stays in hand, and they are bounded themselves."""
    feed.load(LIVE)
    for n in range(1, 300):
        feed.load(past(T0 - 500 * HOUR * n))
    calls = len(fake.calls)
    feed.load(LIVE)
    assert len(fake.calls) == calls
    assert len(feed._past._held) == PAST_SERIES_KEPT


def test_threads_that_ask_for_different_spans_get_their_own(feed: MarketFeed) -> None:
    """Concurrent lookbacks and moments never mix."""
    queries = [LIVE, Query("fake", "BTC", "1h", 60), past(T0 - 5 * HOUR), past(T0 - 400 * HOUR, 48)] * 5
    turns, lock = iter(queries), threading.Lock()

    def ask() -> bool:
        with lock:
            query = next(turns)
        alone = MarketFeed({"fake": FakeExchange()}, Clock())
        return same(feed.load(query).bars, alone.load(query).bars)

    assert crowd(20, ask) == [True] * 20
