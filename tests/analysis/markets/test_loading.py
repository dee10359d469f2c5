"""Loading: every exchange that a request names, at once, and never one exchange in place of several."""

import pytest

from service.analysis.concurrency.cost import Work
from service.analysis.markets.loading import (
    admitted_group,
    exchanges_of,
    load_group,
    load_groups,
    load_one,
    the_exchange,
)
from service.heatmap import BadInput
from service.market.contract import ExchangeUnavailable, UnknownExchange
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.requests import market_request


def test_all_stands_for_the_real_ones() -> None:
    """Simulated exchanges only where there are no others."""
    pretend = FakeExchange("pretend")
    pretend.simulated = True
    assert exchanges_of(services_of(FakeExchange("a"), pretend, FakeExchange("b")), "all") == ["a", "b"]
    assert exchanges_of(services_of(pretend), "all") == ["pretend"]


@pytest.mark.parametrize(("text", "error"), [("a,a", BadInput), ("a,nope", UnknownExchange), ("", UnknownExchange)])
def test_what_names_no_exchanges(text: str, error: type[Exception]) -> None:
    """Twice the same, or one that is not served."""
    with pytest.raises(error):
        exchanges_of(services_of(FakeExchange("a")), text)


def test_what_is_let_in_is_counted_for_each_exchange() -> None:
    """Its market on every exchange that is named, on the timeframes that are read, as often as it is."""
    services, asked = services_of(FakeExchange("a"), FakeExchange("b")), market_request(exchange="a,b")
    cost = admitted_group(services, asked, ("1h", "4h"), passes=3, grids=1).cost
    assert cost == Work(exchanges=2, markets=2, passes=3, grids=1).cost(asked.lookback, ("1h", "4h"))
    assert admitted_group(services, market_request(exchange="a")).cost.seconds < cost.seconds / 3
    with pytest.raises(UnknownExchange):
        admitted_group(services, market_request(exchange="a,nope"))


def test_a_group_has_a_member_for_each() -> None:
    """In the order asked for; one that fails is named with its error."""
    down = FakeExchange("b")
    down.fail("ohlcv", ExchangeUnavailable("b", "is down"))
    group = load_group(services_of(FakeExchange("a"), down, FakeExchange("c")), market_request(exchange="c, b,a"))
    assert list(group.members) == ["c", "a"]
    assert {name: str(error) for name, error in group.errors.items()} == {"b": "b: is down"}


def test_several_timeframes_are_groups_of_their_own() -> None:
    """In the order of the requests."""
    requests = [market_request(exchange="a", timeframe=frame) for frame in ("1h", "4h")]
    groups = load_groups(services_of(FakeExchange("a")), requests, context=True)
    assert [group.reference.data.timeframe for group in groups] == ["1h", "4h"]
    assert all(group.reference.data.funding is not None for group in groups)


def test_one_exchange_is_one() -> None:
    """Where an answer cannot be of several, several are refused."""
    services = services_of(FakeExchange("a"), FakeExchange("b"))
    assert load_one(services, market_request(exchange="b")).data.exchange == "b"
    with pytest.raises(BadInput, match="Several"):
        the_exchange(services, "a,b")
