"""HTX's liquidation orders: read two hours at a time, as it takes no longer range in one question."""

from collections.abc import Callable
from time import monotonic
from typing import Any

import numpy as np

from service.heatmap.base import Floats
from service.market.contract import BadData, ExchangeUnavailable, Liquidations
from service.market.venues.liquidation_orders import by_bar
from service.times import DAY_MS, HOUR_MS

WINDOW_MS = 2 * HOUR_MS
# HTX answers for 90 days. A day takes at least 12 questions, so that 15 days, of which skill needs 10, are as many as a
# caller can be let wait for: 180 questions.
RETENTION_MS, REACH_MS = 89 * DAY_MS, 15 * DAY_MS
MOST_ROWS, MOST_PAGES = 100, 20
# What a caller waits at most: an HTX that takes a third of a second for each question is too slow for this.
MOST_SECONDS = 60.0
SIDES = ("long", "short")

Ask = Callable[[dict[str, Any]], Any]


def liquidations(
    exchange: str,
    ask: Ask,
    span: tuple[int, int],
    step: int,
    now: int,
    ticks: Callable[[], float] = monotonic,
) -> Liquidations:
    """Return liquidations by closed bar, at most the newest REACH_MS of the range.

    ask    sends one question
    now    epoch ms
    ticks  monotonic seconds, for how long it all takes

    Raises BadData on anything but orders in USDT with a side, ExchangeUnavailable where it takes too long, and whatever
    `ask` raises.
    """
    began = ticks()
    until = min(span[1], now) // step * step
    since = -(-max(span[0], until - REACH_MS, now - RETENTION_MS) // step) * step
    orders: list[Floats] = [np.empty((0, 3))]
    unknown: list[tuple[int, int]] = []
    for start in range(since, until, WINDOW_MS):
        if ticks() - began > MOST_SECONDS:
            raise ExchangeUnavailable(exchange, f"liquidations: not read within {MOST_SECONDS:g} s")
        stop = min(start + WINDOW_MS, until)
        found, reached = _window(exchange, ask, start, stop)
        orders.append(found)
        if reached > start:
            unknown.append((start, reached + 1))
    return by_bar(np.concatenate(orders), (since, max(since, until)), step, unknown)


def _window(exchange: str, ask: Ask, start: int, stop: int) -> tuple[Floats, int]:
    """Return a window's orders, newest first, and the time back to which they are whole."""
    found: dict[str, tuple[float, float, float]] = {}
    paging: dict[str, Any] = {}
    for _ in range(MOST_PAGES):
        rows = _rows(exchange, ask({"start_time": start, "end_time": stop - 1, "limit": MOST_ROWS, **paging}))
        new = {key: order for key, order in (_order(exchange, row) for row in rows) if key not in found}
        found |= new
        # an id that was asked from may come again
        if len(rows) < MOST_ROWS or not new:
            return _table(found), start
        paging = {"direct": "prev", "from": min(new, key=int)}
    return _table(found), int(min(order[0] for order in found.values()))


def _table(found: dict[str, tuple[float, float, float]]) -> Floats:
    return np.array(list(found.values()), dtype=np.float64).reshape(-1, 3)


def _rows(exchange: str, answer: Any) -> list[Any]:  # noqa: ANN401 - JSON
    rows = answer.get("data") if isinstance(answer, dict) and answer.get("code") == 200 else None  # noqa: PLR2004 - HTX's code for success
    if not isinstance(rows, list):
        raise BadData(exchange, "liquidations: not a list of orders")
    return rows


def _order(exchange: str, row: Any) -> tuple[str, tuple[float, float, float]]:  # noqa: ANN401 - JSON
    """Return id, time, and USDT of longs and of shorts; in one-way mode the order's side tells whom it closed."""
    try:
        key, time, usd = str(int(row["id"])), float(row["liquidation_time"]), float(row["trade_turnover"])
        side = row["position_side"] if row["position_side"] in SIDES else {"sell": "long", "buy": "short"}[row["side"]]
    except (TypeError, ValueError, LookupError) as error:
        raise BadData(exchange, "liquidations: an order without id, time, turnover or side") from error
    if not (np.isfinite(usd) and usd >= 0 and np.isfinite(time)):
        raise BadData(exchange, f"liquidations: an order of {usd} USDT at {time}")
    return key, (time, usd, 0.0) if side == "long" else (time, 0.0, usd)
