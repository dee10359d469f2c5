"""A moment in a query, as RFC 3339 or epoch milliseconds."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import fields

from service.times import parse_iso

# Full seconds and offset may not be left out; an unescaped + arrives as a space.
MOMENT_PATTERN = (
    "^([0-9]{12,14}|[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,9})?(Z|[ +-][0-9]{2}:[0-9]{2}))$"
)
_MOMENT = re.compile(MOMENT_PATTERN)


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
