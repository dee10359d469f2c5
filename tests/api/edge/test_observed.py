"""Every request is taken down, whoever answers it and however it ends."""

import logging
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from werkzeug.test import TestResponse, run_wsgi_app

from service.api.edge.observed import Observed, Witness
from service.app import create_app
from service.market.contract import ExchangeUnavailable
from service.settings import Settings
from tests.conftest import Problem
from tests.support.fake_exchange import Clock, FakeExchange
from tests.support.noted import Noted

ZONES = "/v1/zones?exchange=sim&symbol=BTC"


@pytest.fixture(scope="module")
def noted() -> Noted:
    """Return what the application of this module tells."""
    return Noted()


@pytest.fixture(scope="module")
def observed_app(noted: Noted) -> Flask:
    """Return an application on a fake exchange, and one that is always down."""
    down = FakeExchange("down")
    down.fail("markets", ExchangeUnavailable("down", "it is down"))
    exchanges = {"sim": FakeExchange("sim"), "down": down}
    return create_app(Settings(), exchanges=exchanges, clock=Clock(), instruments=noted)


@pytest.fixture
def told(observed_app: Flask, noted: Noted) -> Callable[..., Noted]:
    """Return a function that sends requests and gives what was told of them."""

    def send(*paths: str, method: str = "GET") -> Noted:
        client = observed_app.test_client()
        noted.told.clear()
        for path in paths:
            client.open(path, method=method).get_data()
        return noted

    return send


def test_an_answer_is_made_once_and_then_sent(told: Callable[..., Noted]) -> None:
    """The first is a miss, computed and encoded; the second is sent before Flask, and is counted all the same."""
    noted = told(f"{ZONES}&top=3", f"{ZONES}&top=3")
    assert [given[:3] for given in noted.of("request_ended")] == [["/v1/zones", "GET", 200]] * 2
    assert noted.of("looked_up") == [["/v1/zones", "miss"], ["/v1/zones", "hit"]]
    assert [given[0] for given in noted.of("computed") + noted.of("encoded")] == ["/v1/zones"] * 2
    assert noted.of("answers_kept")[-1][0] > 0


def test_what_means_the_same_is_revalidated(told: Callable[..., Noted]) -> None:
    """Another spelling of a request has its inputs looked at, and is computed no more."""
    noted = told(f"{ZONES}&top=4", "/v1/zones?symbol=BTC&top=4&exchange=sim")
    assert noted.of("looked_up") == [["/v1/zones", "miss"], ["/v1/zones", "revalidated"]]
    assert len(noted.of("computed")) == 1


@pytest.mark.parametrize(
    ("path", "method", "route", "status"),
    [
        ("/livez", "GET", "/livez", 200),
        ("/v1/zones?exchange=sim&top=0", "GET", "/v1/zones", 422),
        ("/v1/zones?exchange=mtgox", "GET", "/v1/zones", 404),
        ("/v1/zones?exchange=sim&symbol=NOPE", "GET", "/v1/zones", 404),
        ("/v1/zones?exchange=down", "GET", "/v1/zones", 503),
        ("/v1/zones/", "GET", "/v1/zones", 422),
        ("/no/such/path", "GET", "unmatched", 404),
        ("/v1/zones", "DELETE", "unmatched", 405),
    ],
)
def test_routes_are_templates(told: Callable[..., Noted], path: str, method: str, route: str, status: int) -> None:
    """However a request ends, its route is one of the service's own, or the one that stands for all others."""
    noted = told(path, method=method)
    assert [given[:3] for given in noted.of("request_ended")] == [[route, method, status]]


def test_no_route_of_an_answer_has_a_parameter(observed_app: Flask) -> None:
    """Kept answers are counted under their path, which is bounded as long as no path has a part for callers to fill."""
    kept = [rule.rule for rule in observed_app.url_map.iter_rules() if rule.rule.startswith(("/v1/", "/coinglass/"))]
    assert kept
    assert [rule for rule in kept if "<" in rule] == []


def test_an_exchange_that_is_down_is_named_with_the_reason(told: Callable[..., Noted]) -> None:
    """It is missing, and nothing was shed: asking less would not have helped."""
    noted = told("/v1/zones?exchange=down", "/v1/zones?exchange=sim,down")
    assert noted.of("source_missing") == [["down", "error"], ["down", "error"]]
    assert noted.of("shed") == []


def test_the_age_of_what_an_answer_is_made_of_is_told(told: Callable[..., Noted]) -> None:
    """Of bars since one closed that they lack, of the book since it was read; of a map of the past there is none."""
    noted = told(f"{ZONES}&top=6", f"{ZONES}&top=6&as_of=2025-05-30T00:00:00Z")
    assert [given[:2] for given in noted.of("data_used")] == [["sim", "bars"], ["sim", "order_book"]]
    assert noted.of("data_used")[0][2] == 0.0


def started(status: str) -> Callable[..., list[bytes]]:
    """Return an application that answers with that status."""

    def app(_: Any, start_response: Any) -> list[bytes]:
        start_response(status, [])
        return [b"x"]

    return app


def broken(*_: Any) -> list[bytes]:
    """Fail before anything was answered."""
    raise KeyError


def test_a_thread_is_busy_until_the_answer_is_sent() -> None:
    """Answered is one thing, sent another: what a slow reader holds can be seen."""
    noted, environ = Noted(), {"REQUEST_METHOD": "GET"}
    body = Observed(started("200 OK"), Witness(noted))(environ, lambda *_: lambda _: None)
    assert [name for name, *_ in noted.told] == ["request_began", "request_ended"]
    assert list(body) == [b"x"]
    body.close()  # type: ignore[attr-defined]  # WSGI's iterables may have it, this one has
    assert noted.told[-1] == ["thread_freed"]


def test_what_fails_is_a_500_and_frees_its_thread() -> None:
    """An error that the application does not answer is the server's to answer; nothing is left counted."""
    noted = Noted()
    with pytest.raises(KeyError):
        Observed(broken, Witness(noted))({"REQUEST_METHOD": "GET"}, lambda *_: lambda _: None)
    assert [given[2] for given in noted.of("request_ended")] == [500]
    assert len(noted.of("thread_freed")) == 1


@pytest.mark.parametrize(("status", "shed"), [("200 OK", 0), ("404 X", 0), ("429 X", 1), ("503 X", 1), ("500 X", 0)])
def test_what_is_turned_away_is_shed(status: str, shed: int) -> None:
    """Only a status that says so."""
    noted = Noted()
    run_wsgi_app(Observed(started(status), Witness(noted)), {"REQUEST_METHOD": "GET"})
    assert len(noted.of("shed")) == shed


class Kept:
    """Lines that are kept."""

    def __init__(self) -> None:
        """Keep none yet."""
        self.lines: list[dict[str, Any]] = []

    def log(self, level: int, event: str, **facts: object) -> None:
        """Keep one."""
        self.lines.append({"level": logging.getLevelName(level), "event": event, **facts})


@pytest.fixture(scope="module")
def kept() -> Kept:
    """Return the lines of this module's application."""
    return Kept()


@pytest.fixture(scope="module")
def logging_app(kept: Kept) -> Flask:
    """Return an application that logs, one of whose exchanges is down and one of which has a bug."""
    down, bug = FakeExchange("down"), FakeExchange("bug")
    down.fail("markets", ExchangeUnavailable("down", "it is down", cause="refused"))
    bug.fail("markets", RuntimeError())
    exchanges = {"sim": FakeExchange("sim"), "down": down, "bug": bug}
    return create_app(Settings(), exchanges=exchanges, clock=Clock(), lines=kept)


def asked(app: Flask, kept: Kept, path: str, **headers: str) -> tuple[TestResponse, dict[str, Any]]:
    """Return the answer and its one line."""
    kept.lines.clear()
    answer = app.test_client().get(path, headers={name.replace("_", "-"): text for name, text in headers.items()})
    (line,) = kept.lines
    return answer, line


def test_a_request_is_one_line_of_what_matters(logging_app: Flask, kept: Kept) -> None:
    """Who asked what, what came of it, and what took how long; the second is a kept answer's."""
    trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"
    answer, line = asked(logging_app, kept, f"{ZONES}&top=5", traceparent=trace, X_Request_Id="mine-1")
    assert answer.headers["X-Request-Id"] == "mine-1"
    phases = [part.split(";")[0] for part in answer.headers["Server-Timing"].split(", ")]
    assert phases == ["cache", "upstream", "compute", "encode"]
    told = {
        name: line[name] for name in ("level", "request_id", "traceparent", "method", "route", "exchange", "symbol")
    }
    assert told == {
        "level": "INFO",
        "request_id": "mine-1",
        "traceparent": trace,
        "method": "GET",
        "route": "/v1/zones",
        "exchange": "sim",
        "symbol": "BTC",
    }
    assert (line["status"], line["cache"]) == (200, "miss")
    assert line["seconds"] >= line["upstream_seconds"] + line["compute_seconds"] + line["encode_seconds"] - 1e-5
    again, hit = asked(logging_app, kept, f"{ZONES}&top=5")
    assert again.headers["Server-Timing"] == "cache;desc=hit"
    assert (hit["status"], hit["cache"], hit["exchange"]) == (200, "hit", "sim")


@pytest.mark.parametrize("sent", ["", "a b", "x" * 129, "id\x7f", "<script>", "\u00e9"])
def test_an_id_that_could_do_harm_is_not_taken(logging_app: Flask, kept: Kept, sent: str) -> None:
    """A new one is made in its place, another for each request."""
    answer, line = asked(logging_app, kept, "/livez", X_Request_Id=sent)
    other, _ = asked(logging_app, kept, "/livez", X_Request_Id=sent)
    assert answer.headers["X-Request-Id"] == line["request_id"]
    assert re.fullmatch("[0-9a-f]{16}", line["request_id"])
    assert other.headers["X-Request-Id"] != line["request_id"]


def test_a_traceparent_that_is_none_is_left_out(logging_app: Flask, kept: Kept) -> None:
    """What callers send is only repeated where it is of the one form it can have."""
    assert "traceparent" not in asked(logging_app, kept, "/livez", traceparent="00-zz")[1]


def test_an_internal_error_names_its_line(
    logging_app: Flask, kept: Kept, problem: Problem, caplog: pytest.LogCaptureFixture
) -> None:
    """The id of the problem is that of the line, which says that it is an error; the stack is logged beside it."""
    answer, line = asked(logging_app, kept, "/v1/zones?exchange=bug&symbol=BTC")
    body = problem(answer)
    assert (body["status"], line["level"]) == (500, "ERROR")
    assert body["request_id"] == line["request_id"] == answer.headers["X-Request-Id"]
    assert "RuntimeError" in caplog.text


def test_a_source_that_failed_has_its_line_in_an_answer_too(
    logging_app: Flask, kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer is a success without it; who failed, and why, is in the log."""
    answer, line = asked(logging_app, kept, "/v1/zones?exchange=sim,down&symbol=BTC")
    assert (answer.status_code, line["level"], line["missing"]) == (200, "INFO", "down")
    (record,) = [vars(each) for each in caplog.records if each.msg == "source failed"]
    told = (record["exchange"], record["symbol"], record["cause"], record["reason"])
    assert told == ("down", "BTC", "refused", "down: it is down")


@pytest.mark.parametrize(
    ("path", "level", "problem_kind"),
    [
        ("/livez", "DEBUG", None),
        ("/v1/zones?exchange=sim&top=0", "INFO", "invalid-parameter"),
        ("/v1/zones?exchange=down", "WARNING", "exchange-unavailable"),
        ("/nowhere", "INFO", "not-found"),
    ],
)
def test_levels(logging_app: Flask, kept: Kept, path: str, level: str, problem_kind: str | None) -> None:
    """Probes are for those who look for them, what failed upstream is a warning, what the caller got wrong is not."""
    _, line = asked(logging_app, kept, path)
    assert (line["level"], line.get("problem")) == (level, problem_kind)
    assert ("detail" in line) is (problem_kind is not None)
