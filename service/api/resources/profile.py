"""GET /v1/profile: what stands now, by side and leverage, and cumulated away from the price."""

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE

from service.analysis.results.profile import ProfileRequest, prepare_profile
from service.analysis.services import Services
from service.api.edge.kept_answers.answers import Answers
from service.api.query.profile import ProfileQuery
from service.api.schemas.profile import ProfileSchema, profile_body


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("profile", __name__, description="The map now, split by side and leverage")

    @routes.get("/v1/profile")
    @routes.arguments(ProfileQuery(), location="query", unknown=RAISE)
    @routes.response(200, ProfileSchema)
    def get_profile(request: ProfileRequest) -> Response:
        """Return the newest column of the map in detail."""
        return answers.respond(request, prepare_profile(services, request), profile_body)

    return routes
