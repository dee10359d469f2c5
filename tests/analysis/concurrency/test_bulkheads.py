"""Bulkheads and deadlines as callers see them: a hanging exchange holds up nobody else."""

import gc
import threading
import weakref
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field

import pytest

from service.analysis.concurrency.bulkheads import Bulkheads
from service.analysis.concurrency.seats import Seats
from service.app import LOADS_WAITING, create_app
from service.market.contract import ExchangeUnavailable, Overloaded
from service.settings import Settings
from tests.support.crowd import crowd
from tests.support.fake_apps import app_of, ask, refused, without_contract
from tests.support.fake_exchange import Clock, FakeExchange, Held

PATIENT = 30.0


@pytest.fixture
def held(pair: tuple[FakeExchange, FakeExchange]) -> Iterator[Held]:
    """Let the second exchange wait until the test ends."""
    held = pair[1].hold("ohlcv")
    yield held
    held.release.set()


def test_room_is_given_back() -> None:
    """A load that ended, well or not, or was taken back leaves its place to the next."""
    threads, release, begun = Bulkheads(["x"], 1, 1), threading.Event(), threading.Event()

    def hang() -> bool:
        begun.set()
        return release.wait(PATIENT)

    first = threads.submit("x", hang)
    assert begun.wait(PATIENT)
    second = threads.submit("x", lambda: 1 // 0)
    with pytest.raises(Overloaded):
        threads.submit("x", lambda: 2)
    assert second.cancel()
    third = threads.submit("x", lambda: 1 // 0)
    release.set()
    assert first.result(PATIENT)
    assert isinstance(third.exception(PATIENT), ZeroDivisionError)
    assert threads.submit("x", lambda: 2).result(PATIENT) == 2


def test_what_a_load_gave_goes_with_who_asked() -> None:
    """Proves that nothing of the threads holds a result until the next collection of cycles, which may be long."""
    threads = Bulkheads(["x"], 1, 1)
    gc.disable()
    try:
        given = weakref.ref(threads.submit("x", set[int]).result(PATIENT))
        threads.submit("x", int).result(PATIENT)
        assert given() is None
    finally:
        gc.enable()


@pytest.mark.parametrize("path", ["heatmap", "profile", "zones", "touches", "cascade", "scan"])
def test_one_exchange_alone_has_the_deadline_too(
    path: str, pair: tuple[FakeExchange, FakeExchange], held: Held
) -> None:
    """It hangs: the caller gets a 504 with Retry-After, while the load goes on."""
    needed: dict[str, dict[str, object]] = {"scan": {"symbols": "BTC"}, "cascade": {"move_pct": -5}}
    query = needed.get(path, {})
    body = refused(app_of(*pair, seconds=0.1), f"/v1/{path}", 504, exchange="b", **query)
    assert held.entered.is_set()
    assert body["detail"] == "b: no answer within 0.15 s, it goes on being fetched"
    assert body["exchange"] == "b"


def test_timeframes_are_loaded_side_by_side(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """Each of three timeframes waits until all are being asked for: one after the other they would never end."""
    meet = threading.Barrier(3)

    def wait_for_all() -> None:
        meet.wait(PATIENT)

    pair[0].before["ohlcv"] = wait_for_all
    pair[0].lacks(open_interest_timeframes=())
    app = app_of(pair[0])
    assert ask(app, "/v1/zones", exchange="a", timeframes="15m,1h,4h")["timeframes"] == ["15m", "1h", "4h"]


def test_a_dead_exchange_takes_no_thread_of_another(pair: tuple[FakeExchange, FakeExchange], held: Held) -> None:
    """With one thread each, the second exchange's is stuck: the first goes on answering, from nothing kept."""
    patient = create_app(Settings(load_threads=1), exchanges={each.id: each for each in pair}, clock=Clock())
    with ThreadPoolExecutor(1) as caller:
        stuck = caller.submit(lambda: patient.test_client().get("/v1/profile?exchange=b").status_code)
        assert held.entered.wait(PATIENT)
        assert ask(patient, "/v1/profile", exchange="a")["coverage"]["exchanges"] == 1
        held.release.set()
        assert stuck.result(PATIENT) == 200


def test_a_full_queue_is_a_503_of_our_own(
    pair: tuple[FakeExchange, FakeExchange], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Alone it is an overload with Retry-After; among several a missing source with that reason; no call is made."""

    def submit(threads: Bulkheads, exchange: str, call: object) -> object:
        if exchange == "b":
            raise Overloaded(exchange)
        return usual(threads, exchange, call)  # type: ignore[arg-type]  # a stand-in of any result

    usual = Bulkheads.submit
    monkeypatch.setattr(Bulkheads, "submit", submit)
    app = app_of(*pair)
    answer = app.test_client().get("/v1/heatmap?exchange=b")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
    assert answer.get_json(force=True)["type"] == "/problems/overloaded"
    source = ask(app, "/v1/heatmap", exchange="a,b")["sources"][1]
    assert (source["state"], source["reason"]) == ("missing", "b: too many loads from it are under way here")
    assert pair[1].calls == []
    health = {row["id"]: row["health"]["state"] for row in ask(app, "/v1/exchanges")["exchanges"]}
    assert health == {"a": "ok", "b": "untried"}


def test_the_largest_scan_finds_room() -> None:
    """What one request may ask for is never refused for its own size."""
    assert LOADS_WAITING >= 100


@dataclass(frozen=True)
class Same:
    """A call that equals any other of its name; it says when it has begun, and waits."""

    name: str
    begun: threading.Event = field(compare=False)
    release: threading.Event = field(compare=False)

    def __call__(self) -> object:
        """Wait, and return a new object."""
        self.begun.set()
        assert self.release.wait(PATIENT)
        return object()


def test_equal_loads_are_one_while_they_are_under_way() -> None:
    """Whoever asks for the same joins it, also when its first caller has given it up; later ones begin anew."""
    threads, begun, release = Bulkheads(["x", "y"], 1, 8), threading.Event(), threading.Event()
    first = threads.submit("x", Same("a", begun, release))
    assert begun.wait(PATIENT)
    queued = threads.submit("x", Same("b", begun, release))
    joined = threads.submit("x", Same("b", begun, release))
    assert joined is queued
    assert threads.submit("x", Same("a", begun, release)) is first
    assert threads.submit("y", Same("a", begun, release)) is not first
    threads.give_up(queued)
    alone = threads.submit("x", Same("c", begun, release))
    threads.give_up(alone)
    release.set()
    assert joined.result(PATIENT) is queued.result(PATIENT)
    assert alone.cancelled()
    assert threads.submit("x", Same("a", begun, release)).result(PATIENT) is not first.result(PATIENT)


def test_a_crowd_of_one_request_makes_one_load(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """With one thread for loads, twenty callers of a cold market cost one."""
    app = create_app(Settings(load_threads=1, threads=100), exchanges={"a": pair[0]}, clock=Clock())
    answers = crowd(20, lambda: app.test_client().get("/v1/profile?exchange=a").status_code)
    assert answers == [200] * 20
    assert len(pair[0].asked("ohlcv")) == 1


def test_all_waits_for_the_late_only_so_long_once_one_has_answered(
    pair: tuple[FakeExchange, FakeExchange], held: Held
) -> None:
    """The late one is named, its load goes on, and it is part of the answer once it has come."""
    settings = Settings(soft_seconds=0.05, exchange_seconds=60.0)
    app = without_contract(settings, {each.id: each for each in pair}, Clock())
    body = ask(app, "/v1/profile", exchange="all")
    assert [source["state"] for source in body["sources"]] == ["used", "missing"]
    assert "b is missing: b: no answer within" in body["warnings"][0]
    held.release.set()
    while ask(app, "/v1/profile", exchange="all", range_pct=11)["coverage"]["exchanges"] < 2:
        assert len(pair[1].asked("ohlcv")) == 1


def test_all_waits_for_the_first_whatever_it_takes(pair: tuple[FakeExchange, FakeExchange], held: Held) -> None:
    """The shorter time counts only where there is something to answer with."""
    pair[0].fail("ohlcv", ExchangeUnavailable("a", "down"))
    settings = Settings(soft_seconds=0.01, exchange_seconds=60.0)
    app = without_contract(settings, {each.id: each for each in pair}, Clock())
    with ThreadPoolExecutor(1) as caller:
        answer = caller.submit(lambda: ask(app, "/v1/profile", exchange="all"))
        assert held.entered.wait(PATIENT)
        held.release.set()
        assert [source["state"] for source in answer.result(PATIENT)["sources"]] == ["used", "missing"]


def test_who_names_exchanges_waits_for_each(pair: tuple[FakeExchange, FakeExchange], held: Held) -> None:
    """The shorter time is for `all` alone."""
    settings = Settings(soft_seconds=0.01, exchange_seconds=60.0)
    app = without_contract(settings, {each.id: each for each in pair}, Clock())
    with ThreadPoolExecutor(1) as caller:
        answer = caller.submit(lambda: ask(app, "/v1/profile", exchange="a,b"))
        assert held.entered.wait(PATIENT)
        held.release.set()
        assert answer.result(PATIENT)["coverage"]["exchanges"] == 2


def test_where_too_many_wait_the_next_is_turned_away_and_what_is_kept_goes_on(
    pair: tuple[FakeExchange, FakeExchange], held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One thread may wait: the second caller of the exchange that hangs has a 503 of our own, the other one answers."""
    monkeypatch.setattr("service.analysis.concurrency.seats.SEAT_SECONDS", 0.0)
    seated, taken = threading.Event(), Seats.taken

    @contextmanager
    def noted(seats: Seats, exchanges: Collection[str], since: float) -> Iterator[None]:
        with taken(seats, exchanges, since):
            seated.set()
            yield

    monkeypatch.setattr(Seats, "taken", noted)
    settings, served = Settings(threads=3, exchange_seconds=60.0), {each.id: each for each in pair}
    app = create_app(settings, exchanges=served, clock=Clock())
    kept = "/v1/profile?exchange=a"
    assert app.test_client().get(kept).status_code == 200
    seated.clear()
    with ThreadPoolExecutor(1) as caller:
        stuck = caller.submit(lambda: app.test_client().get("/v1/profile?exchange=b").status_code)
        # Not when its call begins: for a moment after that it needs no seat, and the next caller could take the one.
        assert seated.wait(PATIENT)
        answer = app.test_client().get("/v1/zones?exchange=b")
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "2")
        assert answer.get_json(force=True)["type"] == "/problems/overloaded"
        assert [app.test_client().get(path).status_code for path in ("/livez", kept)] == [200, 200]
        held.release.set()
        assert stuck.result(PATIENT) == 200
