"""The parameters of /v1/heatmap.png and /v1/zones.png."""

import re
from typing import Any

from marshmallow import ValidationError, fields, validate

from service.analysis.results.picture import PictureRequest
from service.api.query.axis_query import covering_field
from service.api.query.parameters import MarketQuery, exchanges_field
from service.api.schemas.described import described

LEAST_SIZE, MOST_SIZE = (320, 240), (2400, 1600)
SIZES = "WIDTHxHEIGHT, {}x{} to {}x{}".format(*LEAST_SIZE, *MOST_SIZE)


class Size(fields.String):
    """A picture's size, such as 1200x675; loads as (width, height) in pixels."""

    def __init__(self, **kwargs: Any) -> None:  # noqa: ANN401 - marshmallow's
        """Allow what a picture can be drawn on."""
        super().__init__(validate=validate.Regexp("^[0-9]{3,4}x[0-9]{3,4}$", error=f"Allowed: {SIZES}."), **kwargs)

    def deserialize(self, value: Any, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401 - marshmallow's signature
        """Return the two numbers; raises ValidationError."""
        text = super().deserialize(value, *args, **kwargs)
        width, height = (int(part) for part in re.findall("[0-9]+", text))
        if not (LEAST_SIZE[0] <= width <= MOST_SIZE[0] and LEAST_SIZE[1] <= height <= MOST_SIZE[1]):
            raise ValidationError(f"Allowed: {SIZES}.")
        return width, height


class PictureQuery(MarketQuery):
    """Parameters of a picture."""

    request = PictureRequest

    exchange = exchanges_field()
    range_pct = covering_field()
    size = Size(
        load_default="1200x675",
        metadata=described(f"In pixels: {SIZES}"),
    )
    theme = fields.String(
        load_default="dark", validate=validate.OneOf(["dark", "light"]), metadata=described("Of the picture")
    )
    palette = fields.String(
        load_default="fire",
        validate=validate.OneOf(["fire", "safe"]),
        metadata=described("fire is warm where it is hot; safe can be read with any colour vision"),
    )
    layer = fields.String(
        load_default="heat",
        validate=validate.OneOf(["heat", "notional"]),
        metadata=described("heat: how full against its surroundings; notional: USD that stand there"),
    )
    zones = fields.Boolean(load_default=True, metadata=described("Draw the zones of now"))
    candles = fields.Boolean(load_default=True, metadata=described("Draw the traded bars"))
