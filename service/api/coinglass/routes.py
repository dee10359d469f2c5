"""GET /coinglass/api/futures/liquidation/...: our maps in the shapes of CoinGlass API v4."""

from functools import partial

from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE

from service.analysis.results.heatmap import HeatmapRequest, prepare_heatmap
from service.analysis.results.max_pain import MaxPainRequest, prepare_max_pain
from service.analysis.results.profile import ProfileRequest, prepare_profile
from service.analysis.services import Services
from service.api.coinglass.query import (
    MODELS,
    CoinHeatmapQuery,
    CoinMapQuery,
    MaxPainQuery,
    PairHeatmapQuery,
    PairMapQuery,
    of_model,
)
from service.api.coinglass.shapes import (
    CoinglassErrorSchema,
    CoinglassHeatmapSchema,
    CoinglassMapSchema,
    CoinglassMaxPainSchema,
    coin_map_shape,
    heatmap_shape,
    max_pain_shape,
    pair_map_shape,
)
from service.api.edge.kept_answers.answers import Answers

UNDER = "/coinglass/api/futures/liquidation"
ERROR = "An error, in the envelope of CoinGlass"


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resources."""
    routes = Blueprint("coinglass", __name__, description="In the shapes of CoinGlass API v4")
    for model, mix in MODELS.items():
        add = partial(_add_heatmap, routes, services, answers, model)
        add("heatmap", PairHeatmapQuery, f"Return the map of a pair over time, under the mix `{mix}`.")
        add(
            "aggregated-heatmap", CoinHeatmapQuery, f"Return the map of a coin on all exchanges, under the mix `{mix}`."
        )

    @routes.get(f"{UNDER}/map")
    @routes.arguments(PairMapQuery(), location="query", unknown=RAISE)
    @routes.alt_response(400, schema=CoinglassErrorSchema, description=ERROR)
    @routes.response(200, CoinglassMapSchema)
    def get_map(request: ProfileRequest) -> Response:
        """Return what stands now of a pair, by price and leverage."""
        return answers.respond((pair_map_shape.__name__, request), prepare_profile(services, request), pair_map_shape)

    @routes.get(f"{UNDER}/aggregated-map")
    @routes.arguments(CoinMapQuery(), location="query", unknown=RAISE)
    @routes.alt_response(400, schema=CoinglassErrorSchema, description=ERROR)
    @routes.response(200, CoinglassMapSchema)
    def get_aggregated_map(request: ProfileRequest) -> Response:
        """Return what stands now of a coin on all exchanges, by price."""
        return answers.respond((coin_map_shape.__name__, request), prepare_profile(services, request), coin_map_shape)

    @routes.get(f"{UNDER}/max-pain")
    @routes.arguments(MaxPainQuery(), location="query", unknown=RAISE)
    @routes.alt_response(400, schema=CoinglassErrorSchema, description=ERROR)
    @routes.response(200, CoinglassMaxPainSchema)
    def get_max_pain(request: MaxPainRequest) -> Response:
        """Return where each side of many coins hurts most."""
        return answers.respond(request, prepare_max_pain(services, request), max_pain_shape)

    return routes


def _add_heatmap(
    routes: Blueprint,
    services: Services,
    answers: Answers,
    model: str,
    name: str,
    query: type[CoinHeatmapQuery],
    summary: str,
) -> None:
    """Add the heatmap of one model."""

    def get_heatmap(request: HeatmapRequest) -> Response:
        return answers.respond((heatmap_shape.__name__, request), prepare_heatmap(services, request), heatmap_shape)

    get_heatmap.__doc__ = summary
    served = routes.response(200, CoinglassHeatmapSchema)(get_heatmap)
    served = routes.alt_response(400, schema=CoinglassErrorSchema, description=ERROR)(served)
    served = routes.arguments(of_model(query, model), location="query", unknown=RAISE)(served)
    routes.get(f"{UNDER}/{name}/{model}", endpoint=f"{name}-{model}")(served)
