"""From a query to a market's data and inventory: the walk that heatmap, profile and what reads them share."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from service.analysis.digest import digest_of
from service.analysis.envelope import envelope
from service.analysis.realised import MixFit, fitted
from service.analysis.services import Services
from service.api.query.parameters import MOST_COLUMNS
from service.api.schemas.figures import fit_body, no_fit_body
from service.heatmap import Assumptions, BadInput, PriceAxis, VenueTerms, take_inventory
from service.heatmap.base import Times
from service.heatmap.inventory import (
    FITTED,
    Confidence,
    Ensemble,
    Inventory,
    assess,
    depth_near,
    take_ensemble,
    with_agreement,
)
from service.market.contract import TIMEFRAMES, MarketData
from service.market.feed.feed import Query
from service.times import DAY_MS, HOUR_MS, rfc3339

OLDEST_AS_OF = 3 * 365 * DAY_MS
# The map needs at least this many bars before its first column, or it would show its own starting guess.
LEAST_WARM_UP = 24


@dataclass(frozen=True, eq=False)
class Estimate:
    """One market's data with the assumptions it is read under; `columns` is how many there are, `wanted` were asked.

    `newest` is the close of the newest bar that the exchange gave, where the data have been cut to an earlier one.
    """

    data: MarketData
    assumptions: Assumptions
    venue: VenueTerms
    columns: int
    wanted: int
    fit: MixFit | None = None
    newest: int | None = None

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """Return what changes whenever the inputs change."""
        data = self.data
        snapshots = data.book, data.funding, data.account_ratio, data.recent_interest
        parts = digest_of(data.bars, data.tiers, *snapshots, data.coverage)
        known = parts, data.as_of, data.price, self.venue.rule, data.taker_fee, sorted(data.missing.items())
        # The liquidations that a mix is fitted to are no part of the data.
        return (*known, self.newest) if self.fit is None else (*known, self.newest, digest_of(self.fit))

    @property
    def confidence(self) -> Confidence:
        """Return how far to trust the map, from what it was built of."""
        bars, coverage, book = self.data.bars, self.data.coverage, self.data.book
        days = len(bars) * bars.step / DAY_MS
        return assess(
            bars=coverage.bars,
            days=days,
            gaps=coverage.gaps,
            inconsistent=coverage.inconsistent,
            open_interest_share=coverage.open_interest_share,
            mark_price_share=coverage.mark_price_share,
            daily_volume=float((bars.volume * (1.0 if self.data.inverse else bars.close)).sum()) / days,
            visible_depth=None if book is None else depth_near(book.bids, book.asks, self.data.price),
        )

    @property
    def open_interest_usd(self) -> float:
        """Return the newest open interest at the price; the weight of this market among others."""
        known = self.data.bars.open_interest[np.isfinite(self.data.bars.open_interest)]
        return float(known[-1]) * (1.0 if self.data.inverse else self.data.price)

    @property
    def column_times(self) -> Times:
        """Return the open times of the bars that are the map's columns."""
        return self.data.bars.time[-self.columns :]

    def until(self, close: int) -> "Estimate":
        """Return the same as it stood at the close of an earlier bar of its own, epoch ms.

        Open interest that is public only as of now goes along, for the map's size is taken from it.
        """
        data, left_out = self.data, int((self.data.bars.close_time > close).sum())
        if not left_out:
            return self
        bars = data.bars.part(0, -left_out)
        if not np.isfinite(bars.open_interest).any():
            known = data.bars.open_interest[np.isfinite(data.bars.open_interest)]
            bars = replace(bars, open_interest=np.append(bars.open_interest[:-1], known[-1]))
        finite = np.isfinite(bars.open_interest)
        lost = (int(data.bars.time[-1]) - int(bars.time[-1])) // bars.step
        coverage = replace(
            data.coverage,
            last=int(bars.time[-1]),
            bars=len(bars),
            gaps=data.coverage.gaps + lost,
            missing_at_end=data.coverage.missing_at_end + lost,
            open_interest_share=float(finite.mean()),
            open_interest_missing_at_end=int(finite[::-1].argmax()),
        )
        data = replace(data, bars=bars, coverage=coverage, as_of=int(bars.close_time[-1]))
        return replace(self, data=data, columns=columns_in(data, self.wanted), newest=self.data.as_of)

    def inventory(self, axis: PriceAxis, columns: int | None = None) -> Inventory:
        """Take the inventory on the axis, of all columns or of so many last ones; raises BadInput."""
        return take_inventory(self.data.bars, self.assumptions, self.venue, axis, columns or self.columns)

    def ensemble(self, axis: PriceAxis) -> Ensemble:
        """Return the newest column under every member of the ensemble; raises BadInput as `inventory` does."""
        return take_ensemble(self.data.bars, self.assumptions, self.venue, axis)

    def envelope(self, now: float, agreement: float | None = None) -> dict[str, Any]:
        """Return what every answer says of its inputs; `now` in epoch seconds, `agreement` the ensemble's."""
        columns = (self.wanted, self.columns)
        confidence = self.confidence if agreement is None else with_agreement(self.confidence, agreement)
        body = envelope(self.data, self.assumptions, self.venue.rule, columns, confidence, now)
        of_its_own = {
            "open_interest_usd": round(self.open_interest_usd, 2),
            "as_of": rfc3339(self.newest or self.data.as_of),
        }
        body["sources"][0] |= of_its_own
        if self.fit is not None:
            fit = self.fit.fit
            fit_json = no_fit_body(self.fit.note) if fit is None else fit_body(fit)
            told = {"exchange": self.data.exchange, "mix": body["assumptions"]["mix"]} | fit_json
            body["assumptions"]["fits"] = [told]
            body["warnings"] += self.fit.warnings
        return body


def columns_of(lookback: int, timeframe: str) -> int:
    """Return how many bars a lookback (ms) is; raises BadInput outside the range."""
    step = TIMEFRAMES[timeframe]
    columns = lookback // step
    if not 2 <= columns <= MOST_COLUMNS:  # noqa: PLR2004 - a single column is no history
        hours = step / HOUR_MS
        allowed = f"{max(12, 2 * hours):g}h to {min(8760, MOST_COLUMNS * hours):g}h at timeframe {timeframe}"
        raise BadInput("lookback", f"Is {columns} bars of {timeframe}", allowed)
    return columns


def estimate(services: Services, args: dict[str, Any]) -> Estimate:
    """Load the market that parsed MarketQuery arguments ask for; raises MarketError or BadInput.

    `alone` among them, true if left out, tells whether it is the only one: of several, an exchange whose mix cannot be
    fitted goes on with the default one, and says so.
    """
    now = int(services.clock() * 1000)
    as_of = args["as_of"]
    if as_of is not None and not now - OLDEST_AS_OF <= as_of <= now:
        allowed = f"{rfc3339(now - OLDEST_AS_OF)} to {rfc3339(now)}"
        raise BadInput("as_of", "Is in the future" if as_of > now else "Is too long ago", allowed)
    wanted = columns_of(args["lookback"], args["timeframe"])
    alone = args.get("alone", True)
    if alone and args["mix"].name == FITTED:
        # Before anything is loaded: what is not published no amount of loading brings.
        services.feed.check_liquidations(args["exchange"])
    query = Query(args["exchange"], args["symbol"], args["timeframe"], wanted, as_of, bool(args.get("context")))
    data = services.feed.load(query)
    columns = columns_in(data, wanted)
    assumptions, venue = assumptions_of(args), VenueTerms(data.rule, data.tiers, data.taker_fee)
    if assumptions.mix.name != FITTED:
        return Estimate(data, assumptions, venue, columns, wanted)
    assumptions, fit = fitted(services, query, data, assumptions, venue, alone=alone)
    return Estimate(data, assumptions, venue, columns, wanted, fit)


def columns_in(data: MarketData, wanted: int) -> int:
    """Return how many of the wanted columns the bars allow, warm-up left aside."""
    return max(min(wanted, len(data.bars) - LEAST_WARM_UP), 1)


def assumptions_of(args: dict[str, Any]) -> Assumptions:
    """Return the assumptions of parsed AssumptionsQuery arguments."""
    usual = Assumptions()
    churn = usual.churn if args["churn"] is None else args["churn"]
    return Assumptions(args["mix"], churn, usual.fast_churn, usual.fast_hours, args["position_notional"])
