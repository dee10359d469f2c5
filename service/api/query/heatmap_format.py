"""The parameters of the map in other forms than JSON, such as /v1/heatmap.csv."""

from typing import Any, ClassVar

from marshmallow import post_load

from service.analysis.limits import MOST_CELLS, MOST_ROWS
from service.analysis.results.heatmap import HeatmapRequest
from service.api.query.assembly import assembled
from service.api.query.axis_query import AxisQuery, bins_field, covering_field
from service.api.query.parameters import exchanges_field


class HeatmapFormatQuery(AxisQuery):
    """Which map; it comes whole, both sides and heat."""

    request = HeatmapRequest
    # How many cells the usual bins may make.
    usual_cells: ClassVar[int] = MOST_CELLS

    exchange = exchanges_field()
    range_pct = covering_field()

    @post_load
    def as_request(self, values: dict[str, Any], **_: Any) -> HeatmapRequest:  # noqa: ANN401 - marshmallow's own
        """Return the request for the map alone, every cell of it."""
        alone = {"split": False, "uncertainty": False, "candles": False, "encoding": "dense"}
        return assembled(HeatmapRequest, values | alone | {"usual_cells": self.usual_cells})


class HeatmapTableQuery(HeatmapFormatQuery):
    """Which map, of the forms that have a row for each cell."""

    usual_cells = MOST_ROWS

    bins = bins_field(f"make {MOST_ROWS} rows at most")
