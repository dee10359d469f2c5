"""The parameters of /v1/liquidation-price."""

from marshmallow import Schema, fields, validate

from service.analysis.position.request import LiquidationPriceRequest
from service.api.query.moment import Moment
from service.api.query.parameters import SideName, optional_exchange_field
from service.api.query.strict import StrictQuery
from service.api.schemas.described import described
from service.heatmap.margin import RULES

AMOUNT = validate.Range(1e-12, 1e15)


class PositionFields(Schema):
    """A position, its account and whose terms apply."""

    exchange = optional_exchange_field("Whose rule, risk tiers and fee apply; or give rule and maintenance_rate")
    symbol = fields.String(
        load_default=None,
        validate=validate.Length(1, 40),
        metadata={"description": "Whose tiers apply; BTC if left out", "example": "BTC"},
    )
    rule = fields.String(
        load_default=None,
        validate=validate.OneOf(sorted(RULES)),
        metadata=described("Liquidation rule instead of the exchange's own"),
    )
    as_of = Moment(
        load_default=None,
        metadata=described("The moment whose text of the rule holds, none to come; now if left out. Tiers are today's"),
    )
    side = SideName(required=True, metadata={"example": "long"})
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
        metadata=described("Isolated margin, or in cross mode the wallet balance; coin for inverse contracts"),
    )
    margin_mode = fields.String(load_default="isolated", validate=validate.OneOf(["isolated", "cross"]))
    other_maintenance = fields.Float(
        load_default=0.0,
        validate=validate.Range(0, 1e15),
        metadata=described("Cross only: maintenance margin of all other positions"),
    )
    other_pnl = fields.Float(
        load_default=0.0,
        validate=validate.Range(-1e15, 1e15),
        metadata=described("Cross only: unrealised profit of all other positions"),
    )
    other_size = fields.Float(
        load_default=None,
        validate=validate.Range(0, 1e15),
        metadata=described(
            "Cross only: size of a position on the other side of the same market (hedge mode). Its "
            "profit and maintenance move with the price; other_pnl and other_maintenance are then its own at mark, "
            "unless other_entry is given. 0 where the other positions are of other markets. Left out beside a mark and "
            "a maintenance_rate without an amount, it follows from other_maintenance, with a warning"
        ),
    )
    other_entry = fields.Float(
        load_default=None, validate=AMOUNT, metadata=described("Entry of the position of other_size")
    )
    mark = fields.Float(
        load_default=None,
        validate=AMOUNT,
        metadata=described("Price that distance is reckoned from, and at which other_pnl of other_size stands"),
    )
    maintenance_rate = fields.Float(
        load_default=None,
        validate=validate.Range(0, 0.9),
        metadata=described("Fraction of notional, instead of the exchange's tiers"),
    )
    maintenance_amount = fields.Float(
        load_default=None,
        validate=validate.Range(0, 1e15),
        metadata=described("Deducted from it; goes with maintenance_rate. Quote currency, coin for inverse contracts"),
    )
    taker_fee = fields.Float(
        load_default=None,
        validate=validate.Range(0, 0.1, max_inclusive=False),
        metadata=described("Fraction of notional, instead of the exchange's"),
    )


class LiquidationPriceQuery(PositionFields, StrictQuery):
    """Parameters of /v1/liquidation-price."""

    request = LiquidationPriceRequest
