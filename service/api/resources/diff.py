"""GET /v1/diff: where two maps disagree: two exchanges, two moments, or two sets of assumptions."""

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE

from service.analysis.results.diff import prepare_diff
from service.analysis.results.diff_request import DiffRequest
from service.analysis.services import Services
from service.api.edge.kept_answers.answers import Answers
from service.api.query.diff import DiffQuery
from service.api.schemas.diff import DiffSchema, diff_body


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("diff", __name__, description="Where two maps disagree")

    @routes.get("/v1/diff")
    @routes.arguments(DiffQuery(), location="query", unknown=RAISE)
    @routes.response(200, DiffSchema)
    def get_diff(request: DiffRequest) -> Response:
        """Compare two exchanges, the same market at two moments, or two sets of assumptions."""
        return answers.respond(request, prepare_diff(services, request), diff_body)

    return routes
