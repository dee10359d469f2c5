"""Skill: how well a market's map has predicted realised liquidations."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from service.analysis.concurrency.cost import Work, checked_cost
from service.analysis.digest import digest_of
from service.analysis.limits import columns_of
from service.analysis.maps.lifts import Lifts, lifts_of
from service.analysis.markets.envelope import Envelope
from service.analysis.markets.estimate import Estimate
from service.analysis.markets.loading import load_one, the_exchange
from service.analysis.markets.realised import MixFit, by_bar, silence_warnings
from service.analysis.prepared import Prepared
from service.analysis.requests import MarketRequest
from service.analysis.services import Services
from service.heatmap import BadInput, BySide
from service.heatmap.base import Floats
from service.heatmap.lift import flat_map
from service.heatmap.skill import (
    Calibration,
    Fit,
    Gains,
    Score,
    calibrate,
    fit_tilted,
    path_baselines,
    predict_tilted,
    score_beside,
)
from service.market.contract import Liquidations
from service.market.feed import FeedQuery

# Nothing scored changes before the next bar closes.
FRESH_SECONDS = 300.0
# Hours x resamples: what is worked out in a few seconds.
MOST_RESAMPLED = 1_800_000


@dataclass(frozen=True, kw_only=True)
class SkillRequest:
    """A market to score on its hours; `resamples` of its days make the intervals, `seed` chooses them."""

    market: MarketRequest
    resamples: int
    seed: int


@dataclass(frozen=True, eq=False)
class SkillResult:
    """The score of a map.

    flat            the same gains of the flat map that refills, over the same bars
    lifts           what full bands and hot zones liquidated over comparable hours
    reported_share  liquidations reported / predicted, in USD; None where nothing was predicted
    reported        the same by the hour, in tenths; None where there are too few hours
    fit             what re-fitting the mix would gain
    """

    envelope: Envelope
    score: Score
    flat: Gains
    lifts: Lifts
    reported_share: float | None
    reported: Calibration | None
    fit: MixFit


def prepare_skill(services: Services, request: SkillRequest) -> Prepared[SkillResult]:
    """Load the market and its liquidations; raises MarketError or BadInput."""
    _check(request)
    # Before the market is loaded: what the exchange does not publish, no amount of loading brings.
    services.feed.check_liquidations(the_exchange(services, request.market.exchange))
    # Scoring goes over the predictions a few times more than making them does; lifts read the heat of every bar twice.
    work = Work(exchanges=1, markets=1, passes=6, grids=2)
    admitted = services.work.admit(checked_cost(work, request.market))
    market = load_one(services, request.market)
    data, timeframe = market.data, request.market.timeframe
    rows = services.feed.liquidations(
        FeedQuery(data.exchange, data.symbol, timeframe, market.wanted, request.market.as_of)
    )
    return Prepared(
        (market.fingerprint, digest_of(rows)),
        FRESH_SECONDS,
        admitted.computing(lambda: _result(market, rows, request, services.clock())),
    )


def _check(request: SkillRequest) -> None:
    columns = columns_of(request.market.lookback, request.market.timeframe)
    if request.resamples * columns > MOST_RESAMPLED:
        allowed = f"at most {MOST_RESAMPLED // columns} at this lookback"
        raise BadInput("resamples", f"{request.resamples} of {columns} hours", allowed)
    if request.market.assumptions.fitted:
        message = "Would be scored on what it was fitted to; `fit` says what fitting gains out of sample"
        raise BadInput("mix", message, "a preset, or leverages with weights")


def _result(market: Estimate, rows: Liquidations, request: SkillRequest, now: float) -> SkillResult:
    bars = market.data.bars
    liquidated = by_bar(bars, rows)
    burn = len(bars) - market.columns
    tilted, flat = predict_tilted(bars, market.assumptions, market.venue), flat_map(bars)
    baselines, maps = path_baselines(bars), (tilted.own, flat.swept)
    drawn = {"resamples": request.resamples, "seed": request.seed}
    try:
        score, flat_gains = score_beside(bars, liquidated, maps, baselines, burn=burn, **drawn)
    except BadInput as error:
        raise BadInput("lookback", f"Too little to score: {error.message}") from None
    envelope = market.envelope(now)
    worth = _worth(market, tilted.own)
    return SkillResult(
        replace(envelope, warnings=(*envelope.warnings, *silence_warnings(bars, rows))),
        score,
        flat_gains,
        lifts_of(market, liquidated, flat, np.arange(len(bars)) >= burn, **drawn),
        _reported_share(liquidated, worth, burn),
        calibrate(*(BySide(*(amounts[burn:] for amounts in both)) for both in (liquidated, worth))),
        _fit(partial(fit_tilted, bars, liquidated, tilted, baselines, burn=burn, seed=request.seed)),
    )


def _worth(market: Estimate, predicted: BySide[Floats]) -> BySide[Floats]:
    """Return predictions in USD."""
    unit = 1.0 if market.data.inverse else market.data.bars.close
    return BySide(*(amounts * unit for amounts in predicted))


def _reported_share(liquidated: BySide[Floats], worth: BySide[Floats], burn: int) -> float | None:
    real = expected = 0.0
    for amount, own in zip(liquidated, worth, strict=True):
        # Only where both are known can they be compared.
        known = np.isfinite(amount) & np.isfinite(own) & (np.arange(len(own)) >= burn)
        real += float(amount[known].sum())
        expected += float(own[known].sum())
    return real / expected if expected > 0 else None


def _fit(fitted: Callable[[], Fit]) -> MixFit:
    """Return what re-fitting the mix came to, or why there was too little for it."""
    try:
        fit = fitted()
    except BadInput as error:
        return MixFit(None, f"Too little to fit: {error.message}.")
    return MixFit(fit, fit.note)
