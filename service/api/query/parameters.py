"""Query parameters that several resources share: each parsed once, with its allowed range in its error."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validate

from service.analysis.limits import LEAST_LOOKBACK, MOST_COLUMNS, MOST_LOOKBACK
from service.api.query.assembly import assembled
from service.heatmap import BadInput, Side, parse_mix
from service.heatmap.inventory import FITTED, HIGHEST, LOWEST, PRESETS
from service.market.contract import TIMEFRAMES
from service.times import DAY_MS, HOUR_MS, WEEK_MS, parse_iso

UNITS = {"h": HOUR_MS, "d": DAY_MS, "w": WEEK_MS, "M": 30 * DAY_MS, "y": 365 * DAY_MS}
_LOOKBACK = re.compile(r"([1-9][0-9]{0,3})([hdwMy])")
# The same for the contract, where a pattern has to say the range as well: 12h-8760h, 1d-365d, 1w-52w, 1M-12M, 1y.
LOOKBACK_PATTERN = (
    "^((1[2-9]|[2-9][0-9]|[1-9][0-9]{2}|[1-7][0-9]{3}|8[0-6][0-9]{2}|87[0-5][0-9]|8760)h"
    "|([1-9][0-9]?|[12][0-9]{2}|3[0-5][0-9]|36[0-5])d|([1-9]|[1-4][0-9]|5[0-2])w|([1-9]|1[0-2])M|1y)$"
)
# Full seconds and offset may not be left out; an unescaped + arrives as a space.
MOMENT_PATTERN = (
    "^([0-9]{12,14}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?(Z|[ +-][0-9]{2}:[0-9]{2}))$"
)
_MOMENT = re.compile(MOMENT_PATTERN)
# What a number in a query looks like; Python itself would also take 1_000, digits of any script and nan.
_DECIMAL = re.compile(r"[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,3})?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")
_MIX_LENGTH = 400
_PAIR = "[0-9]+([.][0-9]*)?:[0-9]+([.][0-9]*)?([eE]-?[0-9]{1,2})?"
MIX_PATTERN = f"^({'|'.join((*PRESETS, FITTED))}|{_PAIR}(,{_PAIR})*)$"


class ParametersSchema(Schema):
    """What the parameters of every path have in common: each at most once, and no others. Loads a request."""

    request: ClassVar[type]

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - marshmallow's own
        """Know the parameters by name, for the error about one that is not among them."""
        super().__init__(**kwargs)
        names = ", ".join(sorted(field.data_key or name for name, field in self.load_fields.items()))
        self.error_messages["unknown"] = f"Unknown parameter; allowed: {names or 'none'}."

    def on_bind_field(self, field_name: str, field_obj: fields.Field[Any]) -> None:  # noqa: ARG002 - marshmallow's own
        """Say what a flag may be in the error about one that is neither."""
        if isinstance(field_obj, fields.Boolean):
            field_obj.error_messages["invalid"] = "Must be true or false."

    @pre_load
    def refuse_unclear(self, given: Any, **_: Any) -> Any:  # noqa: ANN401 - webargs' multi-dict
        """Refuse a parameter that is given twice, or a number that is not in plain decimal digits."""
        errors = dict(self._unclear(given))
        if errors:
            raise ValidationError(errors)
        return given

    @post_load
    def as_request(self, values: dict[str, Any], **_: Any) -> Any:  # noqa: ANN401 - marshmallow's own
        """Return the request that the values make up."""
        return assembled(self.request, values)

    def _unclear(self, given: Any) -> Iterator[tuple[str, list[str]]]:  # noqa: ANN401 - webargs' multi-dict
        for name, field in self.load_fields.items():
            values = given.getlist(name)
            if len(values) > 1:
                yield name, [f"Is given {len(values)} times; at most once is allowed."]
            elif values and isinstance(field, fields.Integer) and not _WHOLE.fullmatch(values[0]):
                yield name, [f"Must be a whole number{_range_of(field)}."]
            elif values and isinstance(field, fields.Float) and not _DECIMAL.fullmatch(values[0]):
                yield name, [f"Must be a number{_range_of(field)}."]


def _range_of(field: fields.Field[Any]) -> str:
    for check in field.validators:
        if isinstance(check, validate.Range):
            return f" from {check.min:.12g} to {check.max:.12g}"
    return ""


class Lookback(fields.String):
    """A span such as 12h, 7d, 4w, 3M or 1y; loads as ms."""

    default_error_messages = {"lookback": "Must be a span from 12h to 1y, such as 12h, 7d, 4w, 3M or 1y."}  # noqa: RUF012 - marshmallow's way of declaring messages

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        match = _LOOKBACK.fullmatch(super()._deserialize(value, attr, data, **kwargs))
        span = int(match[1]) * UNITS[match[2]] if match else 0
        if not LEAST_LOOKBACK <= span <= MOST_LOOKBACK:
            raise self.make_error("lookback")
        return span


class Moment(fields.String):
    """A moment as RFC 3339 (with its offset) or epoch milliseconds; loads as epoch ms."""

    def __init__(self, *, metadata: Mapping[str, Any] | None = None, **kwargs: Any) -> None:  # noqa: ANN401 - marshmallow's
        """Say in the contract what a moment looks like."""
        super().__init__(metadata={"pattern": MOMENT_PATTERN} | dict(metadata or {}), **kwargs)

    default_error_messages = {"moment": "Must be RFC 3339 with an offset, such as 2026-01-31T12:00:00Z, or epoch ms."}  # noqa: RUF012 - marshmallow's way of declaring messages

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        text = super()._deserialize(value, attr, data, **kwargs)
        if not _MOMENT.fullmatch(text):
            raise self.make_error("moment")
        if text.isdigit():
            return int(text)
        try:
            return parse_iso(text.replace(" ", "+"))
        except ValueError:
            raise self.make_error("moment") from None


class LeverageMix(fields.String):
    """A preset's name or leverage:weight,...; loads as a Mix."""

    def __init__(self, *, metadata: Mapping[str, Any] | None = None, **kwargs: Any) -> None:  # noqa: ANN401 - marshmallow's
        """Say in the contract what a mix looks like."""
        shape = {"pattern": MIX_PATTERN, "maxLength": _MIX_LENGTH}
        super().__init__(metadata=shape | dict(metadata or {}), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        text = super()._deserialize(value, attr, data, **kwargs)
        if text == FITTED:
            return replace(parse_mix("default"), name=FITTED)
        if len(text) > _MIX_LENGTH:
            raise ValidationError(f"Must be at most {_MIX_LENGTH} characters.")
        try:
            with np.errstate(over="ignore"):
                mix = parse_mix(text)
        except BadInput as error:
            raise ValidationError(f"{error.message[:1].upper()}{error.message[1:]}.") from None
        if not re.fullmatch(MIX_PATTERN, text):
            raise ValidationError("Must be a preset or plain leverage:weight,..., such as 5:0.3,10:0.7.")
        if not mix.weights.sum() > 0.0:
            raise ValidationError(f"Must hold leverage above 1: any of {LOWEST:g} to {HIGHEST:g}. 1 is unlevered.")
        return mix


class SideName(fields.String):
    """`long` or `short`; loads as a Side."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - marshmallow's
        """Allow these two."""
        super().__init__(validate=validate.OneOf([side.value for side in Side]), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        text = super()._deserialize(value, attr, data, **kwargs)
        # What is neither is left to the validator, which says what is allowed.
        return Side(text) if text in list(Side) else text


CHURN = validate.Range(0.01, 10)
UNCERTAINTY = "Include q10, q50 and q90 of each bin over an ensemble of assumptions, and how far its members agree"


class AssumptionsQuery(ParametersSchema):
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
        metadata={"description": "Volume that renews leveraged positions / volume traded; our default if left out"},
    )
    position_notional = fields.Float(
        load_default=10_000.0,
        validate=validate.Range(1, 1e9),
        metadata={"description": "Typical position in quote currency, which decides its risk tier"},
    )


def lookback_field(usual: str) -> Lookback:
    """Return the lookback parameter with a default of its own."""
    return Lookback(
        load_default=lambda: Lookback().deserialize(usual),
        metadata={
            "description": f"How far the columns go back: 12h to 1y, and at most {MOST_COLUMNS} bars",
            "pattern": LOOKBACK_PATTERN,
            "default": usual,
            "example": usual,
        },
    )


def exchange_field(description: str) -> fields.String:
    """Return the exchange parameter; the description says what it may be."""
    return fields.String(
        load_default="sim", validate=validate.Length(1, 200), metadata={"description": description, "example": "sim"}
    )


def exchanges_field() -> fields.String:
    """Return the exchange parameter of what adds exchanges up."""
    return exchange_field("An id of /v1/exchanges, several such as binance,bybit,okx, or all; their maps are added up")


class MarketQuery(AssumptionsQuery):
    """Which market, on which bars, as of when."""

    exchange = exchange_field("An id of /v1/exchanges")
    symbol = fields.String(
        load_default="BTC",
        validate=validate.Length(1, 40),
        metadata={"description": "BTC/USDT:USDT, BTCUSDT or BTC", "example": "BTC"},
    )
    timeframe = fields.String(
        load_default="1h", validate=validate.OneOf(list(TIMEFRAMES)), metadata={"description": "Length of a bar"}
    )
    lookback = lookback_field("7d")
    as_of = Moment(
        load_default=None,
        metadata={
            "description": "Rebuild the map as it stood at this moment, from what was public then; now if left out. "
            "RFC 3339 with an offset, such as 2026-01-31T12:00:00Z, or epoch ms",
        },
    )


def uncertainty_field() -> fields.Boolean:
    """Return the parameter that asks for the ensemble."""
    return fields.Boolean(load_default=False, metadata={"description": UNCERTAINTY})
