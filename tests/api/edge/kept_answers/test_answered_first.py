"""Answered first: what is sent before routing is what the application would have sent; and what is sent in a crowd."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from flask import Flask, Response
from werkzeug.test import TestResponse

from service.analysis.concurrency.admission import Admission
from service.analysis.concurrency.cost import Cost
from service.api.edge.errors import problems
from service.api.edge.errors.problems import problem
from service.api.edge.kept_answers.answered_first import AnsweredFirst
from service.api.edge.kept_answers.answers import Answers
from service.api.edge.kept_answers.etag import etag_of
from service.api.edge.refusals.places import Places
from service.app import create_app
from service.ops.request_scope import RequestScope, current_scope, scope_of_request
from service.settings import Settings
from tests.support.fake_exchange import Clock
from tests.support.noted import Noted

PATH = "/v1/heatmap?exchange=sim&lookback=12h&bins=10"
ORDINARY = Cost(0.2, 1.0)
ASKED = [{}, {"Accept-Encoding": "gzip"}, {"If-None-Match": "*"}, {"Origin": "https://example.org"}]


@pytest.fixture(scope="module")
def app() -> Flask:
    """Return an application at a fixed time."""
    return create_app(Settings(exchanges=("sim",)), clock=lambda: 1_760_000_000.0)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("headers", ASKED, ids=str)
def test_the_same_answer_twice(app: Flask, method: str, headers: dict[str, str]) -> None:
    """Status, headers and body are equal, whether the application made it or it was kept."""
    client = app.test_client()
    url = f"{PATH}&range_pct={5 + len(str(headers))}"  # each case is asked for the first time
    first = client.open(url, method=method, headers=headers)
    client.get(url)
    kept = client.open(url, method=method, headers=headers)
    assert kept.status_code == first.status_code
    # The two are different requests, of which one took longer.
    of_each = {"X-Request-Id", "Server-Timing"}
    assert {name for name, _ in kept.headers} == {name for name, _ in first.headers}
    same = [sorted(each for each in answer.headers if each[0] not in of_each) for answer in (kept, first)]
    assert same[0] == same[1]
    assert kept.data == first.data


def test_routing_is_not_reached(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """A kept answer costs no look at the application's rules."""
    client = app.test_client()
    body = client.get(PATH).data
    monkeypatch.setattr(app, "full_dispatch_request", None)
    assert client.get(PATH).data == body


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "OPTIONS"])
def test_only_what_reads_is_answered_from_hand(app: Flask, method: str) -> None:
    """Any other method goes to the application."""
    client = app.test_client()
    client.get(PATH)
    assert client.open(PATH, method=method).status_code == 405


class Slow:
    """An application of two threads' worth of places, whose answers wait until they may be made."""

    def __init__(self) -> None:
        """Let everything be made at once, and well."""
        self.app, self.clock, self.version = Flask("slow"), Clock(), "v1"
        self.answers, self.places = Answers(10_000_000, self.clock), Places(4)
        self.work = Admission(60.0, 1.0, 1e9, self.clock)
        self.may, self.asked, self.fails = threading.Event(), threading.Semaphore(0), ""
        self.may.set()
        self.app.wsgi_app = AnsweredFirst(self.app.wsgi_app, self.answers, self.places, self.work)  # type: ignore[method-assign]  # as Flask wants it done
        problems.register(self.app)
        for path in ("/v1/<name>", "/livez"):
            self.app.add_url_rule(path, path, self.answer)

    def answer(self, name: str = "") -> Response | str:
        """Answer once it may."""
        if not name:
            return "alive"
        self.asked.release()
        current_scope().route = f"/v1/{name}"
        self.work.admit(ORDINARY)
        assert self.may.wait(60)
        if self.fails:
            return problem(503, self.fails, "It fails", "It fails")
        return self.answers.reply(etag_of(name, self.version), 5.0, lambda: {"version": self.version})

    def ask(self, path: str) -> TestResponse:
        """Ask as the server does."""
        with scope_of_request(RequestScope(0.0)):
            return self.app.test_client().get(path)

    def asking(self, pool: ThreadPoolExecutor, *paths: str) -> "list[Future[TestResponse]]":
        """Ask on other threads, and return once each is being worked on."""
        futures = [pool.submit(self.ask, path) for path in paths]
        for _ in paths:
            assert self.asked.acquire(timeout=60)
        return futures


@pytest.fixture
def slow() -> Slow:
    """Return a fresh one."""
    return Slow()


def test_where_there_is_no_room_a_route_is_turned_away_unread(slow: Slow) -> None:
    """Once it was refused for want of room; other routes are read, and what is kept is sent."""
    assert slow.ask("/v1/a?kept").status_code == 200
    with slow.work.hold(Cost(0.7, 1.0)), slow.work.hold(ORDINARY):
        asked = [slow.ask(f"/v1/a?{n}") for n in range(3)]
        slow.ask("/v1/b")
        assert slow.ask("/v1/a?kept").status_code == 200
    assert {each.status_code for each in asked} == {503}
    assert asked[0].get_json() == asked[1].get_json() == asked[2].get_json()
    # The kept one, the first that was refused, and the other route's.
    assert [slow.asked.acquire(blocking=False) for _ in range(4)] == [True] * 3 + [False]
    assert slow.ask("/v1/a?3").status_code == 200


def test_a_request_that_has_ended_leaves_its_room(slow: Slow) -> None:
    """Though it computed nothing: each of these holds a fifth of what there is."""
    assert [slow.ask(f"/v1/a?{n}").status_code for n in range(12)] == [200] * 12


def test_where_there_is_no_place_all_but_what_is_kept_is_turned_away(slow: Slow) -> None:
    """A problem that says when to ask again; kept answers and probes go on, and so does all once there is room."""
    assert slow.ask("/v1/kept").status_code == 200
    slow.asked.acquire()
    slow.may.clear()
    with ThreadPoolExecutor(2) as pool:
        worked_on = slow.asking(pool, "/v1/a", "/v1/b")
        refused = slow.ask("/v1/c")
        assert (refused.status_code, refused.content_type) == (503, "application/problem+json")
        assert refused.headers["Retry-After"] == "2"
        assert refused.headers["X-Content-Type-Options"] == "nosniff"
        body = refused.get_json()
        assert (body["type"], body["status"], body["instance"]) == ("/problems/overloaded", 503, "/v1/c")
        assert slow.ask("/v1/kept").status_code == 200
        assert slow.ask("/livez").data == b"alive"
        slow.may.set()
        assert [each.result(60).status_code for each in worked_on] == [200, 200]
    assert slow.ask("/v1/c").status_code == 200


def test_while_one_has_it_renewed_the_others_have_what_ran_out(slow: Slow) -> None:
    """Also where all places are taken; it is no older than twice what it stood for; then the new one."""
    slow.ask("/v1/kept")
    slow.asked.acquire()
    slow.may.clear()
    slow.clock.now += 5.5
    slow.version = "v2"
    with ThreadPoolExecutor(3) as pool:
        slow.asking(pool, "/v1/a", "/v1/b", "/v1/kept")
        told = slow.ask("/v1/kept")
        assert (told.get_json()["version"], told.headers["Age"]) == ("v1", "5")
        slow.clock.now += 5.0
        assert slow.ask("/v1/kept").status_code == 503
        slow.may.set()
    assert slow.ask("/v1/kept").get_json()["version"] == "v2"


@pytest.mark.parametrize(("kind", "still_kept"), [("exchange-unavailable", False), ("overloaded", True)])
def test_what_could_not_be_renewed_is_not_given(slow: Slow, kind: str, still_kept: bool) -> None:
    """It has an end, and callers are not told now this and now that; a lack of room says nothing of the data."""
    slow.ask("/v1/kept")
    slow.clock.now += 5.5
    slow.fails = kind
    assert slow.ask("/v1/kept").status_code == 503
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/v1/kept", "QUERY_STRING": ""}
    assert (slow.answers.just_expired(environ) is not None) is still_kept


@pytest.mark.parametrize("path", ["/v1/heatmap", "/v1/zones", "/v1/profile", "/v1/touches"])
def test_requests_that_mean_the_same_are_one_answer(path: str) -> None:
    """The order of parameters, a coin for its market, a default that is spelled out: computed once, kept once."""
    noted = Noted()
    app = create_app(Settings(exchanges=("sim",)), clock=lambda: 1_760_000_000.0, instruments=noted)
    asked = [
        "exchange=sim&symbol=BTC&timeframe=1h",
        "timeframe=1h&symbol=BTC&exchange=sim",
        "exchange=sim&symbol=BTC/USDT:USDT",
        "exchange=sim&symbol=btcusdt&timeframe=1h",
    ]
    answers = [app.test_client().get(f"{path}?{query}") for query in asked]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.headers["ETag"] for answer in answers}) == 1
    assert len({answer.data for answer in answers}) == 1
    assert len(noted.of("computed")) == 1
