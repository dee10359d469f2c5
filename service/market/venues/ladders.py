"""Risk ladders that a venue publishes per leverage: each by itself, and all in one ladder by notional."""

from dataclasses import replace
from typing import Any

import numpy as np

from service.heatmap.base import Floats
from service.market.adapter import require_holdable
from service.market.contract import BadData, Tiers, ladder


def tiers_of_ladders(exchange: str, rows: object, coins_per_unit: float, coin_price: float) -> Tiers:
    """Return tiers of a list of steps (from, to, maintenance rate, leverage), several of which overlap.

    Each leverage has its own ladder, `by_leverage`. In the one for them all the most leverage that is allowed counts in
    each run of sizes, with the maintenance rate it carries; the rate is kept from falling as size grows. A step
    without an end reaches any size, and one step ends where the next begins: venues count whole contracts.
    Raises BadData on anything but numbers in range.
    """
    floor, cap, rate, leverage = _columns(exchange, rows)
    quote_per_unit = coins_per_unit * coin_price
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
    most = float(cap.max()) * quote_per_unit
    of_all = ladder(floors[new] * quote_per_unit, rates[new], leverages[new], "exchange", most)
    by_leverage = []
    for offered in np.unique(leverage):
        steps = np.flatnonzero(leverage == offered)
        steps = steps[np.argsort(floor[steps], kind="stable")]
        # smaller sizes than its first step has are held to that one
        floors_of_it = np.append(0.0, floor[steps][1:])
        most = float(cap[steps].max()) * quote_per_unit
        own = ladder(floors_of_it * quote_per_unit, rate[steps], leverage[steps], "exchange", most)
        by_leverage.append((float(offered), replace(own, coin_price=coin_price)))
    return replace(of_all, coin_price=coin_price, by_leverage=tuple(by_leverage))


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
    require_holdable(exchange, rate, leverage)
    return floor, cap, rate, leverage


def _step(row: dict[str, Any]) -> tuple[float, float, float, float]:
    cap = row["maxNotional"]
    return (row["minNotional"], np.inf if cap is None else cap + 1, row["maintenanceMarginRate"], row["maxLeverage"])
