"""Markets are written by symbol, each with what one contract is of."""

from service.analysis.results.markets import MarketsRequest, prepare_markets
from service.api.schemas.markets import MarketsSchema, markets_body
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.rendered import rendered


def test_it_is_what_the_schema_says() -> None:
    """In the order of symbols, with words beside the figure."""
    result = prepare_markets(services_of(FakeExchange()), MarketsRequest("fake")).compute()
    rows = rendered(markets_body(result), MarketsSchema())["markets"]
    assert [row["symbol"] for row in rows] == sorted(row["symbol"] for row in rows)
    assert all(row["contract"].endswith(f" {row['base']}") for row in rows)
