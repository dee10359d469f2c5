"""A bad night: an exchange refuses, one hangs, the cache freezes, a worker is killed, a caller asks nonsense.

Whoever has the log, the metrics and docs/operations.md alone can name each of the five; everybody else is answered.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.scraped import scrape, total, until
from tests.support.serving import Server
from tests.support.whole_service import WholeService, whole_service

pytestmark = pytest.mark.slow
EXCHANGES = ("binance", "bybit", "okx")
NONSENSE = 30


@dataclass
class Night:
    """What is left of it in the morning: each line of the log, and the port where the metrics still are."""

    server: Server
    metrics: int
    statuses: list[int]

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Return what was said so far."""
        return [json.loads(line) for line in self.server.said]

    def said(self, **facts: object) -> list[dict[str, Any]]:
        """Return the lines that say these facts."""
        return [line for line in self.lines if facts.items() <= line.items()]


@pytest.fixture(scope="module")
def night() -> Iterator[Night]:
    """Live through it."""
    with whole_service(EXCHANGES, LH_UNTHROTTLED="true", LH_EXCHANGE_SECONDS="2") as service:
        service.freeze_cache()
        yield Night(service.server, service.metrics, live_through(service))


def live_through(service: WholeService) -> list[int]:
    """Let it all happen, and return with which statuses a caller was answered who asked for all three exchanges."""
    venues, server, port = service.venues, service.server, service.metrics
    venues.fault("binance", "status", status=429, retry_after=60)
    venues.fault("okx", delay_s=30)
    statuses = [server.ask(f"/v1/zones?exchange=binance,bybit,okx&symbol=BTC&top={top}").status for top in (1, 2, 3)]
    for number in range(NONSENSE):
        server.ask(f"/v1/heatmap?exchange=bybit&symbol=BTC&bins={number - NONSENSE}", X_Request_Id=f"nonsense-{number}")
    service.kill_worker()
    until(lambda: total(port, "heatmap_worker_exits_total") == 1 and total(port, "heatmap_workers") == 2)
    return [*statuses, server.ask("/v1/zones?exchange=bybit&symbol=BTC").status]


def test_everybody_else_is_answered(night: Night) -> None:
    """Answers about three exchanges go on with the one that is well."""
    assert night.statuses == [200] * 4


def test_the_exchange_that_refuses_is_named(night: Night) -> None:
    """By its outcome, by its breaker, and by a line with the status."""
    assert total(night.metrics, "heatmap_exchange_requests_total", exchange="binance", outcome="refused") >= 1
    assert total(night.metrics, "heatmap_sources_missing_total", exchange="binance") >= 3
    first = night.said(event="source failed", exchange="binance", cause="refused")[0]
    assert "429" in first["reason"]
    (answered,) = night.said(event="request", request_id=first["request_id"], status=200)
    assert "binance" in answered["missing"].split(",")


def test_the_exchange_that_hangs_is_told_from_it(night: Night) -> None:
    """Nothing of it was refused: it did not answer, or not in time."""
    assert total(night.metrics, "heatmap_exchange_requests_total", exchange="okx", outcome="refused") == 0
    assert total(night.metrics, "heatmap_exchange_requests_total", exchange="okx", outcome="no_answer") >= 1
    causes = {line["cause"] for line in night.said(event="source failed", exchange="okx")}
    assert causes
    assert causes <= {"no_answer", "late", "resting"}


def test_the_cache_that_is_frozen_is_named(night: Night) -> None:
    """No call of it was answered, most were not even made, and a line says that it is left alone."""
    calls = "heatmap_shared_cache_calls_total"
    assert total(night.metrics, calls, outcome="answered") == 0
    assert total(night.metrics, calls, outcome="failed") >= 1
    assert total(night.metrics, calls, outcome="resting") >= 1
    assert any("the shared cache is left alone" in line["event"] for line in night.lines)


def test_the_exchange_that_is_well_is_not_accused(night: Night) -> None:
    """No line, and no figure, names it."""
    assert total(night.metrics, "heatmap_sources_missing_total", exchange="bybit") == 0
    assert night.said(event="source failed", exchange="bybit") == []
    outcomes = {
        of["outcome"] for name, of, _ in scrape(night.metrics) if of.get("exchange") == "bybit" and "outcome" in of
    }
    assert outcomes == {"ok"}


def test_the_worker_that_was_killed_is_named(night: Night) -> None:
    """The log has its number and the signal; what it had counted is still there."""
    assert total(night.metrics, "heatmap_worker_exits_total") == 1
    (line,) = [line for line in night.lines if "SIGKILL" in line["event"]]
    assert line["level"] == "error"
    counted = total(night.metrics, "http_server_request_duration_seconds_count", route="/v1/heatmap", code="422")
    assert counted == NONSENSE


def test_the_caller_who_asks_nonsense_is_told_from_a_failure(night: Night) -> None:
    """The lines have the caller's own ids, say which parameter was wrong, and are no warnings."""
    lines = [line for line in night.said(event="request", status=422) if line["request_id"].startswith("nonsense-")]
    assert len(lines) == NONSENSE
    assert all(line["level"] == "info" and line["problem"] == "invalid-parameter" for line in lines)
    assert all("bins" in line["detail"] for line in lines)
    assert total(night.metrics, "http_server_request_duration_seconds_count", code="500") == 0
