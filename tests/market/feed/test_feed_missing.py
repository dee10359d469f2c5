"""What a market lacks, or an exchange fails to give, is an error or is noted, by whether the map can do without it."""

from collections.abc import Callable

import numpy as np
import pytest

from service.market.contract import (
    BadData,
    ExchangeUnavailable,
    MarketError,
    UnknownExchange,
    UnknownSymbol,
    Unsupported,
)
from service.market.feed import FeedQuery, MarketFeed
from tests.support.fake_exchange import HOUR, T0, Clock, FakeExchange
from tests.support.feed_queries import COLUMNS, CONTEXT, LIVE, SPAN, past


@pytest.mark.parametrize("method", ["markets", "ohlcv", "open_interest"])
@pytest.mark.parametrize("error", [ExchangeUnavailable("fake", "down"), BadData("fake", "html")])
def test_what_the_map_needs_must_be_there(
    feed: MarketFeed, fake: FakeExchange, clock: Clock, method: str, error: ExchangeUnavailable
) -> None:
    """Without it the exchange's own error is raised and noted; it is tried again after a while, each time longer."""
    fake.fail(method, error)
    for after, tries in ((0.0, 1), (0.5, 1), (0.5, 2), (1.5, 2), (0.5, 3)):
        clock.now += after
        with pytest.raises(type(error), match=str(error)):
            feed.load(LIVE)
        assert len(fake.asked(method)) == tries
    assert feed.health["fake"].state == "failing"
    del fake.before[method]
    clock.now += 4.0
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
    clock.now += 1.0
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
            feed.load(FeedQuery("fake", "NOPE", "1h", COLUMNS))
    assert fake.calls == [("markets",)]


def test_no_bars_now_is_bad_data(feed: MarketFeed, fake: FakeExchange) -> None:
    """A listed market without a single bar is the exchange's failure."""
    fake.listed = T0 + HOUR
    with pytest.raises(BadData, match="no 1h bars"):
        feed.load(LIVE)
