"""GET /v1/markets: the perpetual swaps of one exchange."""

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE

from service.analysis.results.markets import MarketsRequest, prepare_markets
from service.analysis.services import Services
from service.api.edge.kept_answers.answers import Answers
from service.api.query.markets import MarketsQuery
from service.api.schemas.markets import MarketsSchema, markets_body


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("markets", __name__, description="What can be asked for")

    @routes.get("/v1/markets")
    @routes.arguments(MarketsQuery(), location="query", unknown=RAISE)
    @routes.response(200, MarketsSchema)
    def get_markets(request: MarketsRequest) -> Response:
        """List the markets of an exchange, by symbol."""
        return answers.respond(request, prepare_markets(services, request), markets_body)

    return routes
