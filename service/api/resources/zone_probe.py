"""GET /probe: a market's next hot zones as metrics, for a Prometheus that has many markets as its targets."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE

from service.analysis.results.zone_probe import ZoneProbeRequest, prepare_zone_probe
from service.analysis.services import Services
from service.api.edge.kept_answers.answers import Answers
from service.api.query.zone_probe import ZoneProbeQuery
from service.api.schemas.zone_probe import PLAIN, failed_probe_text, zone_probe_text
from service.market.contract import ExchangeUnavailable, Overloaded

# Probes that are worked for at once, in one process: a Prometheus asks for all its targets within seconds, and callers
# with a page before them come first.
PROBES_AT_ONCE = 2
TEXT = {"type": "string"}


class _ProbeRoom:
    """Room for so many probes; another is turned away at once."""

    def __init__(self, at_once: int) -> None:
        self._room = threading.BoundedSemaphore(at_once)

    @contextmanager
    def taken(self, exchange: str) -> Iterator[None]:
        if not self._room.acquire(blocking=False):
            raise Overloaded(exchange)
        try:
            yield
        finally:
            self._room.release()


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("zone_probe", __name__, description="For Prometheus and Alertmanager")
    room = _ProbeRoom(PROBES_AT_ONCE)

    @routes.get("/probe")
    @routes.arguments(ZoneProbeQuery(), location="query", unknown=RAISE)
    @routes.response(200, TEXT, content_type=PLAIN)
    def get_probe(request: ZoneProbeRequest) -> Response:
        """Give the next hot zone of each side as metrics in Prometheus' text format.

        An exchange that gives no usable answer is probe_success 0, not an error, so that an alert can tell the two.
        """
        with room.taken(request.market.exchange):
            try:
                prepared = prepare_zone_probe(services, request)
            except Overloaded:
                raise
            except ExchangeUnavailable as error:
                response = Response(failed_probe_text(error.cause), content_type=PLAIN)
                response.headers["Cache-Control"] = "no-store"
                return response
            return answers.send_drawn(request, prepared, zone_probe_text, PLAIN)

    return routes
