"""What /v1/liquidation-price answers."""

from dataclasses import asdict
from typing import Any

from marshmallow import Schema, fields

from service.analysis.envelope import age_seconds
from service.analysis.results.liquidation_price import LiquidationPriceResult
from service.heatmap import MODEL_VERSION
from service.heatmap.margin import RULES
from service.times import rfc3339

# What the example of each parameter is answered with.
EXAMPLE: dict[str, Any] = {
    "exchange": "sim",
    "symbol": "BTC/USDT:USDT",
    "as_of": "2025-10-09T08:53:20Z",
    "age_seconds": 0.0,
    "simulated": True,
    "price": 54271.3567839196,
    "bankruptcy_price": 54000.0,
    "distance_pct": 9.547738693467334,
    "notional": 27135.6783919598,
    "tier_notional": 27135.6783919598,
    "tier": 0,
    "tiers_source": "exchange",
    "maintenance_rate": 0.005,
    "maintenance_amount": 0.0,
    "taker_fee": 0.0005,
    "equity": 135.678391959799,
    "required": 135.678391959799,
    "margin": 3000.0,
    "at_tier_border": False,
    "rule": "binance",
    "formula": RULES["binance"].formula,
    "source": RULES["binance"].source,
    "warnings": [],
    "model_version": MODEL_VERSION,
}


class LiquidationPriceSchema(Schema):
    """Answer of /v1/liquidation-price."""

    exchange = fields.String(required=True, allow_none=True)
    symbol = fields.String(required=True, allow_none=True)
    as_of = fields.DateTime(
        required=True, allow_none=True, metadata={"description": "When the tiers were read; null if the caller's own"}
    )
    age_seconds = fields.Float(
        required=True, allow_none=True, metadata={"description": "From as_of to when this was computed"}
    )
    simulated = fields.Boolean(required=True)
    price = fields.Float(required=True, allow_none=True, metadata={"description": "Null where no price liquidates it"})
    bankruptcy_price = fields.Float(required=True, allow_none=True)
    distance_pct = fields.Float(required=True, allow_none=True, metadata={"description": "Of the mark, or the entry"})
    notional = fields.Float(required=True, allow_none=True, metadata={"description": "USD at the liquidation price"})
    tier_notional = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "USD that the rule reckons maintenance on, and that the tier was looked up at"},
    )
    tier = fields.Integer(
        required=True, allow_none=True, metadata={"description": "0 is the lowest; null with price, as its two figures"}
    )
    tiers_source = fields.String(required=True, metadata={"description": "exchange, table (ours), assumed, or caller"})
    maintenance_rate = fields.Float(required=True, allow_none=True)
    maintenance_amount = fields.Float(required=True, allow_none=True)
    taker_fee = fields.Float(required=True)
    equity = fields.Float(required=True, allow_none=True, metadata={"description": "Left at that price"})
    required_margin = fields.Float(
        required=True, allow_none=True, data_key="required", metadata={"description": "To be kept at that price"}
    )
    margin = fields.Float(required=True)
    at_tier_border = fields.Boolean(
        required=True, metadata={"description": "The border between two tiers itself liquidates"}
    )
    rule = fields.String(required=True)
    formula = fields.String(required=True)
    source = fields.String(required=True, metadata={"description": "Where the formula is from"})
    warnings = fields.List(fields.String(), required=True)
    model_version = fields.String(required=True)


def liquidation_price_body(result: LiquidationPriceResult) -> dict[str, Any]:
    """Return a liquidation and its terms as JSON."""
    terms, read_at = result.terms, result.terms.read_at
    return asdict(result.liquidation) | {
        "exchange": terms.exchange,
        "symbol": terms.symbol,
        "as_of": None if read_at is None else rfc3339(read_at),
        "age_seconds": None if read_at is None else age_seconds(read_at, result.now),
        "simulated": terms.simulated,
        "tiers_source": terms.tiers_source,
        "taker_fee": terms.taker_fee,
        "model_version": MODEL_VERSION,
    }
