"""A map in another form is the map alone, every cell of it."""

from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import MultiDict

from service.analysis.limits import MOST_CELLS, MOST_ROWS
from service.analysis.results.heatmap import LAYERS
from service.api.query.heatmap_format import HeatmapFormatQuery, HeatmapTableQuery


def test_it_comes_whole() -> None:
    """Both sides and heat, dense, with nothing beside them that the form has no place for."""
    schema = HeatmapFormatQuery()
    request = schema.load(MultiDictProxy(MultiDict({"exchange": "sim", "bins": "40"}), schema))
    assert (request.layers, request.encoding, request.axis.bins) == (LAYERS, "dense", 40)
    assert (request.split, request.uncertainty, request.candles) == (False, False, False)
    assert not {"layers", "encoding", "split", "candles", "uncertainty"} & set(schema.load_fields)


def test_a_table_has_no_more_usual_cells_than_rows() -> None:
    """So that its default is never refused; arrays have as many as JSON."""
    for schema, most in ((HeatmapTableQuery(), MOST_ROWS), (HeatmapFormatQuery(), MOST_CELLS)):
        assert schema.load(MultiDictProxy(MultiDict({"exchange": "sim"}), schema)).usual_cells == most
