"""GET /v1/heatmap: standing notional by liquidation price over time."""

from functools import partial

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE

from service.analysis.results.heatmap import HeatmapRequest, prepare_heatmap
from service.analysis.services import Services
from service.api.edge.kept_answers.answers import Answers
from service.api.query.heatmap import HeatmapQuery
from service.api.schemas.heatmap import HeatmapSchema, heatmap_body


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("heatmap", __name__, description="Where positions would be liquidated, over time")

    @routes.get("/v1/heatmap")
    @routes.arguments(HeatmapQuery(), location="query", unknown=RAISE)
    @routes.response(200, HeatmapSchema)
    def get_heatmap(request: HeatmapRequest) -> Response:
        """Return the price x time grid of one market."""
        body = partial(heatmap_body, layers=request.layers, encoding=request.encoding)
        return answers.respond(request, prepare_heatmap(services, request), body)

    return routes
