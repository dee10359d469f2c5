"""GET /v1/skill: how well a market's map has foretold realised liquidations."""

from typing import Any

import numpy as np
from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, Schema, fields, validate

from service.api.answers import etag_of
from service.api.axis_query import args_key
from service.api.envelope import EnvelopeSchema
from service.api.estimate import Estimate, columns_of
from service.api.figures import FigureSchema, FitSchema, figure_body, fit_body
from service.api.group import one_exchange
from service.api.parameters import MarketQuery, lookback_field
from service.api.realised import by_bar
from service.api.services import Services
from service.heatmap.bad_input import BadInput
from service.heatmap.bars import Floats
from service.heatmap.fitting import fit_mix
from service.heatmap.leverage import FITTED
from service.heatmap.predict import swept
from service.heatmap.skill import score, verdict
from service.heatmap.skill_score import PredictorScore, Score
from service.market.feed import Query
from service.market.history import Rows

# Nothing scored changes before the next bar closes.
FRESH_SECONDS = 300.0
# Hours x draws: what is worked out in a few seconds.
MOST_DRAWN = 1_800_000


class SkillQuery(MarketQuery):
    """Parameters of /v1/skill."""

    class Meta:
        """The windows of the path baselines are counted in hours, so bars are."""

        exclude = ("timeframe",)

    lookback = lookback_field("60d")
    draws = fields.Integer(
        load_default=200, validate=validate.Range(50, 1000), metadata={"description": "Resamplings of days"}
    )
    seed = fields.Integer(load_default=0, validate=validate.Range(0, 2**31 - 1))


class ExtremesSchema(Schema):
    """EXT: only bars that set a new 24 h extreme; how far the map's Spearman leads each path measure's."""

    bars = fields.Integer(required=True)
    lead_wick = fields.Nested(FigureSchema, required=True)
    lead_wick_excursion = fields.Nested(FigureSchema, required=True)
    lead_new_extreme = fields.Nested(FigureSchema, required=True)


class PredictorSchema(Schema):
    """The map or a path baseline: rank correlation with liquidations, and share of them in its top tenth of hours."""

    name = fields.String(required=True)
    spearman = fields.Nested(FigureSchema, required=True)
    capture = fields.Nested(FigureSchema, required=True)


class SkillSchema(EnvelopeSchema):
    """Answer of /v1/skill."""

    bars_scored = fields.Integer(required=True)
    days = fields.Integer(required=True)
    verdict = fields.String(required=True)
    h1 = fields.Nested(
        FigureSchema, required=True, metadata={"description": "Out-of-sample gain in R2 over the path baselines"}
    )
    h2 = fields.Nested(FigureSchema, required=True, metadata={"description": "Spearman over the best simple baseline"})
    partial_spearman = fields.Nested(FigureSchema, required=True)
    extremes = fields.Nested(ExtremesSchema, required=True)
    predictors = fields.List(fields.Nested(PredictorSchema), required=True)
    reported_share = fields.Float(
        required=True,
        allow_none=True,
        metadata={"description": "Liquidations reported / predicted, in USD: of what is swept, few are reported"},
    )
    fit = fields.Nested(FitSchema, required=True, allow_none=True)


def blueprint(services: Services) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("skill", __name__, description="How good the map has been")

    @routes.get("/v1/skill")
    @routes.arguments(SkillQuery, location="query", unknown=RAISE)
    @routes.response(200, SkillSchema)
    def get_skill(args: dict[str, Any]) -> Response:
        """Score the map walk-forward against realised liquidations, where the exchange publishes them."""
        args["timeframe"] = "1h"
        columns = columns_of(args["lookback"], "1h")
        if args["draws"] * columns > MOST_DRAWN:
            allowed = f"at most {MOST_DRAWN // columns} at this lookback"
            raise BadInput("draws", f"{args['draws']} draws of {columns} hours", allowed)
        if args["mix"].name == FITTED:
            message = "Would be scored on what it was fitted to; `fit` says what fitting gains out of sample"
            raise BadInput("mix", message, "a preset, or leverages with weights")
        found = one_exchange(services, args)
        data = found.data
        rows = services.feed.liquidations(Query(data.exchange, data.symbol, "1h", found.wanted, args["as_of"]))
        etag = etag_of("skill", args_key(args), found.fingerprint, len(rows.time), float(rows.values.sum()))
        return services.answers.reply(etag, FRESH_SECONDS, lambda: _body(found, rows, args, services.clock()))

    return routes


def _body(found: Estimate, rows: Rows, args: dict[str, Any], now: float) -> dict[str, Any]:
    bars = found.data.bars
    liquidated = by_bar(bars, rows)
    burn = len(bars) - found.columns
    predicted = swept(bars, found.assumptions, found.venue)
    try:
        made = score(bars, *liquidated, *predicted, burn=burn, boot=args["draws"], seed=args["seed"])
    except BadInput as error:
        raise BadInput("lookback", f"Too little to score: {error}") from None
    return (
        found.envelope(now)
        | _scored(made)
        | {
            "bars_scored": min(made.long.bars, made.short.bars),
            "reported_share": _reported(found, liquidated, predicted, burn),
            "fit": _fit(found, liquidated, burn, args["seed"]),
        }
    )


def _scored(made: Score) -> dict[str, Any]:
    leads = ("lead_wick", "lead_wick_excursion", "lead_new_extreme")
    return {
        "days": made.days,
        "verdict": verdict(made),
        "h1": figure_body(made.h1),
        "h2": figure_body(made.h2),
        "partial_spearman": figure_body(made.partial_spearman),
        "extremes": {"bars": made.extremes.bars} | {name: figure_body(getattr(made.extremes, name)) for name in leads},
        "predictors": [_predictor(row) for row in made.predictors],
    }


def _predictor(row: PredictorScore) -> dict[str, Any]:
    return {"name": row.name, "spearman": figure_body(row.spearman), "capture": figure_body(row.capture)}


def _reported(
    found: Estimate, liquidated: tuple[Floats, Floats], predicted: tuple[Floats, Floats], burn: int
) -> float | None:
    unit = 1.0 if found.data.inverse else found.data.bars.close
    # Only where it is known how much was liquidated can the two be compared.
    known = [np.isfinite(side) & (np.arange(len(side)) >= burn) for side in liquidated]
    real = sum(float(side[there].sum()) for side, there in zip(liquidated, known, strict=True))
    expected = sum(float((side * unit)[there].sum()) for side, there in zip(predicted, known, strict=True))
    return real / expected if expected > 0 else None


def _fit(found: Estimate, liquidated: tuple[Floats, Floats], burn: int, seed: int) -> dict[str, Any] | None:
    """Return what re-fitting the mix came to; None where there are too few days for it."""
    try:
        made = fit_mix(found.data.bars, liquidated, found.assumptions, found.venue, burn=burn, seed=seed)
    except BadInput:
        return None
    return fit_body(made)
