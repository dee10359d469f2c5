"""The metrics as Prometheus reads them: names, labels, and what each call adds."""

from pathlib import Path

import pytest
from prometheus_client import generate_latest
from prometheus_client.parser import text_string_to_metric_families

from service.ops.instruments import NO_INSTRUMENTS
from service.ops.prometheus import DIRECTORY, PrometheusInstruments, instruments_from_environment

Series = dict[tuple[str, tuple[tuple[str, str], ...]], float]

# Every metric by its name, with its labels: what dashboards and alerts are written against.
METRICS = {
    "http_server_request_duration_seconds": {"route", "method", "code"},
    "http_server_active_requests": set(),
    "heatmap_request_threads_busy": set(),
    "heatmap_requests_shed_total": {"reason"},
    "heatmap_answer_cache_requests_total": {"route", "result"},
    "heatmap_answer_cache_bytes": set(),
    "heatmap_compute_seconds": {"route"},
    "heatmap_encode_seconds": {"route"},
    "heatmap_exchange_request_duration_seconds": {"exchange", "kind"},
    "heatmap_exchange_requests_total": {"exchange", "kind", "outcome"},
    "heatmap_exchange_weight_used_ratio": {"exchange"},
    "heatmap_exchange_breaker_state": {"exchange"},
    "heatmap_exchange_turn_wait_seconds": {"exchange"},
    "heatmap_data_age_seconds": {"exchange", "kind"},
    "heatmap_shared_cache_calls_total": {"outcome"},
    "heatmap_sources_missing_total": {"exchange", "reason"},
    "heatmap_build_info": {"version", "model_version", "python"},
}
BUILD = {"version": "1.2.3", "model_version": "9.8.7", "python": "3.11.0"}


def told(instruments: PrometheusInstruments) -> PrometheusInstruments:
    """Tell of one of each."""
    instruments.request_began()
    instruments.request_ended("/v1/zones", "GET", 200, 0.02)
    instruments.thread_freed()
    instruments.shed("overloaded")
    instruments.looked_up("/v1/zones", "hit")
    instruments.answers_kept(1234)
    instruments.computed("/v1/zones", 0.2)
    instruments.encoded("/v1/zones", 0.01)
    instruments.turn_waited("binance", 0.1)
    instruments.exchange_answered("binance", "bars", "ok", 0.3)
    instruments.weight_used("binance", 0.25)
    instruments.breaker("binance", 2)
    instruments.data_used("binance", "order_book", 4.5)
    instruments.cache_asked("failed")
    instruments.source_missing("okx", "refused")
    return instruments


def read(instruments: PrometheusInstruments) -> Series:
    """Return every series as Prometheus' own parser reads it."""
    families = text_string_to_metric_families(generate_latest(instruments.registry).decode())
    return {(each.name, tuple(sorted(each.labels.items()))): each.value for of in families for each in of.samples}


def test_every_name_and_label_is_there() -> None:
    """What is published is what is promised: no label more, so that none can grow without bound."""
    labels: dict[str, set[str]] = {}
    for name, pairs in read(told(PrometheusInstruments(BUILD))):
        parts = {part: each for each in METRICS for part in (each, f"{each}_bucket", f"{each}_sum", f"{each}_count")}
        whole = parts.get(name, name)
        labels.setdefault(whole, set()).update({label for label, _ in pairs} - {"le"})
    assert {name: of for name, of in labels.items() if not name.endswith("_created")} == METRICS


@pytest.mark.parametrize(
    ("name", "labels", "value"),
    [
        ("http_server_request_duration_seconds_count", {"route": "/v1/zones", "method": "GET", "code": "200"}, 1),
        ("http_server_request_duration_seconds_sum", {"route": "/v1/zones", "method": "GET", "code": "200"}, 0.02),
        ("http_server_active_requests", {}, 0),
        ("heatmap_request_threads_busy", {}, 0),
        ("heatmap_requests_shed_total", {"reason": "overloaded"}, 1),
        ("heatmap_answer_cache_requests_total", {"route": "/v1/zones", "result": "hit"}, 1),
        ("heatmap_answer_cache_bytes", {}, 1234),
        ("heatmap_compute_seconds_sum", {"route": "/v1/zones"}, 0.2),
        ("heatmap_encode_seconds_sum", {"route": "/v1/zones"}, 0.01),
        ("heatmap_exchange_turn_wait_seconds_sum", {"exchange": "binance"}, 0.1),
        ("heatmap_exchange_requests_total", {"exchange": "binance", "kind": "bars", "outcome": "ok"}, 1),
        ("heatmap_exchange_request_duration_seconds_sum", {"exchange": "binance", "kind": "bars"}, 0.3),
        ("heatmap_exchange_weight_used_ratio", {"exchange": "binance"}, 0.25),
        ("heatmap_exchange_breaker_state", {"exchange": "binance"}, 2),
        ("heatmap_data_age_seconds", {"exchange": "binance", "kind": "order_book"}, 4.5),
        ("heatmap_shared_cache_calls_total", {"outcome": "failed"}, 1),
        ("heatmap_sources_missing_total", {"exchange": "okx", "reason": "refused"}, 1),
        ("heatmap_build_info", BUILD, 1),
    ],
)
def test_each_is_told_apart(name: str, labels: dict[str, str], value: float) -> None:
    """What is told once is counted once, under its labels."""
    assert read(told(PrometheusInstruments(BUILD)))[name, tuple(sorted(labels.items()))] == value


def test_busy_threads_outlast_active_requests() -> None:
    """A thread that still sends an answer is busy, though its request is answered."""
    instruments = PrometheusInstruments()
    instruments.request_began()
    instruments.request_began()
    instruments.request_ended("/v1/zones", "GET", 200, 0.1)
    series = read(instruments)
    assert (series["http_server_active_requests", ()], series["heatmap_request_threads_busy", ()]) == (1, 2)


def test_methods_that_callers_make_up_are_one() -> None:
    """No caller can add series at will."""
    instruments = PrometheusInstruments()
    for number in range(20):
        instruments.request_began()
        instruments.request_ended("unmatched", f"M{number}", 405, 0.0)
    methods = {dict(labels)["method"] for name, labels in read(instruments) if name.endswith("duration_seconds_count")}
    assert methods == {"other"}


def test_without_a_directory_there_is_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """The server that keeps no metrics makes none."""
    monkeypatch.delenv(DIRECTORY, raising=False)
    assert instruments_from_environment(BUILD) is NO_INSTRUMENTS


def test_the_directory_is_emptied_at_the_start(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Figures of an earlier server are gone before the first of this one."""
    (tmp_path / "counter_17.db").write_bytes(b"old")
    monkeypatch.setenv(DIRECTORY, str(tmp_path))
    assert isinstance(instruments_from_environment(BUILD), PrometheusInstruments)
    assert list(tmp_path.iterdir()) == []
