"""Data that end before the moment asked for are told, and refused when they end long before it."""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest

from service.market.contract import TIMEFRAMES, BadData, Candles, Unsupported
from service.market.feed import FeedQuery, MarketFeed
from tests.support.fake_exchange import HOUR, NOW, SYMBOL, T0, Clock, FakeExchange

COLUMNS = 24
DAY = 24 * HOUR


def live(timeframe: str = "1h") -> FeedQuery:
    """Return the query for the map as it stands."""
    return FeedQuery("fake", "BTC", timeframe, COLUMNS)


def past(moment: int, timeframe: str = "1h") -> FeedQuery:
    """Return the query for the map as it stood then."""
    return FeedQuery("fake", "BTC", timeframe, COLUMNS, moment)


def feed_of(change: Callable[[FakeExchange], None]) -> MarketFeed:
    """Return a feed on a fake that was changed."""
    fake = FakeExchange()
    change(fake)
    return MarketFeed({"fake": fake}, Clock())


def bars_end(at: int) -> Callable[[FakeExchange], None]:
    """End bars, and all else, at that time."""
    return lambda fake: setattr(fake, "published", at)


def interest_ends(at: int) -> Callable[[FakeExchange], None]:
    """Let the value of that time be the last of open interest."""
    return lambda fake: setattr(fake, "interest_published", at + 1)


@pytest.mark.parametrize(("timeframe", "most"), [("5m", 12), ("15m", 4), ("30m", 3), ("1h", 3), ("4h", 3), ("1d", 3)])
def test_bars_that_end_too_early_are_refused(timeframe: str, most: int) -> None:
    """Up to three bars, or an hour of short ones, may be missing and are counted; one more is a failure."""
    step = TIMEFRAMES[timeframe]
    data = feed_of(bars_end(T0 - most * step)).load(live(timeframe))
    assert data.as_of == T0 - most * step
    assert (data.coverage.missing_at_end, data.coverage.gaps) == (most, most)
    feed = feed_of(bars_end(T0 - (most + 1) * step))
    with pytest.raises(BadData, match=rf"^fake: no {timeframe} bars of {SYMBOL} after 20.*Z$"):
        feed.load(live(timeframe))
    assert (feed.health["fake"].state, feed.health["fake"].last_failure) == ("failing", NOW)


@pytest.mark.parametrize("hours", [10, 100, 200, 5000])
def test_however_long_ago_they_end_it_is_the_same_failure(hours: int) -> None:
    """Dead for ten hours or for two hundred, at a short lookback or a long one: never a map."""
    for columns in (12, 24, 500):
        with pytest.raises(BadData, match=r"^fake: no 1h bars"):
            feed_of(bars_end(T0 - hours * HOUR)).load(FeedQuery("fake", "BTC", "1h", columns))


def test_a_past_without_its_last_bars_is_no_failure_of_today() -> None:
    """What was missing then stays missing: the caller is told to ask for another moment."""
    feed = feed_of(bars_end(T0 - 100 * HOUR))
    with pytest.raises(Unsupported, match="an earlier as_of"):
        feed.load(past(T0 - 90 * HOUR))
    assert feed.load(past(T0 - 98 * HOUR)).coverage.missing_at_end == 2


@pytest.mark.parametrize(("timeframe", "most"), [("5m", 288), ("1h", 24), ("4h", 6), ("1d", 3)])
def test_open_interest_that_ends_too_early_is_refused(timeframe: str, most: int) -> None:
    """Up to a day, or three bars, may be missing and are counted: the map would be scaled to a guess."""
    step = TIMEFRAMES[timeframe]
    data = feed_of(interest_ends(T0 - most * step)).load(live(timeframe))
    assert data.coverage.open_interest_missing_at_end == most
    assert np.isfinite(data.bars.open_interest).tolist() == [True] * (len(data.bars) - most) + [False] * most
    with pytest.raises(BadData, match=rf"^fake: no open interest of {SYMBOL} after 20.*Z$"):
        feed_of(interest_ends(T0 - (most + 1) * step)).load(live(timeframe))


def test_no_open_interest_at_all_is_refused() -> None:
    """None in the whole time is the same failure, without a last moment to name."""
    with pytest.raises(BadData, match="in the time asked for"):
        feed_of(interest_ends(T0 - 5000 * HOUR)).load(live())


def test_everything_up_to_the_moment_is_nothing_missing() -> None:
    """With all there, nothing is counted, at any time inside a bar."""
    clock = Clock(T0 / 1000 + 3599.9)
    coverage = MarketFeed({"fake": FakeExchange()}, clock).load(live()).coverage
    assert (coverage.gaps, coverage.missing_at_end, coverage.open_interest_missing_at_end) == (0, 0, 0)


class TestRecentInterest:
    """Hourly open interest of the last day, whatever the bars."""

    def context(self, timeframe: str, as_of: int | None = None) -> FeedQuery:
        """Return a query that wants context."""
        return FeedQuery("fake", "BTC", timeframe, COLUMNS, as_of, context=True)

    @pytest.mark.parametrize("timeframe", TIMEFRAMES)
    @pytest.mark.parametrize("as_of", [None, T0 - 50 * HOUR, T0 - 50 * HOUR + 1234])
    def test_a_day_by_the_hour(self, timeframe: str, as_of: int | None) -> None:
        """26 values, an hour apart, the newest public at the moment asked for, and none later."""
        fake = FakeExchange()
        data = MarketFeed({"fake": fake}, Clock(T0 / 1000 + 100)).load(self.context(timeframe, as_of))
        assert data.recent_interest is not None
        newest = T0 if as_of is None else as_of // HOUR * HOUR
        np.testing.assert_array_equal(data.recent_interest.time, newest + HOUR * np.arange(-25, 1))
        truth = fake.open_interest(SYMBOL, "1h", newest - 25 * HOUR, newest + 1)
        np.testing.assert_array_equal(data.recent_interest.amount, truth.amount)

    def test_bars_of_an_hour_pay_nothing_for_it(self) -> None:
        """Their own open interest is the same series."""
        fake = FakeExchange()
        MarketFeed({"fake": fake}, Clock()).load(self.context("1h"))
        assert len(fake.asked("open_interest")) == 1

    def test_it_is_not_asked_for_where_it_is_not_shown(self) -> None:
        """The map does without it."""
        fake = FakeExchange()
        data = MarketFeed({"fake": fake}, Clock()).load(live("4h"))
        assert data.recent_interest is None
        assert [call[1] for call in fake.asked("open_interest")] == ["4h"]

    @pytest.mark.parametrize(
        ("frames", "read"), [(("5m", "4h"), "5m"), (("30m", "1h", "1d"), "1h"), (("4h", "1d"), None)]
    )
    def test_the_longest_timeframe_up_to_an_hour_is_read(self, frames: tuple[str, ...], read: str | None) -> None:
        """Who has no hours has minutes; who has neither has nothing to tell."""
        fake = FakeExchange()
        fake.lacks(open_interest_timeframes=frames)
        data = MarketFeed({"fake": fake}, Clock()).load(self.context("1d"))
        assert [call[1] for call in fake.asked("open_interest")] == ["1d", *([read] if read else [])]
        assert (data.recent_interest is None) == (read is None)
        if data.recent_interest is not None:
            assert data.recent_interest.time[-1] == T0
            assert data.recent_interest.time[0] == T0 - 25 * HOUR

    def test_without_a_history_there_is_none(self) -> None:
        """A venue that shows the present alone is not asked, and nothing is missing that was not said already."""
        fake = FakeExchange()
        fake.lacks(open_interest_history=False, open_interest_timeframes=())
        data = MarketFeed({"fake": fake}, Clock()).load(self.context("4h"))
        assert (data.recent_interest, data.missing) == (None, {})

    def test_its_failure_is_noted(self) -> None:
        """The map stands without it."""
        fake = FakeExchange()
        feed = MarketFeed({"fake": fake}, Clock())
        ask = fake.open_interest

        def failing(symbol: str, timeframe: str, since: int, until: int) -> object:
            if timeframe == "1h":
                raise BadData("fake", "html")
            return ask(symbol, timeframe, since, until)

        fake.open_interest = failing  # type: ignore[method-assign, assignment]  # fails in one way alone
        data = feed.load(self.context("4h"))
        assert data.recent_interest is None
        assert data.missing == {"recent_open_interest": "fake: html"}


class Revised(FakeExchange):
    """An exchange that books a last trade into the newest bar up to four seconds after its end."""

    def __init__(self, clock: Clock) -> None:
        """Tell the time by the clock."""
        super().__init__()
        self.clock = clock

    def ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Candles:
        """Return the bars, of which one that has only just ended lacks its last trades."""
        found = super().ohlcv(symbol, timeframe, since, until)
        ended = found.time + TIMEFRAMES[timeframe] + 4_000 <= self.clock.now * 1000
        return replace(found, volume=np.where(ended, found.volume, found.volume / 2))


@pytest.mark.parametrize("timeframe", ["5m", "1h"])
def test_a_bar_is_kept_only_once_its_venue_is_done_with_it(timeframe: str) -> None:
    """Asked every second around a bar's end, no volume is ever kept, or shown, that is later another."""
    clock, step = Clock(T0 / 1000 - 20), TIMEFRAMES[timeframe]
    feed = MarketFeed({"fake": Revised(clock)}, clock)
    whole = FakeExchange().ohlcv(SYMBOL, timeframe, T0 - 100 * step, T0 + 5 * step)
    closes = []
    for _ in range(40):
        bars = feed.load(FeedQuery("fake", "BTC", timeframe, 24)).bars
        tail = np.isin(whole.time, bars.time)
        np.testing.assert_array_equal(bars.volume[-tail.sum() :], whole.volume[tail])
        closes.append(int(bars.close_time[-1]))
        clock.now += 1
    assert closes == [T0 - step] * 25 + [T0] * 15


def test_a_moment_of_just_now_is_no_exception() -> None:
    """As of a bar's end, asked at once, that bar is not there yet; a moment later it is, and for good."""
    clock = Clock(T0 / 1000)
    feed = MarketFeed({"fake": Revised(clock)}, clock)
    query = FeedQuery("fake", "BTC", "1h", 24, T0)
    assert feed.load(query).as_of == T0 - HOUR
    clock.now = NOW
    bars = feed.load(query).bars
    assert bars.close_time[-1] == T0
    assert bars.volume[-1] == FakeExchange().ohlcv(SYMBOL, "1h", T0 - HOUR, T0).volume[0]
