"""The server of /metrics: what it adds to the workers' figures, and that it serves nothing else."""

import http.client
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest
from prometheus_client.parser import text_string_to_metric_families

from service.ops.metrics_directory import MetricsDirectory
from service.ops.metrics_server import MetricsServer, OfTheServer
from tests.ops.test_metrics_directory import written


@pytest.fixture
def server(tmp_path: Path) -> Iterator[MetricsServer]:
    """Return a running server over a directory in which two workers have counted."""
    for pid in (11, 12):
        written(tmp_path, "counter", pid, "x_total", 3.0)
        written(tmp_path, "gauge_livesum", pid, "z", 1.0)
    made = MetricsServer(("127.0.0.1", 0), MetricsDirectory(tmp_path), OfTheServer(16, lambda: 2))
    made.start()
    yield made
    made.shutdown()
    made.server_close()


def ask(server: MetricsServer, path: str) -> tuple[int, str]:
    """Return status and text."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=30)
    connection.request("GET", path)
    response = connection.getresponse()
    text = response.read().decode()
    connection.close()
    return response.status, text


def figures(server: MetricsServer) -> dict[str, float]:
    """Return what Prometheus' parser reads; no series here has labels."""
    status, text = ask(server, "/metrics")
    assert status == 200
    return {each.name: each.value for of in text_string_to_metric_families(text) for each in of.samples}


def test_workers_are_added_up_beside_what_the_server_knows(server: MetricsServer) -> None:
    """One look gives the sum of all processes."""
    assert figures(server) == {
        "x_total": 6.0,
        "z": 2.0,
        "heatmap_workers": 2.0,
        "heatmap_request_threads": 16.0,
        "heatmap_worker_exits_total": 0.0,
    }


def test_a_worker_that_ends_is_counted_and_its_gauges_are_gone(server: MetricsServer) -> None:
    """What it counted stays."""
    server.worker_ended(11)
    seen = figures(server)
    assert (seen["x_total"], seen["z"], seen["heatmap_worker_exits_total"]) == (6.0, 1.0, 1.0)


def test_a_worker_that_ends_with_its_server_is_not_counted(server: MetricsServer) -> None:
    """Its gauges are gone all the same, and what it counted stays."""
    server.worker_ended(11, stopping=True)
    seen = figures(server)
    assert (seen["x_total"], seen["z"], seen["heatmap_worker_exits_total"]) == (6.0, 1.0, 0.0)


@pytest.mark.parametrize("path", ["/", "/metrics/", "/v1/zones", "/livez"])
def test_nothing_else_is_there(server: MetricsServer, path: str) -> None:
    """The port gives away nothing of the service itself."""
    assert ask(server, path) == (404, "Only /metrics is here.\n")


def test_a_silent_caller_holds_nobody_up(server: MetricsServer) -> None:
    """One that connects and says nothing leaves the next one's answer as it is."""
    with socket.create_connection(("127.0.0.1", server.server_port)):
        assert ask(server, "/metrics")[0] == 200


def test_a_port_that_is_taken_is_an_error(server: MetricsServer, tmp_path: Path) -> None:
    """Two servers never share it."""
    with pytest.raises(OSError, match="in use"):
        MetricsServer(("127.0.0.1", server.server_port), MetricsDirectory(tmp_path), OfTheServer(1, lambda: 1))
