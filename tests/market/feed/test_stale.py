"""Stale data stand in: at once where newer do not come, for a while and no longer, while one call behind fetches."""

from collections.abc import Callable
from concurrent.futures import Future

import pytest

from service.market.contract import BadData, ExchangeUnavailable, MarketData, Overloaded
from service.market.feed import LIMITS, MarketFeed
from tests.support.fake_exchange import HOUR, T0, Clock, FakeExchange
from tests.support.feed_queries import LIVE

BOOK, SERIES = LIMITS["book"], LIMITS["series"]
DOWN = ExchangeUnavailable("fake", "down")


class Later:
    """Takes work that nobody waits for, and does it when it is told to."""

    def __init__(self) -> None:
        """Have none."""
        self.work: list[tuple[Future[None], Callable[[], None]]] = []
        self.at_once, self.full = False, False

    def __call__(self, exchange: str, call: Callable[[], None]) -> "Future[None]":
        """Take a piece of work, and do it where that is to be at once."""
        if self.full:
            raise Overloaded(exchange)
        self.work.append((Future(), call))
        future = self.work[-1][0]
        if self.at_once:
            self.do()
        return future

    def do(self) -> int:
        """Do all that is there; return how much it was."""
        work, self.work = self.work, []
        for future, call in work:
            call()
            future.set_result(None)
        return len(work)


@pytest.fixture
def later() -> Later:
    """Return a place for work."""
    return Later()


@pytest.fixture
def feed(fake: FakeExchange, clock: Clock, later: Later, monkeypatch: pytest.MonkeyPatch) -> MarketFeed:
    """Return a feed whose market has been loaded once, and that waits for nothing."""
    monkeypatch.setattr("service.market.feed.fetching.fetcher.GRACE_SECONDS", 0.0)
    feed = MarketFeed({"fake": fake}, clock, behind=later)
    feed.load(LIVE)
    fake.calls.clear()
    return feed


def bar_later(clock: Clock, seconds: float) -> None:
    """Let a bar close, and so much time pass after it."""
    clock.now += HOUR / 1000 + seconds


def test_after_a_bars_close_the_map_of_before_stands_in(
    feed: MarketFeed, fake: FakeExchange, clock: Clock, later: Later
) -> None:
    """Nobody waits for an exchange that refuses; the answer says that it is stale, and what it is of."""
    fake.fail("ohlcv", DOWN)
    fake.fail("order_book", DOWN)
    bar_later(clock, 30.0)
    data = feed.load(LIVE)
    assert (data.as_of, data.stale, data.coverage.missing_at_end) == (T0, True, 1)
    assert later.do() > 0
    clock.now = clock.now + SERIES.stale - 60.0
    assert feed.load(LIVE).as_of == T0


def test_once_it_has_come_it_is_given(feed: MarketFeed, clock: Clock, later: Later) -> None:
    """One fetch behind the callers for each kind, however many callers there are."""
    bar_later(clock, 10.0)
    assert {feed.load(LIVE).as_of for _ in range(5)} == {T0}
    # Bars, open interest, mark prices and the listing; a book of an hour ago stands in for nothing.
    assert later.do() == 4
    data = feed.load(LIVE)
    assert (data.as_of, data.stale) == (T0 + HOUR, False)
    assert later.do() == 0


def test_an_exchange_that_is_well_is_waited_for(
    feed: MarketFeed, fake: FakeExchange, clock: Clock, later: Later
) -> None:
    """What comes at once is what the caller gets: nothing is stale that need not be."""
    later.at_once = True
    bar_later(clock, 10.0)
    data = feed.load(LIVE)
    assert (data.as_of, data.stale) == (T0 + HOUR, False)
    assert len(fake.asked("ohlcv")) == 1


@pytest.mark.parametrize("method", ["ohlcv", "open_interest"])
def test_past_its_limit_nothing_stands_in(feed: MarketFeed, fake: FakeExchange, clock: Clock, method: str) -> None:
    """Never older data: the exchange's own error."""
    fake.fail(method, BadData("fake", "html"))
    bar_later(clock, SERIES.stale + 6.0)
    with pytest.raises(BadData, match="html"):
        feed.load(LIVE)


def load_after(feed: MarketFeed, clock: Clock, seconds: float) -> MarketData:
    """Return what is given so much later."""
    clock.now += seconds
    return feed.load(LIVE)


def test_a_book_stands_in_for_a_minute_and_then_the_price_says_what_it_is(
    feed: MarketFeed, fake: FakeExchange, clock: Clock, later: Later
) -> None:
    """Fresh, stale, gone: the price never turns into another thing without a word."""
    fresh = load_after(feed, clock, BOOK.fresh - 0.1)
    assert (fresh.price_source, fresh.stale, fresh.price_time) == ("book_middle", False, T0)
    fake.fail("order_book", DOWN)
    stale = load_after(feed, clock, 1.0)
    assert (stale.price, stale.price_source, stale.stale) == (fresh.price, "book_middle", True)
    later.do()
    gone = load_after(feed, clock, BOOK.stale)
    assert (gone.price, gone.price_source, gone.price_time) == (gone.bars.close[-1], "last_close", T0)
    assert gone.missing == {"order_book": "fake: down"}


def test_what_failed_behind_is_not_tried_again_at_once(
    feed: MarketFeed, fake: FakeExchange, clock: Clock, later: Later
) -> None:
    """In twenty seconds of asking ten times a second the exchange is called a few times."""
    fake.fail("order_book", DOWN)
    clock.now += BOOK.fresh
    for _ in range(200):
        clock.now += 0.1
        assert feed.load(LIVE).price_source == "book_middle"
        later.do()
    assert len(fake.asked("order_book")) == 5


def test_where_too_much_waits_what_is_kept_stands_in(
    feed: MarketFeed, fake: FakeExchange, clock: Clock, later: Later
) -> None:
    """And the next caller tries again."""
    later.full = True
    assert load_after(feed, clock, BOOK.fresh).stale
    later.full, later.at_once = False, True
    assert not feed.load(LIVE).stale
    assert len(fake.asked("order_book")) == 1


def test_a_bug_behind_the_callers_is_logged(
    feed: MarketFeed, fake: FakeExchange, clock: Clock, later: Later, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody would see it otherwise."""
    fake.fail("order_book", ZeroDivisionError("a bug"))
    assert load_after(feed, clock, BOOK.fresh).stale
    later.do()
    assert "ZeroDivisionError: a bug" in caplog.text


def test_without_a_place_for_work_nothing_is_stale(fake: FakeExchange, clock: Clock) -> None:
    """Whoever asks waits for what is new."""
    feed = MarketFeed({"fake": fake}, clock)
    feed.load(LIVE)
    bar_later(clock, 10.0)
    data = feed.load(LIVE)
    assert (data.as_of, data.stale) == (T0 + HOUR, False)
