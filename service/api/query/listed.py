"""Lists in a query: joined with commas, repeated, or both, as clients write them; nothing in one is named twice."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError
from webargs.fields import DelimitedList


class Listed(DelimitedList):
    """A list as `a,b`, as `name=a&name=b`, or as both together, with each of its items once."""

    is_multiple = True

    def __init__(self, *args: Any, metadata: Mapping[str, Any], **kwargs: Any) -> None:  # noqa: ANN401 - marshmallow's
        """Say in the contract that nothing may be named twice."""
        super().__init__(*args, metadata={"uniqueItems": True, **metadata}, **kwargs)

    def _deserialize(self, value: list[str], attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        items = super()._deserialize(joined(value), attr, data, **kwargs)  # type: ignore[no-untyped-call]  # webargs' own
        if len(set(items)) < len(items):
            raise ValidationError("One is named twice. Allowed: each at most once.")
        return items


def joined(values: list[str]) -> str:
    """Return what was given once or several times as one text with commas."""
    return DelimitedList.delimiter.join(values)
