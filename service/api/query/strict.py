"""What every query has in common: only lists are given several times, numbers in plain digits, none is unknown."""

import re
from collections.abc import Iterator
from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, fields, post_load, pre_load, validate

from service.api.query.assembly import assembled

# What a number in a query looks like; Python itself would also take 1_000, digits of any script and nan.
_DECIMAL = re.compile(r"[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]{1,3})?")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


class StrictQuery(Schema):
    """The parameters of a path; loads its request."""

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
        """Refuse a parameter that is given twice and is no list, or a number that is not in plain decimal digits."""
        errors = dict(self._unclear(given))
        if errors:
            raise ValidationError(errors)
        return given

    @post_load
    def as_request(self, values: dict[str, Any], **_: Any) -> Any:  # noqa: ANN401 - marshmallow's own
        """Return the request that the values make up."""
        return assembled(self.request, values)

    def _unclear(self, given: Any) -> Iterator[tuple[str, list[str]]]:  # noqa: ANN401 - webargs' multi-dict
        for name in given:
            field, values = self.load_fields.get(name), given.getlist(name)
            if field is None:
                continue
            if len(values) > 1 and not getattr(field, "is_multiple", False):
                yield name, [f"Is given {len(values)} times; at most once is allowed."]
            elif values and (told := number_trouble(field, values[0])):
                yield name, [told]


def number_trouble(field: fields.Field[Any], text: str) -> str | None:
    """Return what a number has to be, where a text given for one is not in plain decimal digits."""
    if isinstance(field, fields.Integer) and not _WHOLE.fullmatch(text):
        return f"Must be a whole number{_range_of(field)}."
    if isinstance(field, fields.Float) and not _DECIMAL.fullmatch(text):
        return f"Must be a number{_range_of(field)}."
    return None


def _range_of(field: fields.Field[Any]) -> str:
    for check in field.validators:
        if isinstance(check, validate.Range):
            return f" from {check.min:.12g} to {check.max:.12g}"
    return ""
