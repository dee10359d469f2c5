"""A position as the caller describes it."""

from dataclasses import dataclass
from typing import Literal

from service.heatmap import Side


@dataclass(frozen=True, kw_only=True)
class LiquidationPriceRequest:
    """A position as the caller describes it; see Position for what its figures mean.

    other_size   size of a position on the other side of the same market, which shares a cross wallet; `other_entry` is
                 its entry, or else `other_pnl` and `other_maintenance` are its own at `mark`; 0 where the others are of
                 other markets
    as_of        the moment whose text of the rule holds, epoch ms; now where not given
    """

    side: Side
    entry: float
    size: float = 1.0
    exchange: str | None = None
    symbol: str | None = None
    rule: str | None = None
    leverage: float | None = None
    margin: float | None = None
    margin_mode: Literal["isolated", "cross"] = "isolated"
    other_maintenance: float = 0.0
    other_pnl: float = 0.0
    other_size: float | None = None
    other_entry: float | None = None
    mark: float | None = None
    maintenance_rate: float | None = None
    maintenance_amount: float | None = None
    taker_fee: float | None = None
    as_of: int | None = None
