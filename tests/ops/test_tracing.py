"""OpenTelemetry, put in from outside: a caller's trace goes on through the service to the exchange's requests."""

import gzip
import json
import signal
import sys
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

from tests.emulator import Emulator, synthetic_truth
from tests.support.scraped import until
from tests.support.serving import start

pytestmark = pytest.mark.slow
INSTRUMENT = Path(sys.executable).parent / "opentelemetry-instrument"
TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Collector(ThreadingHTTPServer):
    """A collector that keeps the spans it is sent, with the instrumentation that each is of."""

    def __init__(self) -> None:
        """Listen on a free port."""
        super().__init__(("127.0.0.1", 0), _Handler)
        self.spans: list[tuple[str, Span]] = []


class _Handler(BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        """Keep what is sent."""
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        sent = ExportTraceServiceRequest.FromString(body)
        for resource in sent.resource_spans:
            for scope in resource.scope_spans:
                self.server.spans += [(scope.scope.name.rpartition(".")[2], span) for span in scope.spans]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def collector() -> Iterator[Collector]:
    """Return a running collector."""
    with Collector() as running:
        threading.Thread(target=running.serve_forever, daemon=True).start()
        yield running
        running.shutdown()


def test_a_trace_goes_through(collector: Collector) -> None:
    """The route's span continues the caller's, each request to the exchange is below it, and the line has the trace."""
    now = int(time.time() * 1000)
    with Emulator(synthetic_truth(now, ahead_hours=24), lambda: int(time.time() * 1000)) as venues:
        server = start(
            INSTRUMENT,
            LH_EXCHANGES="bybit",
            LH_BASE_URLS=json.dumps({"bybit": venues.url("bybit")}),
            LH_UNTHROTTLED="true",
            LH_LOG_FORMAT="json",
            OTEL_TRACES_EXPORTER="otlp",
            OTEL_METRICS_EXPORTER="none",
            OTEL_LOGS_EXPORTER="none",
            OTEL_EXPORTER_OTLP_PROTOCOL="http/protobuf",
            OTEL_EXPORTER_OTLP_ENDPOINT=f"http://127.0.0.1:{collector.server_port}",
            OTEL_BSP_SCHEDULE_DELAY="100",
        )
        answer = server.ask("/v1/zones?exchange=bybit&symbol=BTC", traceparent=f"00-{TRACE}-{PARENT}-01")
        server.process.send_signal(signal.SIGTERM)
        assert server.end() == 0
    assert answer.status == 200
    until(lambda: any(of == "flask" and span.trace_id.hex() == TRACE for of, span in collector.spans))
    ours = [(of, span) for of, span in collector.spans if span.trace_id.hex() == TRACE]
    (route,) = [span for of, span in ours if of == "flask"]
    assert (route.name, route.parent_span_id.hex()) == ("GET /v1/zones", PARENT)
    asked = [span for of, span in ours if of == "requests"]
    assert len(asked) >= 5
    assert {span.parent_span_id for span in asked} == {route.span_id}
    line = next(line for line in map(json.loads, server.said) if line["event"] == "request")
    assert line["traceparent"].split("-")[1] == TRACE
    assert line["upstream_calls"] == len(asked)
