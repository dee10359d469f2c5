"""Rows that cannot be right are told of a market, and when they are too many there is no market."""

from collections.abc import Callable

import numpy as np
import pytest

from service.market.contract import BadData, Candles, OpenInterest, Unsupported
from service.market.feed import MarketFeed
from service.market.feed.fetching.gap_refetch import GAP_SECONDS
from tests.support.fake_exchange import HOUR, T0, Clock, FakeExchange
from tests.support.feed_queries import LIVE, past

Spoil = Callable[[np.ndarray], np.ndarray]


class Spoilt(FakeExchange):
    """An exchange of whose rows some are not known, by their time."""

    def __init__(self, *, bars: Spoil = np.zeros_like, interest: Spoil = np.zeros_like) -> None:
        """Each tells which of the times it is given are spoilt."""
        super().__init__()
        self.bars, self.interest = bars, interest

    def ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Candles:
        """Return bars, some with NaN."""
        rows = super().ohlcv(symbol, timeframe, since, until)
        bad = self.bars(rows.time).astype(bool)
        return Candles(rows.time, *(np.where(bad, np.nan, column) for column in rows.columns().T))

    def open_interest(self, symbol: str, timeframe: str, since: int, until: int) -> OpenInterest:
        """Return open interest, some of it NaN."""
        rows = super().open_interest(symbol, timeframe, since, until)
        return OpenInterest(rows.time, np.where(self.interest(rows.time).astype(bool), np.nan, rows.amount))


def before(hours: int) -> Spoil:
    """Tell which times are at least so many hours before now."""
    return lambda time: time < T0 - hours * HOUR


def between(since: int, until: int) -> Spoil:
    """Tell which times are so many hours before now: since >= hours > until."""
    return lambda time: (time >= T0 - since * HOUR) & (time < T0 - until * HOUR)


def test_bars_that_are_left_out_are_told(clock: Clock) -> None:
    """They are missing, counted, and a sentence says so."""
    coverage = MarketFeed({"fake": Spoilt(bars=between(10, 4))}, clock).load(LIVE).coverage
    assert (coverage.unusable, coverage.gaps, coverage.missing_at_end) == (6, 6, 0)
    assert coverage.notes == ("6 bars that were sent are left out: no prices, or figures that cannot be right.",)


def test_open_interest_that_is_not_known_is_told(clock: Clock) -> None:
    """The first rows of a new listing, say."""
    coverage = MarketFeed({"fake": Spoilt(interest=before(20))}, clock).load(LIVE).coverage
    rows = coverage.open_interest_unusable
    # One row more than bars: it held when the first bar opened.
    assert rows - 1 == round((1 - coverage.open_interest_share) * coverage.bars)
    assert coverage.notes == (f"{rows} rows of open interest taken as not known: 0, or beyond belief.",)


def test_too_many_bars_left_out_are_no_market(clock: Clock) -> None:
    """The error says which share; of the past it says to ask for another moment."""
    feed = MarketFeed({"fake": Spoilt(bars=before(12))}, clock)
    with pytest.raises(BadData, match=r"no usable 1h bars of BTC/USDT:USDT: \d+ of \d+ \(9\d%\) cannot be right"):
        feed.load(LIVE)
    assert feed.health["fake"].state == "failing"
    with pytest.raises(Unsupported, match=r"no usable 1h bars .*ask for a later as_of"):
        feed.load(past(T0))


def test_no_bar_at_all_is_no_market(clock: Clock) -> None:
    """Nor is one of which no bar is known."""
    with pytest.raises(BadData, match="no 1h bars"):
        MarketFeed({"fake": Spoilt(bars=before(0))}, clock).load(LIVE)


def test_newest_bars_left_out_are_late(clock: Clock) -> None:
    """As bars that were not sent are: a few make the map end early, many are an error."""
    assert MarketFeed({"fake": Spoilt(bars=between(2, 0))}, clock).load(LIVE).coverage.missing_at_end == 2
    with pytest.raises(BadData, match="no 1h bars of BTC/USDT:USDT after"):
        MarketFeed({"fake": Spoilt(bars=between(9, 0))}, clock).load(LIVE)


def test_what_was_spoilt_is_asked_for_again(clock: Clock) -> None:
    """A long run of bad rows is fetched anew after a moment, and heals when the exchange has put it right."""
    fake = Spoilt(bars=between(30, 10))
    feed = MarketFeed({"fake": fake}, clock)
    assert feed.load(LIVE).coverage.unusable == 20
    fake.bars = np.zeros_like
    assert feed.load(LIVE).coverage.unusable == 20
    clock.now += GAP_SECONDS + 1
    assert feed.load(LIVE).coverage.unusable == 0
