"""GET /v1/zones: where liquidations cluster and where little stands, ranked."""

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE

from service.analysis.results.zones import ZonesRequest, prepare_zones
from service.analysis.services import Services
from service.api.edge.kept_answers.answers import Answers
from service.api.query.zones import ZonesQuery
from service.api.schemas.zones import ZonesSchema, zones_body


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("zones", __name__, description="Where liquidations cluster, and where price moves freely")

    @routes.get("/v1/zones")
    @routes.arguments(ZonesQuery(), location="query", unknown=RAISE)
    @routes.response(200, ZonesSchema)
    def get_zones(request: ZonesRequest) -> Response:
        """Rank the hot and cold zones of one market, on one timeframe or several together."""
        return answers.respond(request, prepare_zones(services, request), zones_body)

    return routes
