"""The proxy of every pod, as the chart configures it: real nginx before the real server, by their socket."""

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from prometheus_client.parser import text_string_to_metric_families

from tests.ops.conftest import IMAGE
from tests.support import outside
from tests.support.ports import free_port

outside.require("nginx", __file__)
outside.require("helm", __file__)
pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
ZONES = "/v1/zones?exchange=sim&symbol=BTC"
# Another address than the one that metrics have where nobody says: that of a pod.
METRICS_HOST = "127.0.0.2"
REQUESTS = "http_server_request_duration_seconds_count"


@dataclass
class Pod:
    """What runs: the port of the proxy, that of the metrics, the server's process."""

    port: int
    metrics_port: int
    server: "subprocess.Popen[bytes]"

    def ask(self, path: str, **headers: str) -> Any:
        """Return the answer of one request through the proxy, its body as `text`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        connection.request("GET", path, headers=named)
        answer: Any = connection.getresponse()
        answer.text = answer.read().decode()
        connection.close()
        return answer

    def served(self, route: str) -> float:
        """Return how many requests of a route have reached the service."""
        connection = http.client.HTTPConnection(METRICS_HOST, self.metrics_port, timeout=60)
        connection.request("GET", "/metrics")
        text = connection.getresponse().read().decode()
        connection.close()
        series = [each for family in text_string_to_metric_families(text) for each in family.samples]
        return sum(each.value for each in series if each.name == REQUESTS and each.labels["route"] == route)


@pytest.fixture(scope="module")
def nginx() -> str:
    """Return the path of nginx; what asks for it is left out where there is none."""
    path = outside.nginx()
    assert path is not None, "CI must have nginx"
    return path


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    """Return a folder with a name short enough for a socket in it."""
    path = Path(tempfile.mkdtemp(prefix="pod-"))
    # nginx that root starts leaves its work to another user
    path.chmod(0o777)
    yield path
    shutil.rmtree(path)


@pytest.fixture(scope="module")
def pod(nginx: str, render: Callable[..., Any], folder: Path) -> Iterator[Pod]:
    """Run what the chart renders: its settings and its nginx.conf, with ports and folders of this machine."""
    port, metrics_port = free_port(), free_port()
    arguments = ("--set", f"{IMAGE},server.port={port},metrics.port={metrics_port},config.LH_EXCHANGES=sim")
    manifests = render(*arguments, "--set", "proxy.clientTimeoutSeconds=2")
    settings = {
        name: text.replace("/run/heatmap", str(folder)) for name, text in manifests["ConfigMap"]["data"].items()
    }
    settings |= {"LH_METRICS_HOST": METRICS_HOST, "TMPDIR": str(folder)}
    config = manifests["ConfigMap/proxy"]["data"]["nginx.conf"]
    config = re.sub("/tmp/|/run/heatmap/", f"{folder}/", config)  # noqa: S108 - the folders of a pod
    (folder / "nginx.conf").write_text(config.replace(f"listen {port};", f"listen 127.0.0.1:{port};"))
    proxy_command = [nginx, "-e", "stderr", "-c", str(folder / "nginx.conf")]
    checked = subprocess.run([*proxy_command, "-t"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
    assert "warn" not in checked.stderr
    environment = {name: text for name, text in os.environ.items() if not name.startswith("LH_")} | settings
    command = [sys.executable, "-m", "gunicorn", "--config", "python:service.ops.gunicorn"]
    with (folder / "log").open("wb") as log:
        server = subprocess.Popen(
            [*command, "service.app:create_app_from_environment()"], cwd=ROOT, env=environment, stdout=log, stderr=log
        )
        proxy = subprocess.Popen(proxy_command, stdout=log, stderr=log)
        running = Pod(port, metrics_port, server)
        try:
            wait_until_ready(running, folder / "log")
            yield running
        finally:
            for process in (server, proxy):
                process.send_signal(signal.SIGTERM)
                process.wait(60)


def wait_until_ready(pod: Pod, log: Path) -> None:
    """Ask /readyz through the proxy until it is there, two minutes at most."""
    waited = threading.Event()
    for _ in range(1200):
        assert pod.server.poll() is None, log.read_text()
        with contextlib.suppress(OSError, http.client.HTTPException):
            if pod.ask("/readyz").status == 200:
                return
        waited.wait(0.1)
    raise AssertionError(log.read_text())


def test_answers_pass(pod: Pod) -> None:
    """A map comes through whole, with its headers; so do problems of the service, and the proxy says that it lives."""
    answer = pod.ask(ZONES)
    assert answer.status == 200
    assert json.loads(answer.text)["model_version"]
    assert answer.headers["ETag"]
    assert "max-age=" in answer.headers["Cache-Control"]
    assert pod.ask(ZONES, If_None_Match=answer.headers["ETag"]).status == 304
    wrong = pod.ask("/v1/zones?exchange=sim&symbol=BTC&bins=0")
    assert (wrong.status, wrong.headers["Content-Type"]) == (422, "application/problem+json")
    assert pod.ask("/proxy-livez").text == "proxy\n"
    assert "Server" not in answer.headers or "/" not in answer.headers["Server"]


def test_a_crowd_is_one_request(pod: Pod) -> None:
    """All who ask the same at the same moment are answered by one, and what may not be shared is asked for each."""
    before = pod.served("/v1/zones")
    with ThreadPoolExecutor(40) as pool:
        crowd = list(pool.map(lambda _: pod.ask(f"{ZONES}&range_pct=7"), range(40)))
    assert {answer.status for answer in crowd} == {200}
    assert len({answer.text for answer in crowd}) == 1
    # one for each second that they took to ask, and not one for each of them
    assert 1 <= pod.served("/v1/zones") - before <= 20
    assert {"HIT", "MISS"} <= {answer.headers["X-Proxy-Cache"] for answer in crowd} | {"HIT"}


def test_each_answer_has_the_id_of_its_own_request(pod: Pod) -> None:
    """A caller's own goes on and comes back, also where another was answered by the same; a bad one is replaced."""
    path = f"{ZONES}&range_pct=6.5"
    answers = [pod.ask(path, X_Request_Id=f"caller-{number}") for number in range(2)]
    assert [answer.headers.get_all("X-Request-Id") for answer in answers] == [["caller-0"], ["caller-1"]]
    made = pod.ask(path, X_Request_Id="no good {id}").headers["X-Request-Id"]
    assert re.fullmatch("[0-9a-f]{32}", made)


@pytest.mark.parametrize("header", ["Authorization", "X-Api-Key", "CG-API-KEY"])
def test_an_answer_to_a_key_is_given_to_no_other(pod: Pod, header: str) -> None:
    """Who shows a key is answered by the service itself, and what it answers is not kept."""
    path = f"{ZONES}&range_pct={len(header)}"
    key: dict[str, Any] = {header: "secret"}
    for _ in range(2):
        assert pod.ask(path, **key).headers["X-Proxy-Cache"] == "BYPASS"
    assert pod.ask(path).headers["X-Proxy-Cache"] == "MISS"


def test_what_is_not_to_be_shared_is_not_kept(pod: Pod) -> None:
    """Probes and problems are asked for anew each time."""
    assert {pod.ask("/readyz").headers["X-Proxy-Cache"] for _ in range(3)} == {"MISS"}
    wrong = "/v1/zones?exchange=sim&symbol=BTC&range_pct=-1"
    before = pod.served("/v1/zones")
    assert [pod.ask(wrong).status for _ in range(3)] == [422] * 3
    assert pod.served("/v1/zones") == before + 3


def test_silent_callers_hold_no_thread(pod: Pod) -> None:
    """Two hundred half-sent requests, and as many silent connections, hold up nobody: the service sees none of them."""
    silent = [socket.create_connection(("127.0.0.1", pod.port)) for _ in range(400)]
    for connection in silent[:200]:
        connection.sendall(b"GET /v1/zones HTTP/1.1\r\nHost: x\r\nX: ")
    try:
        for number in range(6):
            assert pod.ask("/livez").status == 200
            assert pod.ask(f"{ZONES}&range_pct={8 + number}").status == 200
    finally:
        for connection in silent:
            connection.close()


def test_slow_readers_hold_no_thread(pod: Pod) -> None:
    """Sixty callers that read nothing of large answers, and the next is answered: the proxy has taken theirs."""
    path = "/v1/heatmap?exchange=sim&symbol=BTC&bins=400&lookback=30d"
    readers = []
    for _ in range(60):
        reader = socket.socket()
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect(("127.0.0.1", pod.port))
        reader.sendall(f"GET {path} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        readers.append(reader)
    try:
        assert pod.ask(f"{ZONES}&range_pct=9.5").status == 200
        assert pod.ask("/livez").status == 200
    finally:
        for reader in readers:
            reader.close()


@pytest.mark.parametrize(
    ("request_line", "status"),
    [
        (b"GET /" + b"x" * 70_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        (b"GET / HTTP/1.1\r\nHost: x\r\nX: " + b"x" * 70_000 + b"\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (b"POST /v1/liquidation-price HTTP/1.1\r\nHost: x\r\nContent-Length: 9000000\r\n\r\n", 413),
        (b"GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", 400),
    ],
)
def test_what_the_proxy_refuses_is_a_problem(pod: Pod, request_line: bytes, status: int) -> None:
    """In the service's own form, with the status that belongs to it."""
    with socket.create_connection(("127.0.0.1", pod.port), timeout=60) as connection:
        connection.sendall(request_line)
        answer = http.client.HTTPResponse(connection)
        answer.begin()
        problem = json.loads(answer.read())
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.status in {status, 494}
    assert problem["status"] in {status, 494}
    assert problem["detail"]


def test_a_service_that_is_not_there_is_a_problem(pod: Pod) -> None:
    """While it is away the proxy says so, stays alive, and has not kept what was said before to say it again."""
    assert pod.ask(ZONES).status == 200
    pod.server.send_signal(signal.SIGTERM)
    assert pod.server.wait(60) == 0
    waited = threading.Event()
    for _ in range(100):
        answer = pod.ask(ZONES)
        if answer.status != 200:
            break
        waited.wait(0.1)
    assert (answer.status, json.loads(answer.text)["status"]) == (502, 502)
    assert answer.headers["Cache-Control"] == "no-store"
    assert pod.ask("/proxy-livez").status == 200
