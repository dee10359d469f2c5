"""What GET /v1/liquidation-price answers."""

from dataclasses import asdict
from typing import Any

from marshmallow import Schema, fields, validate

from service.analysis.markets.envelope import age_seconds
from service.analysis.results.liquidation_price import LiquidationPriceResult
from service.api.schemas.described import described
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
    "outcome": "liquidated_at",
    "price": 54271.3567839196,
    "bankruptcy_price": 54000.0,
    "distance_pct": 9.547738693467334,
    "notional": 27135.6783919598,
    "tier_notional": 27135.6783919598,
    "tier": 0,
    "tier_counted_in": "quote",
    "tiers_source": "exchange",
    "tiers_dated": None,
    "maintenance_rate": 0.005,
    "maintenance_amount": 0.0,
    "maintenance_amount_unit": "USDT",
    "taker_fee": 0.0005,
    "equity": 135.678391959799,
    "required": 135.678391959799,
    "margin": 3000.0,
    "at_tier_border": False,
    "hedge": None,
    "rule": "binance",
    "formula": RULES["binance"].formula,
    "source": RULES["binance"].source,
    "text": {
        "address": RULES["binance"].text.address,
        "dated": RULES["binance"].text.dated,
        "since": None,
        "until": None,
    },
    "warnings": [],
    "model_version": MODEL_VERSION,
}


class HedgeSchema(Schema):
    """The other leg of a hedge."""

    size = fields.Float(required=True, metadata=described("Base coin; USD for inverse contracts"))
    entry = fields.Float(required=True, metadata=described("Quote currency"))


class TextSchema(Schema):
    """The text that a rule follows."""

    address = fields.String(required=True, metadata=described("Where it stands; empty of the generic rule"))
    dated = fields.String(
        required=True, allow_none=True, metadata=described("Day it was last changed, if it names one")
    )
    since = fields.DateTime(required=True, allow_none=True, metadata=described("When the rule came in, if known"))
    until = fields.DateTime(required=True, allow_none=True, metadata=described("When it ended, if it has"))


class LiquidationPriceSchema(Schema):
    """Answer of /v1/liquidation-price."""

    exchange = fields.String(required=True, allow_none=True)
    symbol = fields.String(required=True, allow_none=True)
    as_of = fields.DateTime(
        required=True, allow_none=True, metadata=described("When the tiers were read; null if the caller's own")
    )
    age_seconds = fields.Float(
        required=True, allow_none=True, metadata=described("From as_of to when this was computed")
    )
    simulated = fields.Boolean(required=True)
    outcome = fields.String(
        required=True,
        validate=validate.OneOf(["liquidated_at", "not_liquidatable", "could_not_be_opened"]),
        metadata=described("Whether there is a price, and why not"),
    )
    price = fields.Float(
        required=True,
        allow_none=True,
        metadata=described("Null where no price liquidates it, and where its margin would not have opened it"),
    )
    bankruptcy_price = fields.Float(required=True, allow_none=True)
    distance_pct = fields.Float(required=True, allow_none=True, metadata=described("Of the mark, or the entry"))
    notional = fields.Float(required=True, allow_none=True, metadata=described("USD at the liquidation price"))
    tier_notional = fields.Float(
        required=True, allow_none=True, metadata=described("USD that the rule reckons maintenance on")
    )
    tier = fields.Integer(
        required=True, allow_none=True, metadata=described("0 is the lowest; null with price, as its two figures")
    )
    tier_counted_in = fields.String(
        required=True,
        validate=validate.OneOf(["quote", "base"]),
        metadata=described("What the tiers' borders are counted in: quote currency or base coin"),
    )
    tiers_source = fields.String(
        required=True, metadata=described("exchange, derived, table (ours), borrowed, assumed, or caller")
    )
    tiers_dated = fields.String(required=True, allow_none=True, metadata=described("The day a table of ours is of"))
    maintenance_rate = fields.Float(required=True, allow_none=True)
    maintenance_amount = fields.Float(required=True, allow_none=True, metadata=described("In maintenance_amount_unit"))
    maintenance_amount_unit = fields.String(
        required=True, metadata=described("The currency of the margin, or what it is of: quote currency or coin")
    )
    taker_fee = fields.Float(required=True)
    equity = fields.Float(required=True, allow_none=True, metadata=described("Left at that price"))
    required_margin = fields.Float(
        required=True, allow_none=True, data_key="required", metadata=described("To be kept at that price")
    )
    margin = fields.Float(required=True)
    at_tier_border = fields.Boolean(required=True, metadata=described("The border between two tiers itself liquidates"))
    hedge = fields.Nested(
        HedgeSchema, required=True, allow_none=True, metadata=described("The other leg that shares the wallet, if any")
    )
    rule = fields.String(required=True)
    formula = fields.String(required=True)
    source = fields.String(required=True, metadata=described("Where the formula is from"))
    text = fields.Nested(TextSchema, required=True)
    warnings = fields.List(fields.String(), required=True)
    model_version = fields.String(required=True)


def liquidation_price_body(result: LiquidationPriceResult) -> dict[str, Any]:
    """Return a liquidation and its terms as JSON."""
    terms = result.terms
    market, rule = terms.market, terms.rule
    listed = None if terms.found is None else terms.found.tiers
    unit = ("coin" if rule.inverse else "quote currency") if market is None else market.settle
    hedge = {"size": result.hedge_size, "entry": result.hedge_entry}
    own = {
        "exchange": None if terms.exchange is None else terms.exchange.id,
        "symbol": None if market is None else market.symbol,
        "as_of": None if listed is None else rfc3339(listed.read_at),
        "age_seconds": None if listed is None else age_seconds(listed.read_at, result.now),
        "simulated": terms.exchange is not None and terms.exchange.simulated,
        "tier_counted_in": terms.tiers.counted_in,
        "tiers_source": "caller" if listed is None else listed.source,
        "tiers_dated": None if listed is None else listed.dated or None,
        "maintenance_amount_unit": unit,
        "taker_fee": terms.fee,
        "hedge": hedge if result.hedge_size else None,
        "text": {
            "address": rule.text.address,
            "dated": rule.text.dated or None,
            "since": None if rule.since is None else rfc3339(rule.since),
            "until": None if rule.until is None else rfc3339(rule.until),
        },
        "model_version": MODEL_VERSION,
    }
    return asdict(result.liquidation) | own
