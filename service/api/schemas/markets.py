"""What /v1/markets answers."""

from typing import Any

from marshmallow import Schema, fields

from service.analysis.results.markets import MarketsResult
from service.api.schemas.described import described
from service.market.contract import Market
from service.times import rfc3339


class MarketSchema(Schema):
    """One perpetual swap."""

    symbol = fields.String(required=True, metadata=described("Unified symbol, as every other path takes it"))
    id = fields.String(required=True, metadata=described("What the exchange itself calls it"))
    base = fields.String(required=True)
    quote = fields.String(required=True)
    settle = fields.String(required=True)
    inverse = fields.Boolean(
        required=True, metadata=described("Margined and settled in its base coin, its contracts counted in USD")
    )
    contract_size = fields.Float(
        required=True, metadata=described("What one contract is of: base coin, or quote currency where inverse")
    )
    contract = fields.String(
        required=True, metadata={"description": "The same in words, with its unit", "example": "0.001 BTC"}
    )
    price_tick = fields.Float(required=True, metadata=described("Quote currency"))
    taker_fee = fields.Float(required=True, metadata=described("Fraction of notional"))
    max_leverage = fields.Float(required=True, allow_none=True)
    listed_as = fields.String(
        required=True, metadata=described("What the exchange calls the base, such as 1000PEPE for one PEPE")
    )
    coins_per_listed = fields.Float(
        required=True, metadata=described("How many coins one of these is; all figures here are of one coin")
    )
    in_delisting = fields.Boolean(required=True, metadata=described("The exchange is taking it off its list"))
    delisted_at = fields.DateTime(
        required=True, allow_none=True, metadata=described("When it does so; null where it states no moment")
    )


class MarketsSchema(Schema):
    """Answer of /v1/markets."""

    exchange = fields.String(required=True)
    simulated = fields.Boolean(required=True, metadata=described("No real market: data are made up"))
    markets = fields.List(fields.Nested(MarketSchema), required=True)


def markets_body(result: MarketsResult) -> dict[str, Any]:
    """Return the markets of an exchange as JSON."""
    return {
        "exchange": result.exchange,
        "simulated": result.simulated,
        "markets": [_market(market) for market in result.markets],
    }


def _market(market: Market) -> dict[str, Any]:
    at = None if market.delisting is None else market.delisting.at
    return {
        "symbol": market.symbol,
        "id": market.id or market.symbol,
        "base": market.base,
        "quote": market.quote,
        "settle": market.settle,
        "inverse": market.inverse,
        "contract_size": market.contract_size,
        "contract": f"{market.contract_size:.12g} {market.quote if market.inverse else market.base}",
        "price_tick": market.price_tick,
        "taker_fee": market.taker_fee,
        "max_leverage": market.max_leverage,
        "listed_as": market.listed_as or market.base,
        "coins_per_listed": market.unit,
        "in_delisting": market.delisting is not None,
        "delisted_at": None if at is None else rfc3339(at),
    }
