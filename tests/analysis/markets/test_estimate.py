"""An estimate: a market loaded as a request asks, and cut to an earlier close where others end there."""

from dataclasses import replace
from math import exp, log

import numpy as np
import pytest

from service.analysis.markets.estimate import LEAST_BARS_BEFORE, PRICE_STEP, Estimate, columns_in, estimate
from service.heatmap import BadInput, Side, VenueTerms, price_axis
from service.heatmap.margin import flat_tiers
from service.market.contract import MarketData, NotPublished
from service.times import DAY_MS, HOUR_MS, MINUTE_MS
from tests.support.fake_estimate import estimate_of
from tests.support.fake_exchange import T0, FakeExchange
from tests.support.fake_services import services_of
from tests.support.requests import ASSUMED, market_request


def test_it_is_loaded_as_asked() -> None:
    """Columns, assumptions and the exchange's own terms."""
    found = estimate(services_of(FakeExchange()), market_request())
    assert (found.columns, found.wanted, found.data.symbol) == (168, 168, "BTC/USDT:USDT")
    assert found.assumptions.fast_mix is ASSUMED.mix
    assert (found.venue.rule, found.venue.taker_fee) == (found.data.rule, found.data.taker_fee)


def test_a_young_market_has_fewer_columns() -> None:
    """The warm-up comes first; one column is left in any case."""
    fake = FakeExchange()
    fake.listed = T0 - 3 * DAY_MS
    found = estimate(services_of(fake), market_request())
    assert (found.columns, found.wanted) == (72 - LEAST_BARS_BEFORE, 168)
    fake = FakeExchange()
    fake.listed = T0 - 5 * HOUR_MS
    assert columns_in(estimate(services_of(fake), market_request()).data, 168) == 1


@pytest.mark.parametrize("as_of", [T0 + DAY_MS, T0 - 4 * 365 * DAY_MS])
def test_a_moment_out_of_range_is_refused_before_loading(as_of: int) -> None:
    """Nothing is fetched for it."""
    fake = FakeExchange()
    with pytest.raises(BadInput, match="as_of"):
        estimate(services_of(fake), market_request(as_of=as_of))
    assert fake.calls == []


def test_a_fit_without_liquidations_is_refused_before_loading() -> None:
    """Of one exchange alone; beside others it goes on with the default mix and says so."""
    fitted = market_request(assumptions=replace(ASSUMED, mix=replace(ASSUMED.mix, name="fitted")))
    fake = FakeExchange()
    with pytest.raises(NotPublished):
        estimate(services_of(fake), fitted)
    assert fake.calls == []
    beside = estimate(services_of(fake), fitted, alone=False)
    assert beside.fit is not None
    assert beside.fit.fit is None
    assert beside.assumptions.mix.name == "default"


def test_until_an_earlier_close() -> None:
    """Bars, coverage and columns are those of that moment, and the newest close is remembered."""
    whole = estimate_of()
    close = int(whole.data.bars.close_time[-3])
    cut = whole.until(close)
    assert cut.data.as_of == int(cut.data.bars.close_time[-1]) == close
    assert (cut.newest, cut.data.coverage.missing_at_end) == (whole.data.as_of, whole.data.coverage.missing_at_end + 2)
    assert whole.until(whole.data.as_of) is whole


def test_the_fingerprint_is_of_the_inputs() -> None:
    """Equal inputs have the same one, another price or another moment another."""
    one, same = estimate_of(), estimate_of()
    others = [estimate_of(fake=FakeExchange(price=100.5)), one.until(int(one.data.bars.close_time[-2]))]
    assert one.fingerprint == same.fingerprint
    assert one.fingerprint not in [other.fingerprint for other in others]


def test_the_ensemble_starts_with_the_map() -> None:
    """Its first member is the inventory under the caller's own assumptions."""
    found = estimate_of()
    axis = price_axis(found.data.price, 20.0, bins=50)
    grid = found.inventory(axis, 1)
    assert found.ensemble(axis).long.shape[1] == axis.count
    assert grid.axis == axis
    assert np.isfinite(found.ensemble(axis).short).all()


@pytest.mark.parametrize("side", Side)
def test_one_side_is_taken_alone(side: Side) -> None:
    """Columns and ensemble of one side are what both sides' have of it."""
    found, whole = estimate_of(), estimate_of()
    axis = price_axis(found.data.price, 20.0, bins=50)
    np.testing.assert_array_equal(found.past_side(axis, 5, side), whole.inventory(axis, 5).columns[side])
    np.testing.assert_array_equal(found.ensemble_side(axis, side), whole.ensemble(axis)[side])


def read_otherwise(data: MarketData, price: float, *, later: int = 0, deeper: float = 1.0) -> Estimate:
    """Return an estimate of the same bars whose book another replica read, a little later, at about that price."""
    book = data.book
    assert book is not None
    scale = np.array([price / data.price, deeper])
    moved = replace(book, time=book.time + later, bids=book.bids * scale, asks=book.asks * scale)
    seen = replace(data, book=moved, price=price, price_time=data.price_time + later)
    return replace(loaded_estimate(), data=seen)


def loaded_estimate() -> Estimate:
    """Return an estimate of the fake market as it is now."""
    return estimate_of()


def test_a_mix_that_the_market_does_not_allow_is_no_rival() -> None:
    """At most 3x leaves nothing of the mixes that begin there or above; what is left is read from the price."""
    one = estimate_of()
    axis = price_axis(one.data.price, 80.0, bins=40)
    assert set(one.rivals(axis, one.data.price)) == {"conservative", "retail", "degen"}
    low = replace(one, venue=VenueTerms(one.data.rule, flat_tiers(0.1, max_leverage=3.0)))
    (rival,) = low.rivals(axis, one.data.price).items()
    assert rival[0] == "conservative"
    stands, price = rival[1], one.data.price
    assert stands.long[axis.edges[:-1] < price].sum() > 0.0
    assert not stands.long[axis.edges[:-1] >= price].any()
    assert not stands.short[axis.edges[1:] <= price].any()


def test_two_replicas_that_read_the_book_at_different_moments_agree() -> None:
    """Neither the time of a book, nor its depth, nor a price within a tenth of a percent makes another answer."""
    data = loaded_estimate().data
    middle = exp(round(log(data.price) / PRICE_STEP) * PRICE_STEP)
    one = read_otherwise(data, middle)
    assert one.fingerprint == read_otherwise(data, middle * 1.0004, later=3000, deeper=1.7).fingerprint
    assert one.fingerprint != read_otherwise(data, middle * 1.0006).fingerprint


def test_an_answer_is_another_after_a_minute_at_most() -> None:
    """However little the price moves: the book in it grows old."""
    data = loaded_estimate().data
    assert read_otherwise(data, data.price).fingerprint != read_otherwise(data, data.price, later=MINUTE_MS).fingerprint


def test_what_a_price_is_makes_another_answer() -> None:
    """The last close is not the middle of the book, and stale is not fresh."""
    found = loaded_estimate()
    others: list[MarketData] = [
        replace(found.data, book=None, price_source="last_close"),
        replace(found.data, stale=True),
    ]
    assert len({str(each.fingerprint) for each in (found, *(replace(found, data=other) for other in others))}) == 3
