"""Open interest by bar: of several exchanges on one axis, in coin and in USD."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from service.analysis.maps.columns import columns_of_group, series_on_columns, series_summed
from service.analysis.markets.envelope import Envelope
from service.analysis.markets.estimate import Estimate
from service.analysis.markets.group import Group
from service.analysis.markets.loading import admitted_group, load_group
from service.analysis.prepared import Prepared, freshness
from service.analysis.requests import MarketRequest
from service.analysis.services import Services
from service.heatmap.base import Floats, Times


@dataclass(frozen=True, kw_only=True)
class OpenInterestRequest:
    """A market whose open interest is wanted."""

    market: MarketRequest


@dataclass(frozen=True, eq=False)
class InterestSeries:
    """Open interest by column, float64[T], one side, NaN where not known: base coin, and USD at the bar's close."""

    coin: Floats
    usd: Floats

    @property
    def change_coin(self) -> Floats:
        """Return what it grew by since the column before; the first is not known."""
        return np.diff(self.coin, prepend=np.nan)

    @property
    def change_usd(self) -> Floats:
        """Return the same in USD, which the price moves too."""
        return np.diff(self.usd, prepend=np.nan)


@dataclass(frozen=True, eq=False)
class OpenInterestResult:
    """Open interest of every exchange and of all together, on one axis; `time` are open times, `step` the bar in ms."""

    envelope: Envelope
    time: Times
    step: int
    total: InterestSeries
    exchanges: dict[str, InterestSeries]


def prepare_open_interest(services: Services, request: OpenInterestRequest) -> Prepared[OpenInterestResult]:
    """Load the market on every exchange; raises MarketError or BadInput."""
    admitted = admitted_group(services, request.market)
    group = load_group(services, request.market)
    return Prepared(
        group.fingerprint,
        freshness(request.market.as_of, group),
        admitted.computing(lambda: _result(group, services.clock())),
    )


def _result(group: Group, now: float) -> OpenInterestResult:
    columns = columns_of_group(group)
    exchanges = {name: _series(member, columns) for name, member in group.members.items()}
    return OpenInterestResult(
        group.envelope(now), columns, group.reference.data.bars.step, _total(list(exchanges.values())), exchanges
    )


def _series(member: Estimate, columns: Times) -> InterestSeries:
    bars = member.data.bars
    # An inverse contract is counted in USD.
    coin = bars.open_interest / bars.close if member.data.inverse else bars.open_interest
    return InterestSeries(
        series_on_columns(columns, bars.time, coin), series_on_columns(columns, bars.time, coin * bars.close)
    )


def _total(parts: Sequence[InterestSeries]) -> InterestSeries:
    return InterestSeries(series_summed([part.coin for part in parts]), series_summed([part.usd for part in parts]))
