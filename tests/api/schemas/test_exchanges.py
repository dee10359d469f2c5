"""An exchange is written with what it can do and how it is doing."""

from service.analysis.results.exchanges import served_exchanges
from service.api.schemas.exchanges import ExchangesSchema, exchange_body
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.rendered import rendered


def test_an_exchange_that_was_not_called_is_untried() -> None:
    """Its health has no moments yet, and saying so calls nobody."""
    fake = FakeExchange()
    rows = [exchange_body(*each) for each in served_exchanges(services_of(fake))]
    (row,) = rendered({"exchanges": rows}, ExchangesSchema())["exchanges"]
    assert (row["id"], row["health"]["state"], row["health"]["last_success"]) == ("fake", "untried", None)
    assert fake.calls == []
