"""The map as flat JSON rows, as Grafana's Infinity data source takes them."""

import orjson

from service.analysis.results.heatmap import HeatmapResult
from service.api.formats.cells import cells_of


def rows_bytes(result: HeatmapResult) -> bytes:
    """Return the table as a list of objects."""
    table = cells_of(result)
    rows = zip(*(column.tolist() for column in table.values()), strict=True)
    return orjson.dumps([dict(zip(table, row, strict=True)) for row in rows])
