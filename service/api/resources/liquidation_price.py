"""GET /v1/liquidation-price: the calculator for one position."""

from dataclasses import asdict
from typing import Any

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from service.analysis.services import Services
from service.api.edge.answers import Answers, etag_of
from service.api.query.parameters import Query
from service.heatmap import MODEL_VERSION, BadInput, Position, Side, TierTable, liquidation_price
from service.heatmap.margin import RULES, Liquidation, flat_tiers
from service.market.contract import liquidation_rule
from service.times import rfc3339

AMOUNT = validate.Range(1e-12, 1e15)
# Tiers are read again after this long, and nothing else in the answer changes with time.
FRESH_SECONDS = 300.0
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


class LiquidationPriceQuery(Query):
    """Parameters of /v1/liquidation-price."""

    exchange = fields.String(
        load_default=None,
        validate=validate.Length(1, 40),
        metadata={
            "description": "Whose rule, risk tiers and fee apply; or give rule and maintenance_rate",
            "example": "sim",
        },
    )
    symbol = fields.String(
        load_default="BTC",
        validate=validate.Length(1, 40),
        metadata={"description": "Whose tiers apply", "example": "BTC"},
    )
    rule = fields.String(
        load_default=None,
        validate=validate.OneOf(sorted(RULES)),
        metadata={"description": "Liquidation rule instead of the exchange's own"},
    )
    side = fields.String(
        required=True, validate=validate.OneOf([side.value for side in Side]), metadata={"example": "long"}
    )
    entry = fields.Float(required=True, validate=AMOUNT, metadata={"description": "Quote currency", "example": 60000})
    size = fields.Float(
        load_default=1.0,
        validate=AMOUNT,
        metadata={"description": "Base coin; USD for inverse contracts", "example": 0.5},
    )
    leverage = fields.Float(
        load_default=None, validate=validate.Range(1, 1000), metadata={"description": "Or give margin", "example": 10}
    )
    margin = fields.Float(
        load_default=None,
        validate=AMOUNT,
        metadata={"description": "Isolated margin, or in cross mode the wallet balance; coin for inverse contracts"},
    )
    margin_mode = fields.String(load_default="isolated", validate=validate.OneOf(["isolated", "cross"]))
    other_maintenance = fields.Float(
        load_default=0.0,
        validate=validate.Range(0, 1e15),
        metadata={"description": "Cross only: maintenance margin of all other positions"},
    )
    other_pnl = fields.Float(
        load_default=0.0,
        validate=validate.Range(-1e15, 1e15),
        metadata={"description": "Cross only: unrealised profit of all other positions"},
    )
    mark = fields.Float(
        load_default=None, validate=AMOUNT, metadata={"description": "Price that distance is reckoned from"}
    )
    maintenance_rate = fields.Float(
        load_default=None,
        validate=validate.Range(0, 0.9),
        metadata={"description": "Fraction of notional, instead of the exchange's tiers"},
    )
    maintenance_amount = fields.Float(
        load_default=None,
        validate=validate.Range(0, 1e15),
        metadata={"description": "Deducted from it; goes with maintenance_rate"},
    )
    taker_fee = fields.Float(
        load_default=None,
        validate=validate.Range(0, 0.1, max_inclusive=False),
        metadata={"description": "Fraction of notional, instead of the exchange's"},
    )


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


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("liquidation_price", __name__, description="Where one position would be liquidated")

    @routes.get("/v1/liquidation-price")
    @routes.arguments(LiquidationPriceQuery, location="query", unknown=RAISE)
    @routes.response(200, LiquidationPriceSchema, example=EXAMPLE)
    def get_liquidation_price(args: dict[str, Any]) -> Response:
        """Work out the liquidation price of one position, by exchange rule, tier and margin mode."""
        terms = _Terms(services, args)
        found = terms.liquidation(args)
        etag = etag_of("liquidation-price", sorted(args.items(), key=str), asdict(found), terms.read_at)
        return answers.reply(etag, FRESH_SECONDS, lambda: terms.body(found, services.clock()))

    return routes


class _Terms:
    """The rule, tiers and fee that a query names, its own figures standing above the exchange's."""

    def __init__(self, services: Services, args: dict[str, Any]) -> None:
        self.exchange: str | None = None
        self.symbol: str | None = None
        self.read_at: int | None = None
        self.simulated = False
        rule, fee, tiers = args["rule"], args["taker_fee"], _own_tiers(args)
        self.tiers_source = "caller"
        if args["exchange"] is not None:
            exchange = services.feed.exchange(args["exchange"])
            market = services.feed.market(args["exchange"], args["symbol"])
            self.exchange, self.symbol, self.simulated = exchange.id, market.symbol, exchange.simulated
            rule, fee = rule or liquidation_rule(exchange, market), market.taker_fee if fee is None else fee
            if RULES[rule].inverse != market.inverse:
                kind = "coin-margined" if market.inverse else "linear"
                allowed = f"a rule {'' if market.inverse else 'not '}ending in -inverse"
                raise BadInput("rule", f"{market.symbol} is {kind}: its size is of another unit", allowed)
            if tiers is None:
                listed = services.feed.tiers(args["exchange"], market.symbol)
                tiers, self.tiers_source, self.read_at = listed, listed.source, listed.read_at
        if rule is None:
            raise BadInput("rule", "Is needed where no exchange is given", ", ".join(sorted(RULES)))
        if tiers is None:
            raise BadInput("maintenance_rate", "Is needed where no exchange is given", "0 to 0.9")
        self.rule: str = rule
        self.tiers: TierTable = tiers
        self.fee: float = fee or 0.0

    def liquidation(self, args: dict[str, Any]) -> Liquidation:
        """Return the liquidation; raises BadInput for what the formula cannot take."""
        for name in ("other_maintenance", "other_pnl"):
            if args[name] and args["margin_mode"] == "isolated":
                raise BadInput(name, "Only cross margin shares a wallet", "0 where margin_mode is isolated")
        position = Position(
            side=Side(args["side"]),
            entry=args["entry"],
            size=args["size"],
            leverage=args["leverage"],
            margin=args["margin"],
            mode=args["margin_mode"],
            other_maintenance=args["other_maintenance"],
            other_pnl=args["other_pnl"],
            taker_fee=self.fee,
            mark=args["mark"],
        )
        return liquidation_price(position, self.tiers, self.rule)

    def body(self, found: Liquidation, now: float) -> dict[str, Any]:
        """Return the JSON body; `now` is epoch seconds."""
        read = self.read_at
        own = {
            "exchange": self.exchange,
            "symbol": self.symbol,
            "as_of": None if read is None else rfc3339(read),
            "age_seconds": None if read is None else round(max(now - read / 1000, 0.0), 3),
            "simulated": self.simulated,
            "tiers_source": self.tiers_source,
            "taker_fee": self.fee,
            "model_version": MODEL_VERSION,
        }
        return asdict(found) | own


def _own_tiers(args: dict[str, Any]) -> TierTable | None:
    if args["maintenance_rate"] is None:
        if args["maintenance_amount"] is not None:
            raise BadInput("maintenance_amount", "Goes with maintenance_rate", "both or neither")
        return None
    return flat_tiers(args["maintenance_rate"], args["maintenance_amount"] or 0.0)
