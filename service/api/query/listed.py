"""Lists in a query: joined with commas, repeated, or both, as clients write them."""

from typing import Any

from webargs.fields import DelimitedList


class Listed(DelimitedList):
    """A list as `a,b`, as `name=a&name=b`, or as both together."""

    is_multiple = True

    def _deserialize(self, value: list[str], attr: str | None, data: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        return super()._deserialize(joined(value), attr, data, **kwargs)  # type: ignore[no-untyped-call]  # webargs' own


def joined(values: list[str]) -> str:
    """Return what was given once or several times as one text with commas."""
    return DelimitedList.delimiter.join(values)
