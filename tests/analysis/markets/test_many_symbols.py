"""Many symbols: each once, as many as may be asked for, and what came of them told apart from what did not."""

import pytest

from service.analysis.markets.many_symbols import MOST_LOADS, load_markets, symbols_of
from service.heatmap import BadInput
from service.market.contract import ExchangeUnavailable
from tests.support.fake_exchange import SYMBOL, FakeExchange
from tests.support.fake_services import services_of
from tests.support.requests import market_request

NAMES = ("a", "b")


def test_two_ways_to_write_one_symbol_are_one() -> None:
    """The first of them stays, and so does a symbol that nobody lists, to be told of."""
    services = services_of(FakeExchange("a"), FakeExchange("b"))
    assert symbols_of(services, ("BTC", "BTCUSDT", SYMBOL, "XYZ"), NAMES) == ["BTC", "XYZ"]


def test_without_a_name_it_is_what_is_listed() -> None:
    """By the first exchange that gives its listing."""
    down, up = FakeExchange("a"), FakeExchange("b")
    down.fail("markets", ExchangeUnavailable("a", "down"))
    assert symbols_of(services_of(down, up), None, NAMES) == [SYMBOL]
    up.fail("markets", ExchangeUnavailable("b", "down too"))
    with pytest.raises(ExchangeUnavailable, match="b: down too"):
        symbols_of(services_of(down, up), None, NAMES)


def test_too_many_are_refused() -> None:
    """Naming the parameter, and how many there may be on so many exchanges."""
    services = services_of(FakeExchange("a"), FakeExchange("b"))
    many = tuple(f"COIN{number}" for number in range(MOST_LOADS // 2 + 1))
    with pytest.raises(BadInput) as refused:
        symbols_of(services, many, NAMES)
    assert refused.value.field == "symbols"
    assert f"at most {MOST_LOADS // 2}" in (refused.value.allowed or "")


def test_what_came_and_what_did_not() -> None:
    """A symbol that one exchange gives is a group; who did not give it is an error of its own, and in the tag."""
    one, other = FakeExchange("a"), FakeExchange("b")
    whole = load_markets(services_of(one, other), [market_request(exchange="a,b")], NAMES)
    other.fail("ohlcv", ExchangeUnavailable("b", "no bars"))
    part = load_markets(services_of(one, other), [market_request(exchange="a,b")], NAMES)
    assert [list(group.members) for group in whole.groups.values()] == [["a", "b"]]
    assert [list(group.members) for group in part.groups.values()] == [["a"]]
    assert [name for _, name in part.errors] == ["b"]
    assert whole.fingerprint != part.fingerprint


def test_nothing_came() -> None:
    """The first exchange's reason is raised."""
    one, other = FakeExchange("a"), FakeExchange("b")
    for each in (one, other):
        each.fail("ohlcv", ExchangeUnavailable(each.id, "no bars"))
    with pytest.raises(ExchangeUnavailable, match="no bars"):
        load_markets(services_of(one, other), [market_request(exchange="a,b")], NAMES)
