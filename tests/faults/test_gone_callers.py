"""Callers that hang up, at the real server: what they asked for is given up, counted, and others have theirs."""

import http.client
import json
import signal
import socket
from collections.abc import Iterator

import pytest

from tests.support.ports import free_port
from tests.support.scraped import total, until
from tests.support.serving import Server, start

pytestmark = pytest.mark.slow
DEAREST = "/v1/heatmap?exchange=sim&symbol=BTC&lookback=1y&timeframe=1h&uncertainty=true&bins={}"
REQUESTS = "http_server_request_duration_seconds_count"


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Server, int]]:
    """Return a server of one worker, and the port of its metrics."""
    metrics = free_port()
    server = start(LH_EXCHANGES="sim", LH_WORKERS="1", LH_METRICS_PORT=str(metrics), LH_LOG_FORMAT="json")
    yield server, metrics
    server.process.send_signal(signal.SIGTERM)
    server.end()


def asked(server: Server, path: str) -> socket.socket:
    """Return a connection on which that was asked."""
    caller = socket.create_connection(("127.0.0.1", server.port), timeout=60)
    caller.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
    return caller


def test_what_nobody_waits_for_is_not_computed(served: tuple[Server, int]) -> None:
    """Each has its line and is counted under a status of its own; none was computed, and none is an error of ours."""
    server, metrics = served
    for number in range(4):
        asked(server, DEAREST.format(100 + number)).close()
        # One after the other: a second one at once might be turned away.
        until(lambda: total(metrics, REQUESTS, code="499", route="/v1/heatmap") == number + 1)  # noqa: B023 - it is over within the turn
    until(lambda: sum('"status":499' in line for line in server.said) == 4)
    lines = [json.loads(line) for line in server.said if '"status":499' in line]
    assert {line["problem"] for line in lines} == {"caller-gone"}
    assert not any("compute_seconds" in line for line in lines)
    assert {line["level"] for line in lines} == {"info"}
    assert total(metrics, REQUESTS, code="500") == 0


def test_who_waits_for_the_same_has_it(served: tuple[Server, int]) -> None:
    """Whoever of them came first has hung up."""
    server, _ = served
    path = DEAREST.format(200)
    first, second = asked(server, path), asked(server, path)
    first.close()
    answer = http.client.HTTPResponse(second)
    answer.begin()
    assert answer.status == 200
    assert len(answer.read()) > 1000
    second.close()
