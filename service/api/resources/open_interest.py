"""GET /v1/open-interest: open interest by bar, several exchanges on one axis."""

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE

from service.analysis.results.open_interest import OpenInterestRequest, prepare_open_interest
from service.analysis.services import Services
from service.api.edge.kept_answers.answers import Answers
from service.api.query.open_interest import OpenInterestQuery
from service.api.schemas.open_interest import OpenInterestSchema, open_interest_body


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("open_interest", __name__, description="What is open, by bar")

    @routes.get("/v1/open-interest")
    @routes.arguments(OpenInterestQuery(), location="query", unknown=RAISE)
    @routes.response(200, OpenInterestSchema)
    def get_open_interest(request: OpenInterestRequest) -> Response:
        """Return open interest by bar, in coin and USD, with its change, of several exchanges on one axis."""
        return answers.respond(request, prepare_open_interest(services, request), open_interest_body)

    return routes
