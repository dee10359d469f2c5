"""What /v1/exchanges answers."""

from typing import Any

from marshmallow import Schema, fields

from service.api.schemas.described import described
from service.market.contract import Exchange
from service.market.feed import Health
from service.times import rfc3339


class CapabilitiesSchema(Schema):
    """What an exchange offers in public."""

    timeframes = fields.List(fields.String(), required=True)
    open_interest_history = fields.Boolean(required=True)
    open_interest_timeframes = fields.List(fields.String(), required=True)
    open_interest_days = fields.Float(
        required=True,
        allow_none=True,
        metadata=described("How many days back it reaches; null if not stated or if timeframes differ"),
    )
    open_interest_rows = fields.Integer(
        required=True,
        allow_none=True,
        metadata=described("How many periods back it reaches, whichever timeframe; null if not counted in these"),
    )
    open_interest_days_by_timeframe = fields.Dict(
        keys=fields.String(),
        values=fields.Float(allow_none=True),
        required=True,
        metadata=described("How many days back it reaches, by its timeframes; null where not stated in days"),
    )
    mark_price = fields.Boolean(required=True)
    order_book_depth = fields.Integer(required=True, metadata=described("Levels on each side"))
    inverse = fields.Boolean(required=True, metadata=described("Whether coin-margined perpetuals are served"))
    account_ratio = fields.Boolean(required=True, metadata=described("Accounts long / accounts short, in public"))
    tiers = fields.String(
        required=True, metadata=described("exchange, derived (from its most leverage), table (ours) or assumed")
    )
    tiers_borrowed_of = fields.String(
        required=True, allow_none=True, metadata=described("Whose tiers stand in for those that it does not show")
    )
    not_served = fields.String(
        required=True, allow_none=True, metadata=described("Which of its perpetuals are not served, if any")
    )
    funding = fields.Boolean(required=True)
    liquidations = fields.Boolean(
        required=True, metadata=described("By interval, in public: /v1/skill and mix=fitted need them")
    )


class HealthSchema(Schema):
    """How calls to the exchange have gone in this process."""

    state = fields.String(required=True, metadata={"enum": ["untried", "ok", "failing"]})
    last_success = fields.DateTime(required=True, allow_none=True)
    last_failure = fields.DateTime(required=True, allow_none=True)
    last_error = fields.String(required=True, allow_none=True)
    resting_until = fields.DateTime(
        required=True,
        allow_none=True,
        metadata=described("It gave no answer or asked for a pause: it is not called before then"),
    )


class ExchangeSchema(Schema):
    """One exchange."""

    id = fields.String(required=True)
    name = fields.String(required=True)
    simulated = fields.Boolean(required=True)
    liquidation_rule = fields.String(required=True)
    capabilities = fields.Nested(CapabilitiesSchema, required=True)
    health = fields.Nested(HealthSchema, required=True)


class ExchangesSchema(Schema):
    """Answer of /v1/exchanges."""

    exchanges = fields.List(fields.Nested(ExchangeSchema), required=True)


def exchange_body(exchange: Exchange, health: Health) -> dict[str, Any]:
    """Return an exchange as JSON."""
    able = exchange.capabilities
    return {
        "id": exchange.id,
        "name": exchange.name,
        "simulated": exchange.simulated,
        "liquidation_rule": exchange.liquidation_rule,
        "capabilities": {
            "timeframes": able.timeframes,
            "open_interest_history": able.open_interest_history,
            "open_interest_timeframes": able.open_interest_timeframes,
            "open_interest_days": able.open_interest_days,
            "open_interest_rows": able.open_interest_rows,
            "open_interest_days_by_timeframe": {
                timeframe: able.open_interest_reach(timeframe) for timeframe in able.open_interest_timeframes
            },
            "mark_price": able.mark_price,
            "order_book_depth": able.order_book_depth,
            "inverse": able.inverse,
            "account_ratio": able.account_ratio,
            "tiers": able.tiers,
            "tiers_borrowed_of": able.tiers_borrowed_of,
            "not_served": able.not_served or None,
            "funding": able.funding,
            "liquidations": able.liquidations,
        },
        "health": {
            "state": health.state,
            "last_success": _when(health.last_success),
            "last_failure": _when(health.last_failure),
            "last_error": health.last_error,
            "resting_until": _when(health.resting_until),
        },
    }


def _when(seconds: float | None) -> str | None:
    return None if seconds is None else rfc3339(seconds * 1000)
