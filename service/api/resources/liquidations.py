"""GET /v1/liquidations: realised liquidations by bar, several exchanges on one axis."""

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE

from service.analysis.results.liquidations import LiquidationsRequest, prepare_liquidations
from service.analysis.services import Services
from service.api.edge.kept_answers.answers import Answers
from service.api.query.liquidations import LiquidationsQuery
from service.api.schemas.liquidations import LiquidationsSchema, liquidations_body


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("liquidations", __name__, description="What has been liquidated, by bar")

    @routes.get("/v1/liquidations")
    @routes.arguments(LiquidationsQuery(), location="query", unknown=RAISE)
    @routes.response(200, LiquidationsSchema)
    def get_liquidations(request: LiquidationsRequest) -> Response:
        """Return realised liquidations by bar, long and short, of the exchanges that publish them, and who does not."""
        return answers.respond(request, prepare_liquidations(services, request), liquidations_body)

    return routes
