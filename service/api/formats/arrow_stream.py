"""The map as an Arrow stream, where pyarrow is installed."""

import importlib
from types import ModuleType

from werkzeug.exceptions import NotAcceptable

from service.analysis.results.heatmap import HeatmapResult
from service.api.formats.cells import cells_of, envelope_text


def arrow_library() -> ModuleType:
    """Return pyarrow; raises NotAcceptable, saying how to have it, where it is not installed."""
    try:
        return importlib.import_module("pyarrow")
    except ModuleNotFoundError:
        text = "Arrow needs pyarrow, which is not installed here: pip install 'liquidation-heatmap[arrow]'."
        raise NotAcceptable(text) from None


def arrow_bytes(result: HeatmapResult) -> bytes:
    """Return the table as one record batch; the schema's metadata holds the envelope as JSON."""
    arrow = arrow_library()
    table = arrow.table(dict(cells_of(result))).replace_schema_metadata({b"envelope": envelope_text(result)})
    sink = arrow.BufferOutputStream()
    with arrow.ipc.new_stream(sink, table.schema) as stream:
        stream.write_table(table)
    body: bytes = sink.getvalue().to_pybytes()
    return body
