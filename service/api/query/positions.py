"""The body of POST /v1/liquidation-price."""

from dataclasses import dataclass
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, pre_load, validate

from service.analysis.position.request import LiquidationPriceRequest
from service.api.query.assembly import assembled
from service.api.query.liquidation_price import PositionFields
from service.api.query.strict import StrictQuery, number_trouble
from service.api.schemas.described import described

MOST_POSITIONS = 1000


class PositionSchema(PositionFields):
    """One position of several."""

    class Meta:
        """A field that is misspelt would be one that is ignored."""

        unknown = RAISE

    @pre_load
    def refuse_unclear(self, given: Any, **_: Any) -> Any:  # noqa: ANN401 - JSON
        """Refuse true and false, which Python counts as 1 and 0, and a number in a text that GET would not read."""
        errors = {name: [told] for name, value in given.items() if (told := self._trouble(name, value))}
        if errors:
            raise ValidationError(errors)
        return given

    def _trouble(self, name: str, value: Any) -> str | None:  # noqa: ANN401 - JSON
        if isinstance(value, bool):
            return "Must be a number or text, not true or false."
        field = self.load_fields.get(name)
        return number_trouble(field, value) if field and isinstance(value, str) else None

    @post_load
    def as_request(self, values: dict[str, Any], **_: Any) -> LiquidationPriceRequest:  # noqa: ANN401 - marshmallow's own
        """Return the request that the fields make up."""
        return assembled(LiquidationPriceRequest, values)


@dataclass(frozen=True)
class NothingAsked:
    """What a query without parameters asks for."""


class PositionsQuery(StrictQuery):
    """No parameters: all that is asked stands in the body."""

    request = NothingAsked


class PositionsSchema(Schema):
    """Body of POST /v1/liquidation-price."""

    class Meta:
        """Nothing but the list."""

        unknown = RAISE

    positions = fields.List(
        fields.Dict(metadata=described("As the parameters of GET /v1/liquidation-price")),
        required=True,
        validate=validate.Length(1, MOST_POSITIONS),
        metadata={"example": [{"exchange": "sim", "side": "long", "entry": 60000, "leverage": 10}]},
    )
