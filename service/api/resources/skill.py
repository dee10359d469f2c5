"""GET /v1/skill: how well a market's map has predicted realised liquidations."""

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE

from service.analysis.results.skill import SkillRequest, prepare_skill
from service.analysis.services import Services
from service.api.edge.kept_answers.answers import Answers
from service.api.query.skill import SkillQuery
from service.api.schemas.skill import SkillSchema, skill_body


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("skill", __name__, description="How good the map has been")

    @routes.get("/v1/skill")
    @routes.arguments(SkillQuery(), location="query", unknown=RAISE)
    @routes.response(200, SkillSchema)
    def get_skill(request: SkillRequest) -> Response:
        """Score the map walk-forward against realised liquidations, where the exchange publishes them."""
        return answers.respond(request, prepare_skill(services, request), skill_body)

    return routes
