"""In a trace, who shares another's call links to the span in which it is made; without one nothing is touched."""

import sys
import threading
from collections.abc import Callable
from contextlib import suppress

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter
from opentelemetry.trace import Tracer

from service.cache import SingleFlight
from service.ops.spans import link_to, span_here
from tests.support.scraped import until


def traced(kept: InMemorySpanExporter) -> Tracer:
    """Return a tracer whose finished spans are kept."""
    provider = TracerProvider()
    provider.add_span_processor(SimpleSpanProcessor(kept))
    return provider.get_tracer("test")


def spans_of_two(tracer: Tracer, kept: InMemorySpanExporter, lead: Callable[[], int]) -> dict[str, ReadableSpan]:
    """Return the spans of a caller that leads, and of one that comes while it does."""
    flight: SingleFlight[int] = SingleFlight()
    entered, release = threading.Event(), threading.Event()

    def held() -> int:
        entered.set()
        assert release.wait(30)
        return lead()

    def call(name: str) -> None:
        with tracer.start_as_current_span(name), suppress(ZeroDivisionError):
            flight.run("key", held)

    leader, follower = (threading.Thread(target=call, args=(name,)) for name in ("leader", "follower"))
    leader.start()
    assert entered.wait(30)
    follower.start()
    ((future, _),) = flight._flights.values()
    until(lambda: bool(future._waiters))
    release.set()
    leader.join()
    follower.join()
    return {span.name: span for span in kept.get_finished_spans()}


@pytest.mark.parametrize("lead", [lambda: 1, lambda: 1 // 0])
def test_who_shares_a_call_links_to_who_makes_it(lead: Callable[[], int]) -> None:
    """Whether it comes to something or fails; who makes it links to nobody."""
    kept = InMemorySpanExporter()
    spans = spans_of_two(traced(kept), kept, lead)
    assert [link.context for link in spans["follower"].links] == [spans["leader"].get_span_context()]
    assert not spans["leader"].links


def test_without_a_span_there_is_nothing_to_link() -> None:
    """Outside a trace, and where OpenTelemetry was never loaded."""
    assert span_here() is None
    link_to(None)


def test_it_is_not_loaded_for_this(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was not put in is not asked for."""
    monkeypatch.delitem(sys.modules, "opentelemetry.trace")
    assert span_here() is None
    assert "opentelemetry.trace" not in sys.modules
