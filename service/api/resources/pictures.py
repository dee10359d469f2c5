"""GET /v1/heatmap.png and /v1/zones.png: the map, and the zones of now, as pictures."""

from collections.abc import Callable

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE

from service.analysis.results.picture import PictureRequest, PictureResult, PictureStyle, prepare_picture
from service.analysis.services import Services
from service.api.edge.kept_answers.answers import Answers
from service.api.pictures.heatmap_png import heatmap_png
from service.api.pictures.zones_png import zones_png
from service.api.query.picture import PictureQuery

PNG = "image/png"
BYTES = {"type": "string", "format": "binary"}


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return both resources."""
    routes = Blueprint("pictures", __name__, description="The map and its zones as pictures")

    def respond(request: PictureRequest, draw: Callable[[PictureResult, PictureStyle], bytes]) -> Response:
        prepared = prepare_picture(services, request)
        return answers.send_drawn((draw.__name__, request), prepared, lambda result: draw(result, request.style), PNG)

    @routes.get("/v1/heatmap.png")
    @routes.arguments(PictureQuery(), location="query", unknown=RAISE)
    @routes.response(200, BYTES, content_type=PNG)
    def get_heatmap_png(request: PictureRequest) -> Response:
        """Draw the map of one market over time, with candles and zones, as PNG."""
        return respond(request, heatmap_png)

    @routes.get("/v1/zones.png")
    @routes.arguments(PictureQuery(), location="query", unknown=RAISE)
    @routes.response(200, BYTES, content_type=PNG)
    def get_zones_png(request: PictureRequest) -> Response:
        """Draw what stands now by price, with the zones and their figures, as PNG."""
        return respond(request, zones_png)

    return routes
