"""How long an answer stands without a look at its inputs."""

from dataclasses import replace

import numpy as np

from service.analysis.concurrency.parallel import Failure
from service.analysis.markets.group import Group
from service.analysis.prepared import MOMENT_SECONDS, PAST_SECONDS, freshness
from service.market.contract import ExchangeUnavailable, Late, UnknownSymbol, Unsupported
from service.market.feed import BOOK_SECONDS
from service.times import DAY_MS, HOUR_MS
from tests.support.fake_estimate import estimate_of
from tests.support.fake_exchange import T0, FakeExchange

PAST = T0 - 5 * DAY_MS


def test_the_present_is_fresh_for_as_long_as_a_book() -> None:
    """Now, or where nothing is known of the inputs: seconds."""
    assert freshness(None) == BOOK_SECONDS
    assert freshness(None, Group({"fake": estimate_of()}, {})) == BOOK_SECONDS


def test_a_whole_past_stands_for_a_day() -> None:
    """Bars, open interest and mark price of a past moment do not change; books were never published."""
    assert freshness(PAST, Group({"fake": estimate_of(PAST)}, {})) == PAST_SECONDS


def test_a_past_that_lacks_something_does_not() -> None:
    """A missing exchange, mark price or last bar may be there the next time."""
    down = ExchangeUnavailable("b", "is down")
    assert freshness(PAST, Group({"fake": estimate_of(PAST)}, {"b": down})) == BOOK_SECONDS
    fake = FakeExchange()
    fake.fail("mark_ohlcv", down)
    assert freshness(PAST, Group({"fake": estimate_of(PAST, fake)}, {})) == BOOK_SECONDS
    unknown = estimate_of(PAST)
    unknown.data.bars.open_interest[-1] = np.nan
    assert freshness(PAST, Group({"fake": unknown}, {})) == BOOK_SECONDS
    slow = FakeExchange()
    slow.published = PAST - 2 * HOUR_MS
    assert freshness(PAST, Group({"fake": estimate_of(PAST, slow)}, {})) == BOOK_SECONDS


def test_what_an_exchange_does_not_offer_keeps_no_past_from_standing() -> None:
    """`all` always has some that do not list a market, or have no history of it: that is no different tomorrow."""
    never: dict[str, Failure] = {
        "b": UnknownSymbol("b", "BTC"),
        "c": Unsupported("c publishes no history of open interest"),
    }
    assert freshness(PAST, Group({"fake": estimate_of(PAST)}, never)) == PAST_SECONDS


def test_what_is_stale_or_late_stands_for_a_moment() -> None:
    """It is being fetched: the next caller is to have it."""
    member = estimate_of()
    assert freshness(None, Group({"fake": member}, {"b": Late("b", 2.0)})) == MOMENT_SECONDS
    stale = replace(member, data=replace(member.data, stale=True))
    assert freshness(None, Group({"fake": stale}, {})) == MOMENT_SECONDS
