"""GET /v1/scan: many symbols, ranked by how near and heavy their next hot zones are."""

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE

from service.analysis.results.scan import ScanRequest, prepare_scan
from service.analysis.services import Services
from service.api.edge.kept_answers.answers import Answers
from service.api.query.scan import ScanQuery
from service.api.schemas.scan import ScanSchema, scan_body


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("scan", __name__, description="Many symbols at once")

    @routes.get("/v1/scan")
    @routes.arguments(ScanQuery(), location="query", unknown=RAISE)
    @routes.response(200, ScanSchema)
    def get_scan(request: ScanRequest) -> Response:
        """Rank many symbols by nearness and weight of their next hot zones."""
        return answers.respond(request, prepare_scan(services, request), scan_body)

    return routes
