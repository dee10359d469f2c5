"""The exchanges that are served, without a call to any."""

from service.analysis.results.exchanges import served_exchanges
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of


def test_each_with_its_own_health_and_no_call() -> None:
    """In the order that they are served in."""
    exchanges = FakeExchange("b"), FakeExchange("a")
    services = services_of(*exchanges)
    served = list(served_exchanges(services))
    assert [exchange.id for exchange, _ in served] == ["b", "a"]
    assert all(health is services.feed.health[exchange.id] for exchange, health in served)
    assert [exchange.calls for exchange in exchanges] == [[], []]
