"""Risk tiers: how much maintenance margin a position of a given notional needs."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias

import numpy as np

from service.heatmap.base.arrays import Floats

MAX_RATE = 0.9
# What a tier's borders are counted in: the contract's quote currency, or its base coin.
Counted: TypeAlias = Literal["quote", "base"]


class TierTable(Protocol):
    """Risk tiers, lowest first: any object with these four float64[n] columns and a cap will do.

    Attributes
    ----------
    floor : float64[n]
        Least position of each tier, in what `counted_in` says; the first is 0.
    maintenance_rate : float64[n]
        Maintenance margin rate, fraction of notional.
    maintenance_amount : float64[n]
        Amount deducted from rate x notional, in the currency of the margin: quote, coin for inverse contracts.
    max_leverage : float64[n]
        Most leverage that a position of the tier may be opened with.
    cap : float
        Most that the last tier holds, as `floor`; inf where none is stated.
    counted_in : {"quote", "base"}
        What the borders are counted in. Where that is what a contract's size is counted in (`base` of a linear one,
        `quote` of an inverse one) the tier stays as the price moves.
    by_leverage : sequence of (float, TierTable)
        A table for each leverage, rising, where the exchange has several; else nothing.
    """

    @property
    def counted_in(self) -> Counted:
        """Return what the borders are counted in."""

    @property
    def by_leverage(self) -> "Sequence[tuple[float, TierTable]]":
        """Return a table for each leverage, rising, where the exchange has several; else nothing."""

    @property
    def floor(self) -> Floats:
        """Return the least position of each tier, in what `counted_in` says; floor[0] == 0."""

    @property
    def maintenance_rate(self) -> Floats:
        """Return the maintenance margin rate, fraction of notional."""

    @property
    def maintenance_amount(self) -> Floats:
        """Return the amount deducted from rate x notional, in the currency of the margin."""

    @property
    def max_leverage(self) -> Floats:
        """Return the most leverage a position of the tier may be opened with."""

    @property
    def cap(self) -> float:
        """Return the most that the last tier holds, as `floor`; inf where none is stated."""


@dataclass(frozen=True, eq=False)
class MarginTiers:
    """A tier table of our own making; columns as in `TierTable`."""

    floor: Floats
    maintenance_rate: Floats
    maintenance_amount: Floats
    max_leverage: Floats
    cap: float = np.inf
    counted_in: Counted = "quote"
    by_leverage: "Sequence[tuple[float, TierTable]]" = ()


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
    """Return the row of the tier that holds `notional`, counted as the tiers' borders are."""
    return int(np.searchsorted(tiers.floor, notional, side="right")) - 1


def on_the_whole(tiers: TierTable) -> MarginTiers:
    """Return the table of an exchange that applies the tier's rate to the whole position: nothing is deducted."""
    return MarginTiers(
        floor=tiers.floor,
        maintenance_rate=tiers.maintenance_rate,
        maintenance_amount=np.zeros(len(tiers.floor)),
        max_leverage=tiers.max_leverage,
        cap=tiers.cap,
        counted_in=tiers.counted_in,
        by_leverage=[(leverage, on_the_whole(table)) for leverage, table in tiers.by_leverage],
    )


def nearest_leverage(offered: Sequence[float], leverage: float) -> float:
    """Return the lowest leverage on offer that is not below the one wanted, the highest where all are."""
    above = [each for each in offered if each >= leverage]
    return min(above) if above else max(offered)


def table_for(tiers: TierTable, leverage: float) -> TierTable:
    """Return the table that holds at a leverage, of an exchange with one for each: else the table itself.

    Its rate is an adjustment factor over the leverage. Of a leverage that is not on offer, the factor is that of the
    nearest one above.
    """
    if not tiers.by_leverage:
        return tiers
    tables = dict(tiers.by_leverage)
    nearest = nearest_leverage(list(tables), leverage)
    table = tables[nearest]
    return MarginTiers(
        floor=table.floor,
        maintenance_rate=table.maintenance_rate * nearest / leverage,
        maintenance_amount=table.maintenance_amount,
        max_leverage=table.max_leverage,
        cap=table.cap,
        counted_in=table.counted_in,
    )


def maintenance_for(leverage: Floats, tiers: TierTable, position_notional: float) -> Floats:
    """Return the effective maintenance rate of a position of `position_notional` at each leverage.

    leverage float64[K], position_notional in quote currency -> float64[K], fraction of notional:
    rate - amount / notional, so a caller may go on as if the maintenance amount were 0. Where the tier of that notional
    does not allow the leverage, the position is taken to be as large as the highest tier that does. NaN where no tier
    allows it: nobody can hold such a position on that market. Where the exchange has a ladder for each leverage, its
    rate is the ladder's adjustment factor, which lies between those of the leverages on offer, over the leverage.
    The table is one that `check_tiers` lets pass. Raises ValueError for a bad leverage or notional.
    """
    if not (np.isfinite(position_notional) and position_notional > 0):
        raise ValueError(f"position_notional must be above 0 and finite, not {position_notional}")
    if not np.all(leverage > 0):
        raise ValueError("leverage must be above 0")
    if tiers.by_leverage:
        return _factor_over_leverage(leverage, tiers, position_notional)
    ceiling = np.append(tiers.floor[1:], np.inf)
    usual = tier_index(tiers, position_notional)
    allowed = tiers.max_leverage[None, : usual + 1] >= leverage[:, None]
    index = usual - np.argmax(allowed[:, ::-1], axis=1)
    notional = np.minimum(position_notional, ceiling[index])
    rate = tiers.maintenance_rate[index] - tiers.maintenance_amount[index] / notional
    return np.where(allowed.any(axis=1), rate, np.nan)


def _factor_over_leverage(leverage: Floats, tiers: TierTable, position_notional: float) -> Floats:
    offered = np.array([each for each, _ in tiers.by_leverage])
    rate = [float(table.maintenance_rate[tier_index(table, position_notional)]) for _, table in tiers.by_leverage]
    between = np.asarray(np.interp(leverage, offered, np.array(rate) * offered), dtype=np.float64)
    return np.where(leverage <= offered[-1], between / leverage, np.nan)
