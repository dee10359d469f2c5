"""Prometheus: the instruments as metrics, of one process or of all of a server's together.

Where PROMETHEUS_MULTIPROC_DIR is set, which has to be before this module is imported, each process writes its values to
files there; `metrics_server` adds them up. Labels are bounded: routes are templates, exchanges are those served.
"""

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from service.ops.instruments import NO_INSTRUMENTS, Instruments
from service.ops.metrics_directory import make_empty

DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"
METHODS = frozenset({"GET", "HEAD", "POST", "OPTIONS"})
# Seconds. A kept answer takes under a millisecond, a load is given up after 15 s.
REQUEST_BUCKETS = (0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 15.0, 30.0)
WORK_BUCKETS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)
UPSTREAM_BUCKETS = (0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
# Metrics by label values that occur: routes x methods x statuses is what a hundred times this could not hold.
LABELS_KEPT = 4096
# What is made of a gauge that several processes have set; those that begin with `live` leave out processes that ended.
Mode: TypeAlias = Literal["livesum", "livemostrecent", "mostrecent", "max"]


class PrometheusInstruments:
    """Metrics in a registry of their own; made once per application."""

    def __init__(self, build: Mapping[str, str] | None = None) -> None:
        """Register every metric; of those without labels the series begin at 0. `build` tells what is running."""
        self.registry = CollectorRegistry()
        self._of_requests()
        self._of_answers()
        self._of_exchanges()
        if build:
            info = self._gauge("heatmap_build_info", "What is running; always 1", build, mode="max")
            info.labels(**build).set(1)

    def _of_requests(self) -> None:
        requests = self._histogram(
            "http_server_request_duration_seconds",
            "Seconds from the first look at a request to its answer, by route template",
            REQUEST_BUCKETS,
            ("route", "method", "code"),
        )
        self._request = _by_labels(requests)
        self._active = self._gauge("http_server_active_requests", "Requests that are being answered")
        self._busy = self._gauge(
            "heatmap_request_threads_busy", "Threads that answer a request or are still sending an answer"
        )
        self._shed = self._counter(
            "heatmap_requests_shed", "Requests turned away so that others can be served", ("reason",)
        )

    def _of_answers(self) -> None:
        looked_up = self._counter(
            "heatmap_answer_cache_requests",
            "Looks for a finished answer: hit (inputs not looked at), revalidated, joined (another computed it), miss",
            ("route", "result"),
        )
        self._looked_up = _by_labels(looked_up)
        self._answers = self._gauge("heatmap_answer_cache_bytes", "Memory that kept answers take, of all processes")
        self._compute = self._histogram(
            "heatmap_compute_seconds", "Seconds to compute one answer", WORK_BUCKETS, ("route",)
        )
        self._encode = self._histogram(
            "heatmap_encode_seconds", "Seconds to write one answer as bytes", WORK_BUCKETS, ("route",)
        )

    def _of_exchanges(self) -> None:
        self._turn = self._histogram(
            "heatmap_exchange_turn_wait_seconds",
            "Seconds that a call waited for its turn at an exchange",
            UPSTREAM_BUCKETS,
            ("exchange",),
        )
        self._upstream = self._histogram(
            "heatmap_exchange_request_duration_seconds",
            "Seconds that a request to an exchange took",
            UPSTREAM_BUCKETS,
            ("exchange", "kind"),
        )
        self._upstream_total = self._counter(
            "heatmap_exchange_requests", "Requests to an exchange", ("exchange", "kind", "outcome")
        )
        self._weight = self._gauge(
            "heatmap_exchange_weight_used_ratio",
            "Share of its rate limit that an exchange last said was used",
            ("exchange",),
            mode="livemostrecent",
        )
        self._breaker = self._gauge(
            "heatmap_exchange_breaker_state",
            "0 the exchange is asked, 1 it is being tried again, 2 it is left alone; what any process last learned",
            ("exchange",),
            # What a process that ended has learned holds until another learns better.
            mode="mostrecent",
        )
        self._age = self._gauge(
            "heatmap_data_age_seconds",
            "How old what the newest answer was made of was when it was used",
            ("exchange", "kind"),
            mode="livemostrecent",
        )
        self._cache = self._counter(
            "heatmap_shared_cache_calls",
            "Calls of the cache that replicas share: answered, failed, full (nothing is kept), resting (none was made)",
            ("outcome",),
        )
        self._missing = self._counter(
            "heatmap_sources_missing", "Exchanges missing from an answer", ("exchange", "reason")
        )

    def _counter(self, name: str, what: str, labels: Iterable[str]) -> Counter:
        return Counter(name, what, tuple(labels), registry=self.registry)

    def _histogram(self, name: str, what: str, buckets: Sequence[float], labels: Iterable[str]) -> Histogram:
        return Histogram(name, what, tuple(labels), buckets=buckets, registry=self.registry)

    def _gauge(self, name: str, what: str, labels: Iterable[str] = (), mode: Mode = "livesum") -> Gauge:
        return Gauge(name, what, tuple(labels), registry=self.registry, multiprocess_mode=mode)

    def request_began(self) -> None:
        """Count it among the active."""
        self._active.inc()
        self._busy.inc()

    def request_ended(self, route: str, method: str, status: int, seconds: float) -> None:
        """Observe its duration."""
        self._active.dec()
        self._request(route, method if method in METHODS else "other", str(status)).observe(seconds)

    def thread_freed(self) -> None:
        """Take it from the busy threads."""
        self._busy.dec()

    def shed(self, reason: str) -> None:
        """Count it."""
        self._shed.labels(reason).inc()

    def looked_up(self, route: str, result: str) -> None:
        """Count it."""
        self._looked_up(route, result).inc()

    def answers_kept(self, size: int) -> None:
        """Set the size of this process's answers."""
        self._answers.set(size)

    def computed(self, route: str, seconds: float) -> None:
        """Observe it."""
        self._compute.labels(route).observe(seconds)

    def encoded(self, route: str, seconds: float) -> None:
        """Observe it."""
        self._encode.labels(route).observe(seconds)

    def turn_waited(self, exchange: str, seconds: float) -> None:
        """Observe it."""
        self._turn.labels(exchange).observe(seconds)

    def exchange_answered(self, exchange: str, kind: str, outcome: str, seconds: float) -> None:
        """Count it and observe how long it took."""
        self._upstream_total.labels(exchange, kind, outcome).inc()
        self._upstream.labels(exchange, kind).observe(seconds)

    def weight_used(self, exchange: str, ratio: float) -> None:
        """Set it."""
        self._weight.labels(exchange).set(ratio)

    def breaker(self, exchange: str, state: int) -> None:
        """Set it."""
        self._breaker.labels(exchange).set(state)

    def data_used(self, exchange: str, kind: str, age: float) -> None:
        """Set it."""
        self._age.labels(exchange, kind).set(age)

    def cache_asked(self, outcome: str) -> None:
        """Count it."""
        self._cache.labels(outcome).inc()

    def source_missing(self, exchange: str, reason: str) -> None:
        """Count it."""
        self._missing.labels(exchange, reason).inc()


def instruments_from_environment(build: Mapping[str, str]) -> Instruments:
    """Return metrics where the server has named a directory for them, which is emptied; else what does nothing.

    Raises UnsafeDirectory.
    """
    directory = os.environ.get(DIRECTORY)
    if not directory:
        return NO_INSTRUMENTS
    make_empty(Path(directory))
    return PrometheusInstruments(build)


def _by_labels(metric: Any) -> Callable[..., Any]:  # noqa: ANN401 - a counter or a histogram
    """Return metric.labels, remembering what it made: looking one up takes three times as long as counting."""
    return lru_cache(LABELS_KEPT)(metric.labels)
