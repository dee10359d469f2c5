"""An estimate: a market loaded as a request asks, and cut to an earlier close where others end there."""

from dataclasses import replace

import numpy as np
import pytest

from service.analysis.estimate import LEAST_WARM_UP, columns_in, estimate
from service.heatmap import BadInput, price_axis
from service.market.contract import NotPublished
from service.times import DAY_MS, HOUR_MS
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
    assert (found.columns, found.wanted) == (72 - LEAST_WARM_UP, 168)
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
