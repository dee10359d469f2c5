"""GET and POST /v1/liquidation-price: the calculator for one position, and for up to a thousand."""

from collections.abc import Iterator
from typing import Any

import orjson
from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, ValidationError

from service.analysis.position.request import LiquidationPriceRequest
from service.analysis.results.liquidation_price import (
    LiquidationPriceResult,
    liquidation_prices,
    prepare_liquidation_price,
)
from service.analysis.services import Services
from service.api.edge.errors.problems import messages_of, told_of, told_of_fields
from service.api.edge.kept_answers.answers import Answers
from service.api.query.json_body import JsonBody
from service.api.query.liquidation_price import LiquidationPriceQuery
from service.api.query.positions import NothingAsked, PositionSchema, PositionsQuery, PositionsSchema
from service.api.schemas.liquidation_price import EXAMPLE, LiquidationPriceSchema, liquidation_price_body
from service.api.schemas.liquidation_prices import MANY_EXAMPLE, PositionResultsSchema, result_body, results_body


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("liquidation_price", __name__, description="Where positions would be liquidated")
    routes.ARGUMENTS_PARSER = JsonBody()

    @routes.get("/v1/liquidation-price")
    @routes.arguments(LiquidationPriceQuery(), location="query", unknown=RAISE)
    @routes.response(200, LiquidationPriceSchema, example=EXAMPLE)
    def get_liquidation_price(request: LiquidationPriceRequest) -> Response:
        """Work out the liquidation price of one position, by exchange rule, tier and margin mode."""
        return answers.respond(request, prepare_liquidation_price(services, request), liquidation_price_body)

    @routes.post("/v1/liquidation-price")
    @routes.arguments(PositionsQuery(), location="query", unknown=RAISE)
    @routes.arguments(PositionsSchema(), location="json")
    @routes.response(200, PositionResultsSchema, example=MANY_EXAMPLE)
    def post_liquidation_price(_: NothingAsked, given: dict[str, Any]) -> Response:
        """Work out the liquidation prices of up to a thousand positions: each has its answer, or its own error."""
        body = results_body(list(_results(services, given["positions"])))
        response = Response(orjson.dumps(body), content_type="application/json")
        response.headers["Cache-Control"] = "no-store"
        return response

    return routes


def _results(services: Services, positions: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """Yield what comes of each position, in their order."""
    read = [_read(position) for position in positions]
    requests = [each for each in read if isinstance(each, LiquidationPriceRequest)]
    outcomes = iter(liquidation_prices(services, requests, services.clock()))
    for each in read:
        if isinstance(each, dict):
            yield result_body(error=each)
            continue
        outcome = next(outcomes)
        if isinstance(outcome, LiquidationPriceResult):
            yield result_body(liquidation_price_body(outcome))
        else:
            yield result_body(error=told_of(outcome).body)


def _read(position: dict[str, Any]) -> LiquidationPriceRequest | dict[str, Any]:
    """Return a position as a request, or the problem with it."""
    try:
        request: LiquidationPriceRequest = PositionSchema().load(position)
    except ValidationError as error:
        return told_of_fields(messages_of(error.messages)).body
    return request
