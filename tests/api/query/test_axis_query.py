"""The price axis in queries: how many bins there may be, and how long an answer stands."""

from typing import Any

import numpy as np
import pytest

from service.analysis.estimate import Estimate
from service.analysis.group import Group
from service.api.query.axis_query import PAST_SECONDS, args_key, covering_axis, fitting_bins, freshness
from service.api.query.parameters import MOST_CELLS
from service.heatmap.base.errors import BadInput
from service.heatmap.inventory.assumptions import Assumptions, VenueTerms
from service.heatmap.inventory.leverage import parse_mix
from service.market.contract import ExchangeUnavailable
from service.market.feed.feed import BOOK_SECONDS, MarketFeed, Query
from service.times import DAY_MS, HOUR_MS
from tests.support.fake_exchange import T0, Clock, FakeExchange

ARGS: dict[str, Any] = {"bins": None, "bin_size": None, "lookback": 7 * DAY_MS, "timeframe": "1h", "as_of": None}
PAST = T0 - 5 * DAY_MS


def member(as_of: int | None, fake: FakeExchange | None = None) -> Estimate:
    """Return a market as of a moment."""
    data = MarketFeed({"fake": fake or FakeExchange()}, Clock()).load(Query("fake", "BTC", "1h", 48, as_of))
    return Estimate(data, Assumptions(), VenueTerms(data.rule, data.tiers), 48, 48)


@pytest.mark.parametrize(
    ("given", "bins"),
    [
        ({}, 400),
        ({"bins": 7}, 7),
        ({"bin_size": 5.0}, None),
        ({"lookback": 365 * DAY_MS}, MOST_CELLS // 8760),
        ({"lookback": 30 * DAY_MS, "timeframe": "5m"}, MOST_CELLS // 8640),
        ({"lookback": 365 * DAY_MS, "bins": 100}, 100),
    ],
)
def test_bins_that_fit(given: dict[str, Any], bins: int | None) -> None:
    """The usual number, fewer where the columns are many, and what the caller says if it fits."""
    assert fitting_bins(ARGS | given) == bins


def test_too_many_bins_are_named_with_what_fits() -> None:
    """A year of hours leaves room for 228 bins."""
    with pytest.raises(BadInput) as refused:
        fitting_bins(ARGS | {"lookback": 365 * DAY_MS, "bins": 229})
    assert (refused.value.field, refused.value.allowed) == ("bins", "1 to 228")


def test_the_present_is_fresh_for_as_long_as_a_book() -> None:
    """Now, or where nothing is known of the inputs: seconds."""
    assert freshness(ARGS) == BOOK_SECONDS
    assert freshness(ARGS, Group({"fake": member(None)}, {})) == BOOK_SECONDS


def test_a_whole_past_stands_for_a_day() -> None:
    """Bars, open interest and mark price of a past moment do not change; books were never published."""
    assert freshness(ARGS | {"as_of": PAST}, Group({"fake": member(PAST)}, {})) == PAST_SECONDS


def test_a_past_that_lacks_something_does_not() -> None:
    """A missing exchange, mark price or last bar may be there the next time."""
    args = ARGS | {"as_of": PAST}
    down = ExchangeUnavailable("b", "is down")
    assert freshness(args, Group({"fake": member(PAST)}, {"b": down})) == BOOK_SECONDS
    fake = FakeExchange()
    fake.fail("mark_ohlcv", down)
    assert freshness(args, Group({"fake": member(PAST, fake)}, {})) == BOOK_SECONDS
    unknown = member(PAST)
    unknown.data.bars.open_interest[-1] = np.nan
    assert freshness(args, Group({"fake": unknown}, {})) == BOOK_SECONDS
    slow = FakeExchange()
    slow.published = PAST - 2 * HOUR_MS
    assert freshness(args, Group({"fake": member(PAST, slow)}, {})) == BOOK_SECONDS


def test_keys_do_not_hang_on_order_or_identity() -> None:
    """The same arguments give the same key, whatever their order and whichever object the mix is."""
    one = args_key({"mix": parse_mix("retail"), "bins": 5})
    assert one == args_key({"bins": 5, "mix": parse_mix("retail")}) == [("bins", 5), ("mix", "retail")]


def test_the_usual_range_covers_the_columns() -> None:
    """The fake swings by a few per cent: 15 % do; prices far off widen the axis on their side; the caller's stands.

    At 150 the lowest of the columns' lows is over a third away.
    """
    asked = ARGS | {"bins": 400, "range_pct": None}
    group = Group({"fake": member(None)}, {})
    assert covering_axis(group, asked) == group.axis(asked | {"range_pct": 15.0})
    assert covering_axis(group, asked | {"range_pct": 3.0}) == group.axis(asked | {"range_pct": 3.0})
    far = FakeExchange(price=150.0)
    # the bars that have closed are at 100, and what trades now is at 150
    prices = iter([100.0])
    far.before["ohlcv"] = lambda: setattr(far, "price", next(prices, 150.0))
    far.before["order_book"] = lambda: setattr(far, "price", 150.0)
    away = member(None, far)
    edges = covering_axis(Group({"fake": away}, {}), asked).edges
    lowest = float(away.data.bars.low[-48:].min())
    assert edges[0] == pytest.approx(0.95 * lowest, rel=0.01)
    assert edges[-1] == pytest.approx(1.15 * 150.0, rel=0.01)
