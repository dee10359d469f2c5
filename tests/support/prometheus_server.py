"""A real Prometheus on loopback that scrapes one port, with the chart's alerts, and what it answers."""

import http.client
import json
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlencode

from tests.support import outside
from tests.support.ports import free_port
from tests.support.scraped import until

ALERTS = Path(__file__).resolve().parents[2] / "helm/files/alerts.yaml"
JOB = "heatmap"
# What stands for Grafana's own variables: every job, and four scrapes, which is how Grafana chooses the interval.
SCRAPES_OF_A_RATE = 4

Series = dict[str, Any]


@dataclass(frozen=True)
class Prometheus:
    """One that runs."""

    port: int
    scrape_seconds: int

    def ask(self, path: str, **parameters: str) -> Any:
        """Return the data of an answer of its HTTP API; raises ValueError with what it says is wrong."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", f"/api/v1/{path}?{urlencode(parameters)}")
            answer = json.loads(connection.getresponse().read())
        finally:
            connection.close()
        if answer["status"] != "success":
            raise ValueError(f"{parameters}: {answer['error']}")
        return answer["data"]

    def now(self, query: str) -> list[Series]:
        """Return the series that a query of the dashboard has at this moment."""
        found: list[Series] = self.ask("query", query=self.filled(query))["result"]
        return found

    def between(self, query: str, start: float, end: float, step: float) -> list[Series]:
        """Return the series that a query of the dashboard has from one moment to another, epoch seconds."""
        times = {"start": f"{start:.3f}", "end": f"{end:.3f}", "step": f"{step:g}"}
        found: list[Series] = self.ask("query_range", query=self.filled(query), **times)["result"]
        return found

    def filled(self, query: str) -> str:
        """Return a query with Grafana's variables filled in."""
        interval = f"{SCRAPES_OF_A_RATE * self.scrape_seconds}s"
        return query.replace("$__rate_interval", interval).replace("$job", ".*")

    def scraped(self) -> bool:
        """Tell whether the target has been read at least once."""
        return any(series["value"][1] == "1" for series in self.now("up"))


@contextmanager
def prometheus(target: int, scrape_seconds: int) -> Iterator[Prometheus]:
    """Run one until the block ends; it has read the target once when the block begins."""
    path = outside.prometheus()
    assert path is not None, "no prometheus on PATH"
    with TemporaryDirectory(prefix="prometheus-") as folder:
        port, config = free_port(), Path(folder) / "prometheus.yml"
        config.write_text(json.dumps(_configuration(target, scrape_seconds)))
        options: Mapping[str, str | Path] = {
            "config.file": config,
            "storage.tsdb.path": Path(folder) / "data",
            "web.listen-address": f"127.0.0.1:{port}",
            "log.level": "warn",
        }
        command = [path, *(f"--{name}={value}" for name, value in options.items())]
        process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
        assert process.stderr is not None
        listener = threading.Thread(target=process.stderr.read)
        listener.start()
        started = Prometheus(port, scrape_seconds)
        try:
            until(lambda: _answers(started) and started.scraped())
            yield started
        finally:
            process.terminate()
            process.wait(60)
            listener.join(60)
            process.stderr.close()


def _answers(started: Prometheus) -> bool:
    try:
        return bool(started.ask("status/buildinfo"))
    except (OSError, ValueError):
        return False


def _configuration(target: int, scrape_seconds: int) -> dict[str, Any]:
    every = f"{scrape_seconds}s"
    return {
        "global": {"scrape_interval": every, "scrape_timeout": every, "evaluation_interval": every},
        "rule_files": [str(ALERTS)],
        "scrape_configs": [{"job_name": JOB, "static_configs": [{"targets": [f"127.0.0.1:{target}"]}]}],
    }
