"""GET /v1/liquidation-price: the calculator for one position."""

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE

from service.analysis.results.liquidation_price import LiquidationPriceRequest, prepare_liquidation_price
from service.analysis.services import Services
from service.api.edge.answers import Answers
from service.api.query.liquidation_price import LiquidationPriceQuery
from service.api.schemas.liquidation_price import EXAMPLE, LiquidationPriceSchema, liquidation_price_body


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("liquidation_price", __name__, description="Where one position would be liquidated")

    @routes.get("/v1/liquidation-price")
    @routes.arguments(LiquidationPriceQuery, location="query", unknown=RAISE)
    @routes.response(200, LiquidationPriceSchema, example=EXAMPLE)
    def get_liquidation_price(request: LiquidationPriceRequest) -> Response:
        """Work out the liquidation price of one position, by exchange rule, tier and margin mode."""
        return answers.respond(request, prepare_liquidation_price(services, request), liquidation_price_body)

    return routes
