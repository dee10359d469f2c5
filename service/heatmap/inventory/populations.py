"""Populations: parts of open interest whose traders behave alike, each with a name, a leverage mix and a pace.

Few positions are fast and near the price and make the liquidations; most of the open interest is slow and far. What the
figures were chosen by, and what they do not come from: docs/decisions/populations.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.inventory.closing import Closing, faster_near
from service.heatmap.inventory.leverage import (
    BANDS,
    DEFAULT,
    FINE_LEVELS,
    FITTED,
    LEVELS,
    Mix,
    power_mix,
    preset,
    slider_mix,
)

# Positions of Hyperliquid's large wallets that no price reached were closed at .74, .55, .13, .15 and .10 a day, 0-3,
# 3-6, 6-12, 12-25 and 25-60 % from it: 1 + .10 / (distance + .005) times .10 a day is .60, .30, .20, .15, .12.
CLOSING = faster_near(0.10, 0.005)
# Shares of open interest. Hyperliquid's were chosen by true positions of its large wallets, the others by hourly
# liquidations of Binance's three largest markets.
SHARES = {"day": 0.10, "swing": 0.05, "adjusting": 0.20, "held": 0.65}
SHARES_BY_RULE = {"hyperliquid": {"day": 0.05, "swing": 0.01, "adjusting": 0.20, "held": 0.74}}
# With the mix `bands`, the shelves that other charts draw: more of it in `swing`.
BANDS_SHARES = {"day": 0.10, "swing": 0.15, "adjusting": 0.20, "held": 0.55}
# Volume of positions opened and liquidated within one bar, over volume traded: so much per share of the first
# population, which they are part of.
IN_BAR_PER_SHARE = 2.5
# One mix for all, renewed at two paces: three quarters within hours, the rest over days.
FAST_SHARE, FAST_PACE, SLOW_PACE, ONE_MIX_IN_BAR = 0.75, 1.5, 0.125, 2.0
# Mixes whose populations are remembered, and sets of populations whose mix of all is.
KEPT = 32


@dataclass(frozen=True, eq=False)
class AssumedPopulation:
    """A part of open interest that is taken to behave alike.

    name     what answers call it
    share    of open interest
    mix      leverage of what it opens
    churn    at which it is renewed, as a multiple of the assumptions' churn
    closing  how closes spread over distances from the price; None closes all alike
    """

    name: str
    share: float
    mix: Mix
    churn: float
    closing: Closing | None = None


@lru_cache(KEPT)
def populations_of(mix: Mix, rule: str) -> tuple[tuple[AssumedPopulation, ...], float]:
    """Return the populations that a mix stands for on exchanges of a rule, and the churn within bars.

    Each time they are the same objects. The mixes named `default`, `fitted` and `bands` stand for four; any other one
    for itself alone.
    """
    if mix.name in {DEFAULT, FITTED}:
        shares = SHARES_BY_RULE.get(rule, SHARES)
        return four(shares, day=mix), IN_BAR_PER_SHARE * shares["day"]
    if mix.name == BANDS:
        return four(BANDS_SHARES, swing=mix), IN_BAR_PER_SHARE * BANDS_SHARES["day"]
    return two_paces(mix), ONE_MIX_IN_BAR


def four(
    shares: Mapping[str, float], *, day: Mix | None = None, swing: Mix | None = None
) -> tuple[AssumedPopulation, ...]:
    """Return the four populations, of the given shares of open interest.

    day        opens and closes within hours: nearly all that is liquidated
    swing      days, at the leverages that exchanges' sliders offer: the bands on the map
    adjusting  little leverage, whose liquidation price moves within a day as margin is added
    held       weeks, little leverage or none: most of open interest
    """
    return (
        AssumedPopulation("day", shares["day"], day or preset(DEFAULT), 1.5),
        AssumedPopulation("swing", shares["swing"], swing or slow_mixes()["swing"], 0.075, CLOSING),
        AssumedPopulation("adjusting", shares["adjusting"], slow_mixes()["adjusting"], 1.5),
        AssumedPopulation("held", shares["held"], slow_mixes()["held"], 0.04, CLOSING),
    )


@cache
def slow_mixes() -> Mapping[str, Mix]:
    """Return the mixes of the populations that are not asked for by name, each time the same ones."""
    return {
        "swing": slider_mix("swing"),
        "adjusting": power_mix("adjusting", 1.05, 5.0, -1.0, levels=FINE_LEVELS),
        "held": power_mix("held", 1.05, 40.0, -0.5, unlevered=0.5, levels=FINE_LEVELS),
    }


def two_paces(mix: Mix) -> tuple[AssumedPopulation, ...]:
    """Return one mix for all of open interest, renewed at two paces."""
    return (
        AssumedPopulation("fast", FAST_SHARE, mix, FAST_PACE),
        AssumedPopulation("slow", 1.0 - FAST_SHARE, mix, SLOW_PACE),
    )


@lru_cache(KEPT)
def mix_of_all(populations: tuple[AssumedPopulation, ...]) -> Mix:
    """Return the mix of what all populations together would hold if each were as it opens, weighted by share."""
    first = populations[0].mix
    if all(population.mix is first for population in populations):
        return first
    low = min(float(population.mix.edges[0]) for population in populations)
    high = max(float(population.mix.edges[-1]) for population in populations)
    edges = np.geomspace(low, high, LEVELS + 1)
    weights: Floats = np.sum([each.share * each.mix.between(edges) for each in populations], axis=0)
    unlevered = sum(each.share * each.mix.unlevered for each in populations)
    return Mix(first.name, edges, weights, unlevered)
