"""Metrics of the real server: of all its workers together, the ended ones too, read by Prometheus' own parser."""

import http.client
import json
import os
import re
import signal
import threading
import time
from collections.abc import Iterator

import pytest

from tests.emulator import Emulator, synthetic_truth
from tests.support.ports import free_port
from tests.support.scraped import scrape, total, until
from tests.support.serving import Server, start

pytestmark = pytest.mark.slow
ZONES = "/v1/zones?exchange=sim&symbol=BTC"
DURATIONS = "http_server_request_duration_seconds_count"


@pytest.fixture(scope="module")
def served() -> Iterator[tuple[Server, int]]:
    """Return a server of two workers, and the port of its metrics."""
    port = free_port()
    server = start(LH_EXCHANGES="sim", LH_METRICS_PORT=str(port), LH_WORKERS="2", LH_THREADS="4", LH_LOG_FORMAT="json")
    yield server, port
    server.process.send_signal(signal.SIGTERM)
    assert server.end() == 0
    said = [json.loads(line) for line in server.said]
    assert said[0]["event"] == "starting"
    assert not [line for line in said if not {"time", "level", "event", "pid"} <= line.keys() or "exception" in line]


def test_workers_are_added_up_and_none_is_lost(served: tuple[Server, int]) -> None:
    """Every request is counted once, whichever worker had it, and hits that Flask never saw; after a kill too."""
    server, port = served
    before = total(port, DURATIONS, route="/v1/zones")
    for _ in range(20):
        assert server.ask(ZONES).status == 200
    assert total(port, DURATIONS, route="/v1/zones", code="200") == before + 20
    assert total(port, "heatmap_answer_cache_requests_total", route="/v1/zones") == before + 20
    assert total(port, "heatmap_answer_cache_requests_total", result="hit") > 0

    workers = [re.search(r"Booting worker with pid: (\d+)", line) for line in server.said]
    os.kill(next(int(found[1]) for found in workers if found), signal.SIGKILL)
    until(lambda: total(port, "heatmap_worker_exits_total") == 1 and total(port, "heatmap_workers") == 2)
    assert total(port, DURATIONS, route="/v1/zones", code="200") == before + 20
    assert total(port, "http_server_active_requests") == 0
    for _ in range(20):
        assert server.ask(ZONES).status == 200
    assert total(port, DURATIONS, route="/v1/zones", code="200") == before + 40


def test_what_is_running_is_told(served: tuple[Server, int]) -> None:
    """One series says which release and which model."""
    (labels,) = [of for name, of, _ in scrape(served[1]) if name == "heatmap_build_info"]
    assert labels.keys() == {"version", "model_version", "python"}
    assert total(served[1], "heatmap_request_threads") == 8


def test_metrics_answer_while_every_thread_is_held(served: tuple[Server, int]) -> None:
    """Their port is another process's: half-sent requests that hold all threads hold it up by nothing."""
    server, port = served
    held = [http.client.HTTPConnection("127.0.0.1", server.port, timeout=60) for _ in range(16)]
    for connection in held:
        connection.connect()
        connection.sock.sendall(b"GET /v1/zones HTTP/1.1\r\nHost: x\r\nX: ")
    assert total(port, "heatmap_workers") == 2
    for connection in held:
        connection.close()


def test_metrics_are_on_no_other_port(served: tuple[Server, int]) -> None:
    """Whoever reaches the service reads none of its figures."""
    server, port = served
    assert server.ask("/metrics").status == 404
    assert port != server.port


def test_a_port_that_is_taken_ends_the_start(served: tuple[Server, int]) -> None:
    """With a sentence that names the setting, before a worker is there."""
    with pytest.raises(AssertionError, match=f"LH_METRICS_PORT: 127.0.0.1:{served[1]} cannot be had"):
        start(LH_EXCHANGES="sim", LH_METRICS_PORT=str(served[1]))


def test_workers_of_a_server_that_stops_are_no_losses() -> None:
    """While one still answers the other has ended: Prometheus may look just then, and each replaced pod would ring."""
    port = free_port()
    with Emulator(synthetic_truth(int(time.time() * 1000), ahead_hours=24), lambda: int(time.time() * 1000)) as venues:
        urls = json.dumps({"binance": venues.url("binance")})
        server = start(LH_EXCHANGES="binance", LH_BASE_URLS=urls, LH_METRICS_PORT=str(port), LH_LOG_FORMAT="json")
        venues.fault("binance", delay_s=10)
        caller = threading.Thread(target=server.ask, args=("/v1/zones?exchange=binance&symbol=BTC",))
        caller.start()
        until(lambda: venues.calls("binance") > 0)
        server.process.send_signal(signal.SIGTERM)
        until(lambda: total(port, "heatmap_workers") == 1)
        assert total(port, "heatmap_worker_exits_total") == 0
        venues.heal()
        caller.join()
        assert server.end() == 0
