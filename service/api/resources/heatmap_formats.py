"""The map in other forms than JSON: /v1/heatmap.csv, .rows, .lwc, .npz and .arrow, each with one content type."""

from collections.abc import Callable

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE

from service.analysis.results.heatmap import HeatmapRequest, HeatmapResult, prepare_heatmap
from service.analysis.services import Services
from service.api.edge.kept_answers.answers import Answers
from service.api.formats.arrow_stream import arrow_bytes, arrow_library
from service.api.formats.csv_text import csv_bytes
from service.api.formats.lwc_series import lwc_bytes
from service.api.formats.npz_arrays import npz_bytes
from service.api.formats.rows_list import rows_bytes
from service.api.query.heatmap_format import HeatmapFormatQuery, HeatmapTableQuery
from service.api.schemas.heatmap_format import CellRowSchema, ChartColumnSchema

TEXT, BYTES = {"type": "string"}, {"type": "string", "format": "binary"}
CSV, JSON, NPZ, ARROW = "text/csv", "application/json", "application/x-npz", "application/vnd.apache.arrow.stream"


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resources."""
    routes = Blueprint("heatmap_formats", __name__, description="The map as other programs read it")

    def respond(request: HeatmapRequest, write: Callable[[HeatmapResult], bytes], content_type: str) -> Response:
        return answers.send_drawn((write.__name__, request), prepare_heatmap(services, request), write, content_type)

    @routes.get("/v1/heatmap.csv")
    @routes.arguments(HeatmapTableQuery(), location="query", unknown=RAISE)
    @routes.response(200, TEXT, content_type=CSV)
    def get_heatmap_csv(request: HeatmapRequest) -> Response:
        """Return the map as CSV, a row for each cell in which anything stands."""
        return respond(request, csv_bytes, CSV)

    @routes.get("/v1/heatmap.rows")
    @routes.arguments(HeatmapTableQuery(), location="query", unknown=RAISE)
    @routes.response(200, CellRowSchema(many=True))
    def get_heatmap_rows(request: HeatmapRequest) -> Response:
        """Return the same rows as a flat JSON list, as Grafana's Infinity data source takes them."""
        return respond(request, rows_bytes, JSON)

    @routes.get("/v1/heatmap.lwc")
    @routes.arguments(HeatmapTableQuery(), location="query", unknown=RAISE)
    @routes.response(200, ChartColumnSchema(many=True))
    def get_heatmap_lwc(request: HeatmapRequest) -> Response:
        """Return the map as the heatmap series of TradingView's Lightweight Charts takes it."""
        return respond(request, lwc_bytes, JSON)

    @routes.get("/v1/heatmap.npz")
    @routes.arguments(HeatmapFormatQuery(), location="query", unknown=RAISE)
    @routes.response(200, BYTES, content_type=NPZ)
    def get_heatmap_npz(request: HeatmapRequest) -> Response:
        """Return the map as numpy arrays, with its envelope as JSON beside them."""
        return respond(request, npz_bytes, NPZ)

    @routes.get("/v1/heatmap.arrow")
    @routes.arguments(HeatmapTableQuery(), location="query", unknown=RAISE)
    @routes.response(200, BYTES, content_type=ARROW)
    def get_heatmap_arrow(request: HeatmapRequest) -> Response:
        """Return the rows as an Arrow stream; 406 where the deployment has no pyarrow."""
        arrow_library()
        return respond(request, arrow_bytes, ARROW)

    return routes
