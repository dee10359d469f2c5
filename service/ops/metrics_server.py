"""The server of /metrics: a port and a thread of its own in the process that watches over the workers.

Request threads cannot block it, for they live in the workers; and that process does nothing else. It adds up what the
workers have written. A worker is forked while the thread runs: the thread holds no lock that a worker ever takes.
"""

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from socketserver import TCPServer, ThreadingMixIn
from typing import TYPE_CHECKING
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer

from prometheus_client import CollectorRegistry, make_wsgi_app
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.metrics_core import Metric
from prometheus_client.multiprocess import MultiProcessCollector
from prometheus_client.registry import Collector

from service.ops.metrics_directory import MetricsDirectory

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

PATH = "/metrics"
# A caller that says nothing for so long is left.
SILENCE_SECONDS = 10


class OfTheWorkers(Collector):
    """What the workers have written, living and ended."""

    def __init__(self, directory: MetricsDirectory) -> None:
        """Read it anew at each collection."""
        self._directory = directory

    def collect(self) -> Iterable[Metric]:
        """Return the sums."""
        with self._directory.lock:
            files = MultiProcessCollector(None, str(self._directory.path))
            return list(files.collect())


class OfTheServer(Collector):
    """What only the process that watches over the workers knows."""

    def __init__(self, threads: int, workers: Callable[[], int]) -> None:
        """`threads` is of all workers together; `workers` returns how many run."""
        self._threads, self._workers = threads, workers
        self.ended = 0

    def collect(self) -> Iterator[Metric]:
        """Yield each metric."""
        yield GaugeMetricFamily("heatmap_workers", "Processes that answer requests", value=self._workers())
        yield GaugeMetricFamily("heatmap_request_threads", "Threads that can answer a request", value=self._threads)
        yield CounterMetricFamily(
            "heatmap_worker_exits", "Workers that have ended before the server did", value=self.ended
        )


class _Handler(WSGIRequestHandler):
    timeout = SILENCE_SECONDS

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name is the base class's
        """Say nothing of each look at the metrics."""


class MetricsServer(ThreadingMixIn, WSGIServer):
    """Serves /metrics, and nothing else."""

    daemon_threads = True

    def __init__(self, address: tuple[str, int], directory: MetricsDirectory, server: OfTheServer) -> None:
        """Bind; raises OSError where that cannot be done."""
        self.address_family = socket.AF_INET6 if ":" in address[0] else socket.AF_INET
        super().__init__(address, _Handler)
        self.directory, self.of_the_server = directory, server
        registry = CollectorRegistry()
        registry.register(OfTheWorkers(directory))
        registry.register(server)
        self.set_app(_only_metrics(make_wsgi_app(registry)))

    def server_bind(self) -> None:
        """Bind without asking a name server what this machine is called, as the base class does."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), self.socket.getsockname()[1]
        self.setup_environ()

    def start(self) -> None:
        """Answer from now on, on a thread that ends with the process."""
        threading.Thread(target=self.serve_forever, name="metrics", daemon=True).start()

    def worker_ended(self, pid: int, *, stopping: bool = False) -> None:
        """Forget what it held, and count it, unless the server is stopping: a replaced pod would look like a loss."""
        self.of_the_server.ended += not stopping
        self.directory.forget(pid)


def _only_metrics(metrics: "WSGIApplication") -> "WSGIApplication":
    def answer(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] == PATH:
            return metrics(environ, start_response)
        start_response("404 Not Found", [("Content-Type", "text/plain; charset=utf-8")])
        return [f"Only {PATH} is here.\n".encode()]

    return answer
