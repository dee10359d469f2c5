"""The map as CSV: a header, and a row for each cell in which anything stands."""

from service.analysis.results.heatmap import HeatmapResult
from service.api.formats.cells import cells_of


def csv_bytes(result: HeatmapResult) -> bytes:
    """Return the table as CSV, with commas and points, and no byte-order mark."""
    table = cells_of(result)
    rows = zip(*(column.tolist() for column in table.values()), strict=True)
    lines = [",".join(table), *(",".join(map(str, row)) for row in rows)]
    return ("\n".join(lines) + "\n").encode()
