"""An estimate: one market's data with the assumptions it is read under, from which every map is made."""

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property
from math import log

import numpy as np

from service.analysis.digest import digest_of
from service.analysis.limits import check_moment, columns_of
from service.analysis.markets.envelope import Envelope, envelope_of
from service.analysis.markets.realised import MixFit, fitted
from service.analysis.requests import MarketRequest
from service.analysis.services import Services
from service.heatmap import Assumptions, BadInput, BySide, PriceAxis, Side, VenueTerms
from service.heatmap.base import Floats, Times
from service.heatmap.inventory import (
    DataQuality,
    Ensemble,
    Inventory,
    StockTaker,
    assess,
    depth_near,
    ensemble_of,
    ensemble_side,
    newest_of,
    rivals,
)
from service.heatmap.profile import standing_ahead
from service.market.contract import MarketData
from service.market.feed import FeedQuery
from service.times import DAY_MS, MINUTE_MS

# By how much a price, in logarithm, and a funding rate may have moved before an answer counts as another.
PRICE_STEP, FUNDING_STEP = 1e-3, 1e-6
# The map needs at least this many bars before its first column, or it would show its own starting guess.
LEAST_BARS_BEFORE = 24


@dataclass(frozen=True, eq=False)
class Estimate:
    """One market's data with the assumptions it is read under.

    columns  how many columns of the map there are
    wanted   how many were asked for
    fit      what fitting the mix came to, where that was asked for
    newest   close of the newest bar that the exchange gave (epoch ms), where the data end at an earlier one
    """

    data: MarketData
    assumptions: Assumptions
    venue: VenueTerms
    columns: int
    wanted: int
    fit: MixFit | None = None
    newest: int | None = None

    @cached_property
    def fingerprint(self) -> tuple[object, ...]:
        """Return what changes whenever the inputs change by more than an answer is right to.

        The book and the funding rate change all the time, and no two replicas read them at the same moment: of these
        counts what `moving` says of them.
        """
        data = self.data
        parts = digest_of(data.bars, data.tiers, data.account_ratio, data.recent_interest, data.coverage)
        known = parts, data.symbol, data.as_of, *moving(data), self.venue.rule, data.taker_fee, sorted(data.missing)
        # The liquidations that a mix is fitted to are no part of the data.
        return (*known, self.newest) if self.fit is None else (*known, self.newest, digest_of(self.fit))

    @cached_property
    def data_quality(self) -> DataQuality:
        """Return how far to trust the map, from what it was built of."""
        bars, coverage, book = self.data.bars, self.data.coverage, self.data.book
        days = len(bars) * bars.step / DAY_MS
        return assess(
            bars=coverage.bars,
            days=days,
            gaps=coverage.gaps,
            inconsistent=coverage.inconsistent,
            repaired=coverage.repaired,
            open_interest_share=coverage.open_interest_share,
            mark_price_share=coverage.mark_price_share,
            daily_volume=float((bars.volume * (1.0 if self.data.inverse else bars.close)).sum()) / days,
            visible_depth=None if book is None else depth_near(book.bids, book.asks, self.data.price),
        )

    @cached_property
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

    def inventory(self, axis: PriceAxis, columns: int | None = None, *, beside: PriceAxis | None = None) -> Inventory:
        """Take the inventory on the axis, of all columns or of so many last ones; raises BadInput.

        Both sides together are taken on the second axis, `beside`, along with it.
        """
        return self._stock_taker.take(axis, columns or self.columns, beside=beside)

    def inventory_now(self, axis: PriceAxis) -> Inventory:
        """Take the inventory without columns: what stands now, as far as the axis reaches; raises BadInput."""
        return self._stock_taker.newest(axis)

    @cached_property
    def _stock_taker(self) -> StockTaker:
        return StockTaker(self.data.bars, self.assumptions, self.venue)

    def ensemble(self, axis: PriceAxis) -> Ensemble:
        """Return the newest column under every member of the ensemble; raises BadInput as `inventory` does."""
        return ensemble_of(self._stock_taker, axis)

    def ensemble_side(self, axis: PriceAxis, side: Side) -> Floats:
        """Return one side of it alone, float64[E, B]; its first member is what `inventory_now` gives."""
        return ensemble_side(self._stock_taker, axis, side)

    def past_side(self, axis: PriceAxis, columns: int, side: Side) -> Floats:
        """Return so many last columns of one side alone, float64[columns, B] quote currency."""
        return self._stock_taker.columns(axis, columns, side)

    def rivals(self, axis: PriceAxis, price: float) -> dict[str, BySide[Floats]]:
        """Return what stands in each bin under each other mix that traders may have, read from a price.

        A mix of which the market allows no leverage is left out.
        """
        takers = {}
        for name, assumed in rivals(self.assumptions, self.venue.rule).items():
            with suppress(BadInput):
                takers[name] = self._stock_taker.under(assumed)
        return {
            name: BySide(*(standing_ahead(inventory, side, price) for side in Side))
            for name, inventory in zip(takers, newest_of(list(takers.values()), axis), strict=True)
        }

    def envelope(self, now: float) -> Envelope:
        """Return what every answer says of its inputs; `now` in epoch seconds."""
        return envelope_of(
            self.data,
            self.assumptions,
            (self.wanted, self.columns),
            self.data_quality,
            now,
            open_interest_usd=self.open_interest_usd,
            newest=self.newest or self.data.as_of,
            fit=self.fit,
        )


def estimate(services: Services, request: MarketRequest, *, alone: bool = True, context: bool = False) -> Estimate:
    """Load one market on the one exchange that the request names; raises MarketError or BadInput.

    `alone` tells whether it is the only exchange asked: of several, one whose mix cannot be fitted goes on with the
    default mix, and says so. `context` loads funding and account ratio too.
    """
    check_moment(request.as_of, int(services.clock() * 1000))
    wanted = columns_of(request.lookback, request.timeframe)
    if alone and request.assumptions.fitted:
        # Before anything is loaded: what is not published no amount of loading brings.
        services.feed.check_liquidations(request.exchange)
    query = FeedQuery(request.exchange, request.symbol, request.timeframe, wanted, request.as_of, context)
    data = services.feed.load(query)
    if request.as_of is None:
        _tell_ages(services, data)
    columns = columns_in(data, wanted)
    assumptions, venue = request.assumptions.assumptions(data.rule), VenueTerms(data.rule, data.tiers, data.taker_fee)
    if not request.assumptions.fitted:
        return Estimate(data, assumptions, venue, columns, wanted)
    assumptions, fit = fitted(services, query, data, assumptions, venue, alone=alone)
    return Estimate(data, assumptions, venue, columns, wanted, fit)


def _tell_ages(services: Services, data: MarketData) -> None:
    """Say how old the data are: bars since one closed that they lack, the order book since it was read."""
    told, now = services.threads.instruments, services.clock() * 1000
    told.data_used(data.exchange, "bars", max(0.0, now - data.as_of - data.bars.step) / 1000)
    if data.price_source == "book_middle":
        told.data_used(data.exchange, "order_book", max(0.0, now - data.price_time) / 1000)


def moving(data: MarketData) -> tuple[object, ...]:
    """Return what counts of a price that is now: its tenth of a percent and its minute; all of one that stands still.

    Of the funding rate counts a hundredth of a basis point.
    """
    known = data.price_source, data.stale, data.funding and round(data.funding.rate / FUNDING_STEP)
    if data.book is None:
        return (*known, data.price)
    return (*known, round(log(data.price) / PRICE_STEP), data.price_time // MINUTE_MS)


def columns_in(data: MarketData, wanted: int) -> int:
    """Return how many of the wanted columns the bars allow, warm-up left aside."""
    return max(min(wanted, len(data.bars) - LEAST_BARS_BEFORE), 1)
