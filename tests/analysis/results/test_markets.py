"""The markets of one exchange."""

import pytest

from service.analysis.results.markets import FRESH_SECONDS, MarketsRequest, prepare_markets
from service.market.contract import UnknownExchange
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of


def test_the_fingerprint_is_of_the_listing() -> None:
    """The same markets, the same fingerprint."""
    one, other = (prepare_markets(services_of(FakeExchange()), MarketsRequest("fake")) for _ in range(2))
    assert one.fingerprint == other.fingerprint
    assert one.seconds == FRESH_SECONDS
    assert not one.compute().simulated


def test_an_exchange_that_is_not_served() -> None:
    """It is named with those that are."""
    with pytest.raises(UnknownExchange, match="fake"):
        prepare_markets(services_of(FakeExchange()), MarketsRequest("nowhere"))
