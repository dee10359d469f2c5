"""Risk tiers: how much maintenance margin a position of a given notional needs."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from service.heatmap.base.arrays import Floats

MAX_RATE = 0.9


class TierTable(Protocol):
    """Risk tiers, lowest first: any object with these four float64[n] columns and a cap will do.

    Attributes
    ----------
    floor : float64[n]
        Least notional of each tier, quote currency; the first is 0.
    maintenance_rate : float64[n]
        Maintenance margin rate, fraction of notional.
    maintenance_amount : float64[n]
        Amount deducted from rate x notional, quote currency.
    max_leverage : float64[n]
        Most leverage that a position of the tier may be opened with.
    cap : float
        Most notional of the last tier, quote currency; inf where none is stated.
    """

    @property
    def floor(self) -> Floats:
        """Return the least notional of each tier, quote currency; floor[0] == 0."""

    @property
    def maintenance_rate(self) -> Floats:
        """Return the maintenance margin rate, fraction of notional."""

    @property
    def maintenance_amount(self) -> Floats:
        """Return the amount deducted from rate x notional, quote currency."""

    @property
    def max_leverage(self) -> Floats:
        """Return the most leverage a position of the tier may be opened with."""

    @property
    def cap(self) -> float:
        """Return the most notional of the last tier, quote currency; inf where none is stated."""


@dataclass(frozen=True, eq=False)
class MarginTiers:
    """A tier table of our own making; columns as in `TierTable`."""

    floor: Floats
    maintenance_rate: Floats
    maintenance_amount: Floats
    max_leverage: Floats
    cap: float = np.inf


def flat_tiers(rate: float, amount: float = 0.0, max_leverage: float = np.inf) -> MarginTiers:
    """Return a table of one tier, for a maintenance rate (fraction) and amount (quote) that are already known."""
    return MarginTiers(np.zeros(1), np.array([rate]), np.array([amount]), np.array([max_leverage]))


def check_tiers(tiers: TierTable) -> None:
    """Raise ValueError, naming the column and its range, unless the table is usable."""
    floor, rate = tiers.floor, tiers.maintenance_rate
    columns = {
        "maintenance_rate": rate,
        "maintenance_amount": tiers.maintenance_amount,
        "max_leverage": tiers.max_leverage,
    }
    if not len(floor) or floor[0] != 0 or not np.all(np.diff(floor) > 0):
        raise ValueError("tiers.floor must hold at least one tier, start at 0 and rise")
    for name, column in columns.items():
        if len(column) != len(floor):
            raise ValueError(f"tiers.{name} must have {len(floor)} rows, one a tier; it has {len(column)}")
    if not np.all((rate >= 0) & (rate <= MAX_RATE)):
        raise ValueError(f"tiers.maintenance_rate must be 0 to {MAX_RATE}")
    if not np.all(np.isfinite(tiers.maintenance_amount) & (tiers.maintenance_amount >= 0)):
        raise ValueError("tiers.maintenance_amount must be finite and at least 0")
    if not np.all(tiers.max_leverage >= 1):
        raise ValueError("tiers.max_leverage must be at least 1")


def tier_index(tiers: TierTable, notional: float) -> int:
    """Return the row of the tier that holds `notional` (quote currency)."""
    return int(np.searchsorted(tiers.floor, notional, side="right")) - 1


def maintenance_for(leverage: Floats, tiers: TierTable, position_notional: float) -> Floats:
    """Return the effective maintenance rate of a position of `position_notional` at each leverage.

    leverage float64[K], position_notional in quote currency -> float64[K], fraction of notional:
    rate - amount / notional, so a caller may go on as if the maintenance amount were 0. Where the tier of that notional
    does not allow the leverage, the position is taken to be as large as the highest tier that does. NaN where no tier
    allows it: nobody can hold such a position on that market. Raises ValueError for a bad table, leverage or notional.
    """
    check_tiers(tiers)
    if not (np.isfinite(position_notional) and position_notional > 0):
        raise ValueError(f"position_notional must be above 0 and finite, not {position_notional}")
    if not np.all(leverage > 0):
        raise ValueError("leverage must be above 0")
    ceiling = np.append(tiers.floor[1:], np.inf)
    usual = tier_index(tiers, position_notional)
    allowed = tiers.max_leverage[None, : usual + 1] >= leverage[:, None]
    index = usual - np.argmax(allowed[:, ::-1], axis=1)
    notional = np.minimum(position_notional, ceiling[index])
    rate = tiers.maintenance_rate[index] - tiers.maintenance_amount[index] / notional
    return np.where(allowed.any(axis=1), rate, np.nan)
