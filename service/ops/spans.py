"""Spans of OpenTelemetry, where it was put in from outside: who shares another's work links to its span."""

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from opentelemetry.trace import SpanContext


def span_here() -> "SpanContext | None":
    """Return what names the span that this thread works in; None without one."""
    # Whoever put it in has loaded it; without it there is nothing to load.
    trace = sys.modules.get("opentelemetry.trace")
    if trace is None:
        return None
    context: SpanContext = trace.get_current_span().get_span_context()
    return context if context.is_valid else None


def link_to(span: "SpanContext | None") -> None:
    """Link the span that this thread works in to another, in which what it waits for is done."""
    if span is not None:
        sys.modules["opentelemetry.trace"].get_current_span().add_link(span)
