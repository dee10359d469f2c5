"""Realised liquidations beside a market's bars, and the leverage mix fitted to them."""

from dataclasses import dataclass, replace

import numpy as np

from service.analysis.digest import digest_of
from service.analysis.markets.silence import is_silent
from service.analysis.services import Services
from service.heatmap import Assumptions, BadInput, Bars, BySide, VenueTerms
from service.heatmap.base import Floats
from service.heatmap.inventory import DEFAULT
from service.heatmap.skill import Fit, fit_leverage_mix
from service.market.contract import Liquidations, MarketData, MarketError
from service.market.feed import FeedQuery

# Bars that are left to warm the inventory up before anything is fitted.
BURN = 24


@dataclass(frozen=True, eq=False)
class MixFit:
    """What mix=fitted came to on one exchange: `fit` is None where none could be made, and `note` says why."""

    fit: Fit | None
    note: str

    @property
    def warnings(self) -> list[str]:
        """Return the note where the fitted mix is not used, or may not be the best."""
        return [] if self.fit is not None and self.fit.gains and not self.fit.at_edge else [self.note]


def by_bar(bars: Bars, rows: Liquidations) -> BySide[Floats]:
    """Return what was liquidated in each bar, float64[T] of either side, quote currency; NaN where unknown.

    That includes bars of which the exchange reports none for want of reporting.
    """
    table = _table(bars, rows)
    table[is_silent(bars, table.sum(axis=1))] = np.nan
    return BySide(table[:, 0], table[:, 1])


def silence_warnings(bars: Bars, rows: Liquidations) -> list[str]:
    """Return a sentence on the bars in which the exchange did not report, none if there are none."""
    silent = int(is_silent(bars, _table(bars, rows).sum(axis=1)).sum())
    if not silent:
        return []
    return [f"No liquidation is reported in {silent} bars in a row that moved as others did: taken as not known."]


def _table(bars: Bars, rows: Liquidations) -> Floats:
    """Return float64[T, 2], what is reported of longs and of shorts in each bar; NaN where there is no row."""
    at = np.searchsorted(rows.time, bars.time)
    known = np.append(rows.time, -1)[at] == bars.time
    padded = np.vstack((rows.columns(), np.full((1, 2), np.nan)))
    return np.asarray(padded[np.where(known, at, len(rows))], dtype=np.float64)


def fitted(
    services: Services,
    query: FeedQuery,
    data: MarketData,
    assumptions: Assumptions,
    venue: VenueTerms,
    *,
    alone: bool,
) -> tuple[Assumptions, MixFit]:
    """Return the assumptions with the mix that fitting chose, which is the default if it gains nothing, and the fit.

    If the exchange is `alone`, raises MarketError where its liquidations are not to be had and BadInput where there are
    too few; of several it goes on with the default mix, for leaving its map out would falsify the sum.
    """
    start = assumptions.with_fast_mix(replace(assumptions.fast_mix, name=DEFAULT))
    try:
        fit = _fit(services, query, data, start, venue)
    except (MarketError, BadInput) as error:
        if alone:
            raise
        reason = error.message if isinstance(error, BadInput) else str(error)
        note = f"The mix cannot be fitted: {reason}. The default mix is used."
        return start, MixFit(None, note)
    return start.with_fast_mix(fit.mix), MixFit(fit, fit.note)


def _fit(services: Services, query: FeedQuery, data: MarketData, start: Assumptions, venue: VenueTerms) -> Fit:
    rows = services.feed.liquidations(query)
    # All that a fit depends on, and not when it was asked for: equal inputs share it, others never do.
    key = (
        digest_of(data.bars, data.tiers, rows),
        (venue.rule, venue.taker_fee),
        (start.churn, start.position_notional),
    )
    try:
        return services.fits.get(
            key, lambda: fit_leverage_mix(data.bars, by_bar(data.bars, rows), start, venue, burn=BURN)
        )
    except BadInput as error:
        raise BadInput("mix", f"Too little to fit: {error.message}", "a longer lookback") from None
