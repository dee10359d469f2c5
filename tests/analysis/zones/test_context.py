"""The market's context: what is known of how crowded it is, and why the rest is not."""

from service.analysis.markets.estimate import estimate
from service.analysis.zones.context import market_context
from service.market.contract import ExchangeUnavailable
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.requests import market_request


def test_what_the_exchange_gives() -> None:
    """Funding with what it is a year, and every figure with its moment."""
    found = market_context(estimate(services_of(FakeExchange()), market_request(), context=True).data)
    assert found.funding is not None
    assert found.funding.annualised == found.funding.rate * 24 * 365 / found.funding.interval_hours
    figures = (found.open_interest_change_1h, found.open_interest_change_24h, found.volume_z, found.book_imbalance)
    assert all(figure.time is not None for figure in figures)


def test_what_it_does_not_give() -> None:
    """The reason is the feed's own, or that it was not asked for."""
    fake = FakeExchange()
    fake.fail("order_book", ExchangeUnavailable("fake", "no book"))
    found = market_context(estimate(services_of(fake), market_request()).data)
    assert (found.funding, found.book_imbalance.value) == (None, None)
    assert found.book_imbalance.reason == "fake: no book"
    assert found.long_short_ratio.reason == "not published"
