"""GET /v1/markets: the perpetual swaps of one exchange."""

from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from service.analysis.services import Services
from service.api.edge.answers import Answers, etag_of
from service.api.query.parameters import Query
from service.market.contract import Market

# Listings change a few times a day.
FRESH_SECONDS = 60.0


class MarketsQuery(Query):
    """Parameters of /v1/markets."""

    exchange = fields.String(
        load_default="sim",
        validate=validate.Length(1, 40),
        metadata={"description": "An id of /v1/exchanges", "example": "sim"},
    )


class MarketSchema(Schema):
    """One perpetual swap."""

    symbol = fields.String(required=True, metadata={"description": "Unified symbol, as every other path takes it"})
    base = fields.String(required=True)
    quote = fields.String(required=True)
    settle = fields.String(required=True)
    inverse = fields.Boolean(
        required=True, metadata={"description": "Margined and settled in its base coin, its contracts counted in USD"}
    )
    contract_size = fields.Float(
        required=True, metadata={"description": "What one contract is of: base coin, or quote currency where inverse"}
    )
    contract = fields.String(
        required=True, metadata={"description": "The same in words, with its unit", "example": "0.001 BTC"}
    )
    price_tick = fields.Float(required=True, metadata={"description": "Quote currency"})
    taker_fee = fields.Float(required=True, metadata={"description": "Fraction of notional"})
    max_leverage = fields.Float(required=True, allow_none=True)


class MarketsSchema(Schema):
    """Answer of /v1/markets."""

    exchange = fields.String(required=True)
    simulated = fields.Boolean(required=True, metadata={"description": "No real market: data are made up"})
    markets = fields.List(fields.Nested(MarketSchema), required=True)


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("markets", __name__, description="What can be asked for")

    @routes.get("/v1/markets")
    @routes.arguments(MarketsQuery, location="query", unknown=RAISE)
    @routes.response(200, MarketsSchema)
    def get_markets(args: dict[str, Any]) -> Response:
        """List the markets of an exchange, by symbol."""
        markets = services.feed.markets(args["exchange"])
        rows = [_row(markets[symbol]) for symbol in sorted(markets)]
        told = {"exchange": args["exchange"], "simulated": services.feed.exchange(args["exchange"]).simulated}
        etag = etag_of("markets", told, rows)
        return answers.reply(etag, FRESH_SECONDS, lambda: told | {"markets": rows})

    return routes


def _row(market: Market) -> dict[str, Any]:
    return {
        "symbol": market.symbol,
        "base": market.base,
        "quote": market.quote,
        "settle": market.settle,
        "inverse": market.inverse,
        "contract_size": market.contract_size,
        "contract": f"{market.contract_size:.12g} {market.quote if market.inverse else market.base}",
        "price_tick": market.price_tick,
        "taker_fee": market.taker_fee,
        "max_leverage": market.max_leverage,
    }
