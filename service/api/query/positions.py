"""The body of POST /v1/liquidation-price."""

from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, pre_load, validate

from service.analysis.position.request import LiquidationPriceRequest
from service.api.query.assembly import assembled
from service.api.query.liquidation_price import PositionFields

MOST_POSITIONS = 1000


class PositionSchema(PositionFields):
    """One position of several."""

    class Meta:
        """A field that is misspelt would be one that is ignored."""

        unknown = RAISE

    @pre_load
    def refuse_flags(self, given: Any, **_: Any) -> Any:  # noqa: ANN401 - JSON
        """Refuse true and false where a number belongs: Python would count them as 1 and 0."""
        flags = [name for name, value in given.items() if isinstance(value, bool)] if isinstance(given, dict) else []
        if flags:
            raise ValidationError({name: ["Must be a number or text, not true or false."] for name in flags})
        return given

    @post_load
    def as_request(self, values: dict[str, Any], **_: Any) -> LiquidationPriceRequest:  # noqa: ANN401 - marshmallow's own
        """Return the request that the fields make up."""
        return assembled(LiquidationPriceRequest, values)


class PositionsSchema(Schema):
    """Body of POST /v1/liquidation-price."""

    class Meta:
        """Nothing but the list."""

        unknown = RAISE

    positions = fields.List(
        fields.Dict(metadata={"description": "As the parameters of GET /v1/liquidation-price"}),
        required=True,
        validate=validate.Length(1, MOST_POSITIONS),
        metadata={"example": [{"exchange": "sim", "side": "long", "entry": 60000, "leverage": 10}]},
    )
