"""The look-back: how far back a map goes, as 12h, 7d, 4w, 3M or 1y."""

import re
from typing import Any

from marshmallow import fields

from service.analysis.limits import LEAST_LOOKBACK, MOST_COLUMNS, MOST_LOOKBACK
from service.times import DAY_MS, HOUR_MS, WEEK_MS

UNITS = {"h": HOUR_MS, "d": DAY_MS, "w": WEEK_MS, "M": 30 * DAY_MS, "y": 365 * DAY_MS}
_LOOKBACK = re.compile(r"([1-9][0-9]{0,3})([hdwMy])")
# The same for the contract, where a pattern has to say the range as well: 12h-8760h, 1d-365d, 1w-52w, 1M-12M, 1y.
LOOKBACK_PATTERN = (
    "^((1[2-9]|[2-9][0-9]|[1-9][0-9]{2}|[1-7][0-9]{3}|8[0-6][0-9]{2}|87[0-5][0-9]|8760)h"
    "|([1-9][0-9]?|[12][0-9]{2}|3[0-5][0-9]|36[0-5])d|([1-9]|[1-4][0-9]|5[0-2])w|([1-9]|1[0-2])M|1y)$"
)


class Lookback(fields.String):
    """A span such as 12h, 7d, 4w, 3M or 1y; loads as ms."""

    default_error_messages = {"lookback": "Must be a span from 12h to 1y, such as 12h, 7d, 4w, 3M or 1y."}  # noqa: RUF012 - marshmallow's way of declaring messages

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        match = _LOOKBACK.fullmatch(super()._deserialize(value, attr, data, **kwargs))
        span = int(match[1]) * UNITS[match[2]] if match else 0
        if not LEAST_LOOKBACK <= span <= MOST_LOOKBACK:
            raise self.make_error("lookback")
        return span


def lookback_field(usual: str) -> Lookback:
    """Return the lookback parameter with a default of its own."""
    default = Lookback().deserialize(usual)
    return Lookback(
        load_default=lambda: default,
        metadata={
            "description": f"How far the columns go back: 12h to 1y, and at most {MOST_COLUMNS} bars",
            "pattern": LOOKBACK_PATTERN,
            "default": usual,
            "example": usual,
        },
    )
