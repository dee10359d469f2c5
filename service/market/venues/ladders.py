"""Risk ladders that a venue publishes per leverage, made into one ladder by notional."""

from typing import Any

import numpy as np

from service.heatmap.base import Floats
from service.market.adapter import ladder
from service.market.contract import BadData, Tiers


def tiers_of_ladders(exchange: str, rows: object, quote_per_unit: float) -> Tiers:
    """Return tiers of a list of steps (from, to, maintenance rate, leverage), several of which overlap.

    In each run of sizes the most leverage that is allowed there counts, with the maintenance rate it carries; the rate
    is kept from falling as size grows. A position at less leverage may be held to another rate by the venue. A step
    without an end reaches any size, and one step ends where the next begins: venues count whole contracts.
    Raises BadData on anything but numbers in range.
    """
    floor, cap, rate, leverage = _columns(exchange, rows)
    floors, found = np.union1d(floor, cap[cap < cap.max()]), []
    for size in floors:
        covers = (floor <= size) & (size < cap)
        if not covers.any():
            raise BadData(exchange, f"risk tiers: no step holds a size of {size:g}")
        most = leverage[covers].max()
        found.append((rate[covers & (leverage == most)].max(), most))
    merged = np.array(found)
    rates, leverages = np.maximum.accumulate(merged[:, 0]), np.minimum.accumulate(merged[:, 1])
    new = np.concatenate([[True], (np.diff(rates) != 0) | (np.diff(leverages) != 0)])
    return ladder(floors[new] * quote_per_unit, rates[new], leverages[new], "exchange", cap.max() * quote_per_unit)


def _columns(exchange: str, rows: object) -> tuple[Floats, Floats, Floats, Floats]:
    if not isinstance(rows, list) or not rows:
        raise BadData(exchange, "risk tiers: none")
    try:
        table = np.array([_step(row) for row in rows], dtype=np.float64)
    except (TypeError, ValueError, LookupError) as error:
        raise BadData(exchange, "risk tiers: a step without size, maintenance rate or leverage") from error
    floor, cap, rate, leverage = np.ascontiguousarray(table.T)
    if not np.isfinite(table[:, [0, 2, 3]]).all() or (floor < 0).any() or floor.min() != 0 or not (cap > floor).all():
        raise BadData(exchange, "risk tiers: sizes that do not start at 0 or do not rise")
    if (rate <= 0).any() or (rate >= 1).any() or (leverage < 1).any():
        raise BadData(exchange, "risk tiers: a maintenance rate that is not a share, or leverage under 1")
    return floor, cap, rate, leverage


def _step(row: dict[str, Any]) -> tuple[float, float, float, float]:
    cap = row["maxNotional"]
    return (row["minNotional"], np.inf if cap is None else cap + 1, row["maintenanceMarginRate"], row["maxLeverage"])
