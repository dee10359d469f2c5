"""GET /v1/skill: how well a market's map has foretold realised liquidations."""

from typing import Any

import numpy as np
from flask import Response
from flask_smorest import Blueprint
from marshmallow import RAISE, fields, validate

from service.analysis.digest import digest_of
from service.analysis.estimate import Estimate, columns_of
from service.analysis.group import one_exchange, the_exchange
from service.analysis.realised import by_bar
from service.analysis.services import Services
from service.api.edge.answers import Answers, etag_of
from service.api.query.axis_query import args_key
from service.api.query.parameters import MarketQuery, lookback_field
from service.api.schemas.figures import fit_body, no_fit_body, told
from service.api.schemas.skill import SkillSchema, score_body
from service.heatmap import BadInput, predict_known, score_predictions
from service.heatmap.base import Floats
from service.heatmap.inventory import FITTED
from service.heatmap.skill import fit_leverage_mix
from service.heatmap.stats import LEAST_RESAMPLES
from service.market.contract import Liquidations
from service.market.feed.feed import Query

# Nothing scored changes before the next bar closes.
FRESH_SECONDS = 300.0
# Hours x resamples: what is worked out in a few seconds.
MOST_RESAMPLED = 1_800_000


class SkillQuery(MarketQuery):
    """Parameters of /v1/skill."""

    class Meta:
        """The windows of the path baselines are counted in hours, so bars are."""

        exclude = ("timeframe",)

    lookback = lookback_field("60d")
    resamples = fields.Integer(
        load_default=200,
        validate=validate.Range(LEAST_RESAMPLES, 1000),
        metadata=told("Resamples of the days, which the intervals come from"),
    )
    seed = fields.Integer(
        load_default=0,
        validate=validate.Range(0, 2**31 - 1),
        metadata=told("Chooses the resamples: the same seed gives the same intervals"),
    )


def blueprint(services: Services, answers: Answers) -> Blueprint:
    """Return the resource."""
    routes = Blueprint("skill", __name__, description="How good the map has been")

    @routes.get("/v1/skill")
    @routes.arguments(SkillQuery, location="query", unknown=RAISE)
    @routes.response(200, SkillSchema)
    def get_skill(args: dict[str, Any]) -> Response:
        """Score the map walk-forward against realised liquidations, where the exchange publishes them."""
        args["timeframe"] = "1h"
        _check(args)
        # Before the market is loaded: what the exchange does not publish, no amount of loading brings.
        services.feed.check_liquidations(the_exchange(services, args))
        found = one_exchange(services, args)
        data = found.data
        rows = services.feed.liquidations(Query(data.exchange, data.symbol, "1h", found.wanted, args["as_of"]))
        etag = etag_of("skill", args_key(args), found.fingerprint, digest_of(rows))
        return answers.reply(etag, FRESH_SECONDS, lambda: _body(found, rows, args, services.clock()))

    return routes


def _check(args: dict[str, Any]) -> None:
    columns = columns_of(args["lookback"], "1h")
    if args["resamples"] * columns > MOST_RESAMPLED:
        allowed = f"at most {MOST_RESAMPLED // columns} at this lookback"
        raise BadInput("resamples", f"{args['resamples']} of {columns} hours", allowed)
    if args["mix"].name == FITTED:
        message = "Would be scored on what it was fitted to; `fit` says what fitting gains out of sample"
        raise BadInput("mix", message, "a preset, or leverages with weights")


def _body(found: Estimate, rows: Liquidations, args: dict[str, Any], now: float) -> dict[str, Any]:
    bars = found.data.bars
    liquidated = by_bar(bars, rows)
    burn = len(bars) - found.columns
    predicted = predict_known(bars, found.assumptions, found.venue)
    try:
        made = score_predictions(
            bars, *liquidated, *predicted, burn=burn, resamples=args["resamples"], seed=args["seed"]
        )
    except BadInput as error:
        raise BadInput("lookback", f"Too little to score: {error.message}") from None
    more = {
        "reported_share": _reported(found, liquidated, predicted, burn),
        "fit": _fit(found, liquidated, burn, args["seed"]),
    }
    return found.envelope(now) | score_body(made) | more


def _reported(
    found: Estimate, liquidated: tuple[Floats, Floats], predicted: tuple[Floats, Floats], burn: int
) -> float | None:
    unit = 1.0 if found.data.inverse else found.data.bars.close
    real = expected = 0.0
    for amount, mine in zip(liquidated, predicted, strict=True):
        # Only where both are known can they be compared.
        known = np.isfinite(amount) & np.isfinite(mine) & (np.arange(len(mine)) >= burn)
        real += float(amount[known].sum())
        expected += float((mine * unit)[known].sum())
    return real / expected if expected > 0 else None


def _fit(found: Estimate, liquidated: tuple[Floats, Floats], burn: int, seed: int) -> dict[str, Any]:
    """Return what re-fitting the mix came to, or why there was too little for it."""
    try:
        made = fit_leverage_mix(found.data.bars, liquidated, found.assumptions, found.venue, burn=burn, seed=seed)
    except BadInput as error:
        return no_fit_body(f"Too little to fit: {error.message}.")
    return fit_body(made)
