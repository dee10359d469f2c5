"""Bulkheads and deadlines as callers see them: a hanging exchange holds up nobody else."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.analysis.bulkheads import Bulkheads
from service.app import LOADS_WAITING, create_app
from service.market.contract import Overloaded
from service.settings import Settings
from tests.support.fake_apps import app_of, ask, refused
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


@pytest.mark.parametrize("path", ["heatmap", "profile", "zones", "touches", "cascade", "scan"])
def test_one_exchange_alone_has_the_deadline_too(
    path: str, pair: tuple[FakeExchange, FakeExchange], held: Held
) -> None:
    """It hangs: the caller gets a 503 with Retry-After, while the load goes on."""
    needed: dict[str, dict[str, object]] = {"scan": {"symbols": "BTC"}, "cascade": {"move_pct": -5}}
    query = needed.get(path, {})
    body = refused(app_of(*pair, seconds=0.1), f"/v1/{path}", 503, exchange="b", **query)
    assert held.entered.is_set()
    assert body["detail"] == "b: no answer within 0.15 s"
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
