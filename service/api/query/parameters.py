"""Query parameters that several resources share: each parsed once, with its allowed range in its error."""

from typing import Any

from marshmallow import fields, validate

from service.api.query.leverage_mix import LeverageMix
from service.api.query.listed import joined
from service.api.query.lookback import lookback_field
from service.api.query.moment import Moment
from service.api.query.strict import StrictQuery
from service.api.schemas.described import described
from service.heatmap import Assumptions, Side, parse_mix
from service.heatmap.inventory import FITTED, PRESETS
from service.market.contract import TIMEFRAMES
from service.market.sim import SIMULATED
from service.market.venues import VENUE_IDS

CHURN = validate.Range(0.01, 10)
NAMES = validate.Length(1, 200)
UNCERTAINTY = "Include q10, q50 and q90 of each bin over an ensemble of assumptions, and how far its members agree"


class SideName(fields.String):
    """`long` or `short`; loads as a Side."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - marshmallow's
        """Allow these two."""
        super().__init__(validate=validate.OneOf([side.value for side in Side]), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        text = super()._deserialize(value, attr, data, **kwargs)
        # What is neither is left to the validator, which says what is allowed.
        return Side(text) if text in list(Side) else text


class AssumptionsQuery(StrictQuery):
    """What the caller may assume about traders."""

    mix = LeverageMix(
        load_default=lambda: parse_mix("default"),
        metadata={
            "description": f"Leverage of new positions: {', '.join(PRESETS)}, "
            "or leverage:weight,... such as 5:0.3,10:0.7, where 1 is unlevered. "
            f"{FITTED}: re-fitted to realised liquidations, where the exchange publishes them; "
            "of several exchanges the others keep the default",
            "default": "default",
        },
    )
    churn = fields.Float(
        load_default=None,
        validate=CHURN,
        metadata=described("Volume that renews leveraged positions / volume traded; our default if left out"),
    )
    position_notional = fields.Float(
        load_default=Assumptions().position_notional,
        validate=validate.Range(1, 1e9),
        metadata=described("Typical position in quote currency, which decides its risk tier"),
    )


class ExchangeName(fields.String):
    """An exchange id in any case, several with commas, or `all`; loads in lower case.

    There is no default: whoever forgets it must not trade on simulated prices, or on those of another exchange.
    """

    default_error_messages = {  # noqa: RUF012 - marshmallow's way of declaring messages
        "required": f"Is needed: {', '.join(VENUE_IDS)} or all, as far as they are served, "
        f"or simulated prices: {', '.join(SIMULATED)}."
    }

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        text: str = super()._deserialize(value, attr, data, **kwargs)
        return text.strip().lower()


class ExchangeNames(ExchangeName):
    """The same where several may be given: with commas, repeated, or both."""

    is_multiple = True

    def _deserialize(self, value: list[str], attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        return super()._deserialize(joined(value), attr, data, **kwargs)


def exchange_field(description: str = "An id of /v1/exchanges") -> ExchangeName:
    """Return the exchange parameter, which must be given; the description says what it may be."""
    return ExchangeName(required=True, validate=NAMES, metadata={"description": description, "example": "sim"})


def optional_exchange_field(description: str) -> ExchangeName:
    """Return a parameter for an exchange that may be left out; loads as None then."""
    return ExchangeName(load_default=None, validate=NAMES, metadata={"description": description, "example": "sim"})


def exchanges_field(several: str = "their maps are added up") -> ExchangeNames:
    """Return the exchange parameter of what adds exchanges up; `several` says what becomes of many."""
    text = f"An id of /v1/exchanges, several such as binance,bybit,okx, or all; {several}"
    return ExchangeNames(required=True, validate=NAMES, metadata={"description": text, "example": "sim"})


def optional_exchanges_field(description: str) -> ExchangeNames:
    """Return a parameter for one exchange or several that may be left out; loads as None then."""
    return ExchangeNames(load_default=None, validate=NAMES, metadata={"description": description, "example": "sim"})


class MarketQuery(AssumptionsQuery):
    """Which market, on which bars, as of when."""

    exchange = exchange_field()
    symbol = fields.String(
        load_default="BTC",
        validate=validate.Length(1, 40),
        metadata={"description": "BTC/USDT:USDT, BTCUSDT or BTC", "example": "BTC"},
    )
    timeframe = fields.String(
        load_default="1h", validate=validate.OneOf(list(TIMEFRAMES)), metadata=described("Length of a bar")
    )
    lookback = lookback_field("7d")
    as_of = Moment(
        load_default=None,
        metadata=described(
            "Rebuild the map as it stood at this moment, from what was public then; now if left out. "
            "RFC 3339 with an offset, such as 2026-01-31T12:00:00Z, or epoch ms"
        ),
    )


def uncertainty_field() -> fields.Boolean:
    """Return the parameter that asks for the ensemble."""
    return fields.Boolean(load_default=False, metadata=described(UNCERTAINTY))
