"""GET /v1/exchanges: what is served, what each source can do, and how it is doing."""

import orjson
from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE

from service.analysis.results.exchanges import ExchangesRequest, served_exchanges
from service.analysis.services import Services
from service.api.query.exchanges import ExchangesQuery
from service.api.schemas.exchanges import ExchangesSchema, exchange_body


def blueprint(services: Services) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("exchanges", __name__, description="Where the data comes from")

    @routes.get("/v1/exchanges")
    @routes.arguments(ExchangesQuery(), location="query", unknown=RAISE)
    @routes.response(200, ExchangesSchema)
    def get_exchanges(request: ExchangesRequest) -> Response:  # noqa: ARG001 - parsed, so that parameters are refused
        """List the exchanges that this service reads; calls none of them."""
        rows = [exchange_body(exchange, health) for exchange, health in served_exchanges(services)]
        response = Response(orjson.dumps({"exchanges": rows}), content_type="application/json")
        response.headers["Cache-Control"] = "no-store"
        return response

    return routes
