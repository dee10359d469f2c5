"""Requests: what a caller asks for, once its query has been parsed and each value checked on its own.

What is shared by several resources stands here; each resource's own request stands beside its analysis.
"""

from dataclasses import dataclass, field, replace

from service.heatmap import Assumptions
from service.heatmap.inventory import FITTED, Mix


@dataclass(frozen=True, kw_only=True)
class AssumptionsRequest:
    """What the caller assumes about traders; `churn` is the model's own where it is None."""

    mix: Mix
    churn: float | None = None
    position_notional: float

    @property
    def fitted(self) -> bool:
        """Tell whether the mix is to be fitted to realised liquidations."""
        return self.mix.name == FITTED

    def assumptions(self, rule: str) -> Assumptions:
        """Return the model's assumptions for exchanges of a liquidation rule, with the caller's in their place."""
        own = Assumptions.of(self.mix, rule, position_notional=self.position_notional)
        return own if self.churn is None else replace(own, churn=self.churn)


@dataclass(frozen=True, kw_only=True)
class BarsRequest:
    """Whose bars, how long, how far back and as of when, and what is assumed about traders.

    exchange   an id, several with commas, or `all`
    timeframe  length of a bar; hours where the caller has no choice
    lookback   ms
    as_of      epoch ms; None is now
    """

    exchange: str
    timeframe: str = "1h"
    lookback: int
    as_of: int | None = None
    assumptions: AssumptionsRequest

    def of_symbol(self, symbol: str) -> "MarketRequest":
        """Return the request for one symbol on these bars."""
        return MarketRequest(**vars(self), symbol=symbol)


@dataclass(frozen=True, kw_only=True)
class MarketRequest(BarsRequest):
    """The same for one symbol, as the caller wrote it: spellings of one market are the same request."""

    symbol: str = field(compare=False)


@dataclass(frozen=True, kw_only=True)
class RangeRequest:
    """How far the map reaches on either side of the price, in %."""

    range_pct: float


@dataclass(frozen=True, kw_only=True)
class BinsRequest:
    """How many bins, or how large: not both; `bin_size` in quote currency. Neither leaves it to the service."""

    bins: int | None = None
    bin_size: float | None = None


@dataclass(frozen=True, kw_only=True)
class AxisRequest(BinsRequest, RangeRequest):
    """The price axis: its bins, and how far it reaches."""


@dataclass(frozen=True, kw_only=True)
class CoveringAxisRequest(BinsRequest):
    """The same where a `range_pct` of None stands for the usual range, widened to what price has visited."""

    range_pct: float | None = None
