"""Open interest is counted in coin whatever the contract counts in, and is not added up where one is missing."""

import numpy as np

from service.analysis.results.open_interest import InterestSeries, OpenInterestRequest, prepare_open_interest
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.requests import market_request


def test_changes_begin_with_the_second_column() -> None:
    """What there was before the first is not known."""
    series = InterestSeries(np.array([1.0, 3.0, np.nan, 4.0]), np.array([10.0, 33.0, np.nan, 40.0]))
    np.testing.assert_array_equal(series.change_coin, [np.nan, 2.0, np.nan, np.nan])
    np.testing.assert_array_equal(series.change_usd, [np.nan, 23.0, np.nan, np.nan])


def test_usd_is_coin_at_the_close() -> None:
    """Of each exchange at its own, and the total is their sum."""
    services = services_of(FakeExchange("a"), FakeExchange("b", price=100.2))
    request = OpenInterestRequest(market=market_request(exchange="a,b"))
    result = prepare_open_interest(services, request).compute()
    assert len(result.time) == len(result.total.coin) == 7 * 24
    for name in ("a", "b"):
        series = result.exchanges[name]
        closes = series.usd / series.coin
        assert np.all((closes > 50.0) & (closes < 200.0))
    np.testing.assert_allclose(result.total.usd, result.exchanges["a"].usd + result.exchanges["b"].usd)


def test_other_inputs_are_another_answer() -> None:
    """So callers with the ETag of one exchange do not keep it for two."""
    services = services_of(FakeExchange("a"), FakeExchange("b", price=100.2))
    prints = [
        prepare_open_interest(services, OpenInterestRequest(market=market_request(exchange=names))).fingerprint
        for names in ("a", "b", "a,b")
    ]
    assert len(set(map(str, prints))) == 3
