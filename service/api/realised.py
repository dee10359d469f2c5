"""Realised liquidations beside a market's bars, and the leverage mix fitted to them."""

from dataclasses import replace

import numpy as np

from service.api.services import Services
from service.heatmap.assumptions import Assumptions, Venue
from service.heatmap.bad_input import BadInput
from service.heatmap.bars import Bars, Floats
from service.heatmap.fitting import Fit, fit_mix
from service.market.data import MarketData
from service.market.feed import Query
from service.market.history import Rows

# Bars that are left to warm the inventory up before anything is fitted.
BURN = 24


def by_bar(bars: Bars, rows: Rows) -> tuple[Floats, Floats]:
    """Return what was liquidated in each bar, float64[T] of longs and of shorts, quote currency; NaN where unknown."""
    at = np.searchsorted(rows.time, bars.time)
    known = np.append(rows.time, -1)[at] == bars.time
    padded = np.vstack((rows.values, np.full((1, 2), np.nan)))
    table = padded[np.where(known, at, len(rows.time))]
    return table[:, 0], table[:, 1]


def fitted(
    services: Services, query: Query, data: MarketData, assumptions: Assumptions, venue: Venue
) -> tuple[Assumptions, Fit]:
    """Return the assumptions with the mix that fitting chose, which is their own if fitting gains nothing.

    Raises NotPublished where the exchange publishes no liquidations, BadInput where there are too few.
    """
    liquidated = by_bar(data.bars, services.feed.liquidations(query))
    start = replace(assumptions, mix=replace(assumptions.mix, name="default"))

    def fit() -> Fit:
        return fit_mix(data.bars, liquidated, start, venue, burn=BURN)

    key = (query, data.as_of, len(data.bars), assumptions.churn, assumptions.position_notional)
    try:
        made = services.fits.get(key, fit)
    except BadInput as error:
        raise BadInput("mix", f"Too little to fit: {error}", "a longer lookback") from None
    return replace(start, mix=made.mix), made
