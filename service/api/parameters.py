"""Query parameters that several resources share: each parsed once, with its allowed range in its error."""

import re
from datetime import UTC, datetime
from typing import Any

from marshmallow import Schema, ValidationError, fields, validate

from service.heatmap.leverage import PRESETS, parse_mix
from service.market.exchange import TIMEFRAMES

HOUR, DAY = 3_600_000, 86_400_000
UNITS = {"h": HOUR, "d": DAY, "w": 7 * DAY, "M": 30 * DAY, "y": 365 * DAY}
LEAST_LOOKBACK, MOST_LOOKBACK = 12 * HOUR, 365 * DAY
MOST_COLUMNS = 9000
MOST_CELLS = 2_000_000
_LOOKBACK = re.compile(r"([1-9][0-9]{0,3})([hdwMy])")
_MIX_LENGTH = 400


class Lookback(fields.String):
    """A span such as 12h, 7d, 4w, 3M or 1y; loads as ms."""

    default_error_messages = {"lookback": "Must be a span from 12h to 1y, such as 12h, 7d, 4w, 3M or 1y."}  # noqa: RUF012 - marshmallow's way of declaring messages

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        found = _LOOKBACK.fullmatch(super()._deserialize(value, attr, data, **kwargs))
        span = int(found[1]) * UNITS[found[2]] if found else 0
        if not LEAST_LOOKBACK <= span <= MOST_LOOKBACK:
            raise self.make_error("lookback")
        return span


class Moment(fields.String):
    """A moment as RFC 3339 (with its offset) or epoch milliseconds; loads as epoch ms."""

    default_error_messages = {"moment": "Must be RFC 3339 with an offset, such as 2026-01-31T12:00:00Z, or epoch ms."}  # noqa: RUF012 - marshmallow's way of declaring messages

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        text = super()._deserialize(value, attr, data, **kwargs)
        if re.fullmatch(r"[0-9]{12,14}", text, re.ASCII):
            return int(text)
        try:
            # In a query an unescaped + arrives as a space.
            moment = datetime.fromisoformat(text.replace(" ", "+") if "T" in text else text)
        except ValueError:
            raise self.make_error("moment") from None
        if moment.tzinfo is None:
            raise self.make_error("moment")
        return int(moment.timestamp() * 1000)


class LeverageMix(fields.String):
    """A preset's name or leverage:weight,...; loads as a Mix."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        text = super()._deserialize(value, attr, data, **kwargs)
        if len(text) > _MIX_LENGTH:
            raise ValidationError(f"Must be at most {_MIX_LENGTH} characters.")
        try:
            return parse_mix(text)
        except ValueError as error:
            raise ValidationError(f"{str(error).removeprefix('mix: ')}.") from None


class AssumptionsQuery(Schema):
    """What the caller may assume about traders."""

    mix = LeverageMix(
        load_default=lambda: parse_mix("default"),
        metadata={
            "description": f"Leverage of new positions: {', '.join(PRESETS)}, or leverage:weight,...; 1 is unlevered",
            "example": "5:0.3,10:0.7",
            "default": "default",
        },
    )
    churn = fields.Float(
        load_default=None,
        validate=validate.Range(0.01, 10),
        metadata={"description": "Share of volume that opens or closes leveraged positions; our default if left out"},
    )
    position_notional = fields.Float(
        load_default=10_000.0,
        validate=validate.Range(1, 1e9),
        metadata={"description": "Typical position in quote currency, which decides its risk tier"},
    )


class MarketQuery(AssumptionsQuery):
    """Which market, on which bars, as of when."""

    exchange = fields.String(
        load_default="sim",
        validate=validate.Length(1, 40),
        metadata={"description": "An id of /v1/exchanges", "example": "sim"},
    )
    symbol = fields.String(
        load_default="BTC",
        validate=validate.Length(1, 40),
        metadata={"description": "BTC/USDT:USDT, BTCUSDT or BTC", "example": "BTC"},
    )
    timeframe = fields.String(
        load_default="1h", validate=validate.OneOf(list(TIMEFRAMES)), metadata={"description": "Length of a bar"}
    )
    lookback = Lookback(
        load_default=7 * DAY,
        metadata={
            "description": f"How far the columns go back: 12h to 1y, and at most {MOST_COLUMNS} bars",
            "pattern": f"^{_LOOKBACK.pattern}$",
            "default": "7d",
            "example": "7d",
        },
    )
    as_of = Moment(
        load_default=None,
        metadata={
            "description": "Rebuild the map as it stood at this moment, from what was public then; now if left out",
            "example": "2026-01-31T12:00:00Z",
        },
    )


def rfc3339(moment: float) -> str:
    """Return epoch ms as RFC 3339 in UTC, with milliseconds only where there are any."""
    text = datetime.fromtimestamp(moment / 1000, UTC).isoformat(timespec="milliseconds")
    return text.replace("+00:00", "Z").replace(".000Z", "Z")
