"""GET /v1/touches: how price reacted each time it entered a hot zone that stood before."""

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE

from service.analysis.results.touches import TouchesRequest, prepare_touches
from service.analysis.services import Services
from service.api.edge.kept_answers.answers import Answers
from service.api.query.touches import TouchesQuery
from service.api.schemas.touches import TouchesSchema, touches_body


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("touches", __name__, description="What happened at past zones")

    @routes.get("/v1/touches")
    @routes.arguments(TouchesQuery(), location="query", unknown=RAISE)
    @routes.response(200, TouchesSchema)
    def get_touches(request: TouchesRequest) -> Response:
        """List past entries into hot zones, with a comparison against placebo zones."""
        return answers.respond(request, prepare_touches(services, request), touches_body)

    return routes
