"""GET /v1/cascade: what a shock would set off."""

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE

from service.analysis.results.cascade import CascadeRequest, prepare_cascade
from service.analysis.services import Services
from service.api.edge.kept_answers.answers import Answers
from service.api.query.cascade import CascadeQuery
from service.api.schemas.cascade import CascadeSchema, cascade_body


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("cascade", __name__, description="What a shock would set off")

    @routes.get("/v1/cascade")
    @routes.arguments(CascadeQuery(), location="query", unknown=RAISE)
    @routes.response(200, CascadeSchema)
    def get_cascade(request: CascadeRequest) -> Response:
        """Follow a shock through order book and map: stages, terminal move, reproduction number, odds."""
        return answers.respond(request, prepare_cascade(services, request), cascade_body)

    return routes
