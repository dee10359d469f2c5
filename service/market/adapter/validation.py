"""Payload validation: nothing an exchange sent goes further unless it passes here."""

from dataclasses import replace
from typing import Any

import numpy as np

from service.heatmap.base import Floats, Times
from service.market.adapter.repairs import EARLIEST, LATEST, Mask
from service.market.contract import AccountRatio, BadData, Candles, Funding, OpenInterest, OrderBook, Tiers, ladder
from service.times import to_the_minute

_LEVEL = 2
# Beyond it no number is a price, an amount or a cap in any unit; what is worked out of smaller ones is a number too.
MOST = 1e30
# What comes of what is no row of numbers; a whole number may be too long for a float.
UNREADABLE = (TypeError, ValueError, OverflowError)


def rows_in_order(exchange: str, what: str, rows: object, width: int) -> Floats:
    """Return rows as float64[n, width], oldest first and each time once; the time (epoch ms) is column 0.

    Raises BadData on anything but numbers, on NaN and infinity, on times that go back and forth, and on two different
    rows for one time. Venues send newest first or oldest first; both are fine.
    """
    table = _table(exchange, what, rows, width)
    steps = np.diff(table[:, 0])
    if (steps <= 0).all():
        table = table[::-1]
    elif not (steps >= 0).all():
        raise BadData(exchange, f"{what}: times go back and forth, first at {when(table[1:][steps < 0][0])}")
    repeated = np.diff(table[:, 0]) == 0
    if (table[1:][repeated] != table[:-1][repeated]).any():
        raise BadData(exchange, f"{what}: two different rows at {when(table[1:][repeated][0])}")
    kept: Floats = table[np.concatenate([np.ones(min(1, len(table)), dtype=bool), ~repeated])]
    return kept


def _table(exchange: str, what: str, rows: object, width: int) -> Floats:
    if not isinstance(rows, list):
        raise BadData(exchange, f"{what}: not a list of rows")
    if not rows:
        return np.empty((0, width))
    try:
        table = np.array(rows, dtype=np.float64)
    except UNREADABLE as error:
        raise BadData(exchange, f"{what}: rows that are not {width} numbers each") from error
    if table.shape != (len(rows), width):
        raise BadData(exchange, f"{what}: rows that are not {width} numbers each")
    unusable = ~usable(table).all(axis=1)
    if unusable.any():
        raise BadData(
            exchange, f"{what}: null, NaN, infinity or beyond any amount in row {int(unusable.argmax())} of {len(rows)}"
        )
    off = (table[:, 0] < EARLIEST) | (table[:, 0] >= LATEST) | (table[:, 0] % 1 != 0)
    if off.any():
        raise BadData(exchange, f"{what}: {table[off][0, 0]:.0f} is not a time in ms")
    return table


def usable(values: Floats) -> Mask:
    """Tell of each value whether it can be a price, an amount or a time: neither NaN nor too large."""
    found: Mask = np.abs(values) <= MOST
    return found


def require_amounts(exchange: str, what: str, rows: object, width: int) -> Floats:
    """Return rows as `rows_in_order` does; raise BadData where an amount is negative."""
    table = rows_in_order(exchange, what, rows, width)
    below = (table[:, 1:] < 0).any(axis=1)
    if below.any():
        raise BadData(exchange, f"{what}: an amount below 0 at {when(table[below][0])}")
    return table


def candles(table: Floats) -> Candles:
    """Return validated rows as Candles."""
    return Candles(_times(table), *np.ascontiguousarray(table.T[1:]))


def open_interest(table: Floats) -> OpenInterest:
    """Return validated rows as OpenInterest."""
    return OpenInterest(_times(table), np.ascontiguousarray(table[:, 1]))


def order_book(
    exchange: str, payload: dict[str, Any], per_unit: float, now: int, *, inverse: bool = False
) -> OrderBook:
    """Return ccxt's order book in base coin; raise BadData if a side is empty, out of order or crossed.

    `per_unit` turns the venue's unit into base coin, or into quote currency (at the level's price) where `inverse`.
    """
    bids = _side(exchange, "bids", payload["bids"], per_unit)
    asks = _side(exchange, "asks", payload["asks"], per_unit)
    if inverse:
        for side in (bids, asks):
            side[:, 1] /= side[:, 0]
    if not (np.diff(bids[:, 0]) < 0).all() or not (np.diff(asks[:, 0]) > 0).all():
        raise BadData(exchange, "order book: a price level stands twice")
    if bids[0, 0] >= asks[0, 0]:
        raise BadData(exchange, f"order book: best bid {bids[0, 0]:g} is not below best ask {asks[0, 0]:g}")
    return OrderBook(time=_time(exchange, "order book", payload["timestamp"], now), bids=bids, asks=asks)


def _side(exchange: str, name: str, levels: object, per_unit: float) -> Floats:
    if not isinstance(levels, list) or not levels:
        raise BadData(exchange, f"order book: no {name}")
    try:
        # some venues add an order count or id to each level
        side = np.array([level[:_LEVEL] for level in levels], dtype=np.float64)
    except UNREADABLE as error:
        raise BadData(exchange, f"order book: {name} that are not price and amount") from error
    if side.shape != (len(levels), _LEVEL) or not usable(side).all() or (side <= 0).any():
        raise BadData(exchange, f"order book: {name} with a price or amount that is missing or not above 0")
    side[:, 1] *= per_unit
    return side


def funding(exchange: str, payload: dict[str, Any], interval_hours: float, now: int) -> Funding:
    """Return ccxt's funding rate; raise BadData unless it is a share of notional."""
    rate = payload["fundingRate"]
    if not isinstance(rate, int | float) or not -1 < rate < 1:
        raise BadData(exchange, f"funding: rate {rate!r}")
    if not 0 < interval_hours <= 7 * 24:
        raise BadData(exchange, f"funding: interval of {interval_hours!r} hours")
    return Funding(float(rate), interval_hours, _time(exchange, "funding", payload["timestamp"], now))


def account_ratio(exchange: str, rows: object) -> AccountRatio:
    """Return the newest of (time, ratio) rows; raise BadData unless it is a finite ratio above 0."""
    table = rows_in_order(exchange, "account ratio", rows, 2)
    if not len(table):
        raise BadData(exchange, "account ratio: none")
    time, ratio = table[-1]
    if ratio <= 0:
        raise BadData(exchange, f"account ratio: {ratio:g} at {when(table[-1])}")
    return AccountRatio(float(ratio), int(time))


def tiers(exchange: str, rows: object, quote_per_unit: float, source: str, *, coin_price: float | None = None) -> Tiers:
    """Return ccxt's leverage tiers with floors in quote currency; raise BadData unless they rise and can be held.

    `quote_per_unit` turns the venue's unit of notional (contracts at some) into quote currency. A tier's floor is
    the cap of the tier below it: some venues leave a gap of one lot between the two.
    """
    if not isinstance(rows, list) or not rows:
        raise BadData(exchange, "risk tiers: none")
    wanted = ("maxNotional", "maintenanceMarginRate", "maxLeverage")
    try:
        table = np.array([[row[key] for key in wanted] for row in rows], dtype=np.float64)
    except (*UNREADABLE, LookupError) as error:
        raise BadData(exchange, "risk tiers: a row without cap, maintenance rate or leverage") from error
    table = table[np.argsort(table[:, 0], kind="stable")]
    cap, rate, leverage = table.T
    if not usable(table).all() or (cap <= 0).any() or (np.diff(cap) <= 0).any():
        raise BadData(exchange, "risk tiers: caps that are missing or do not rise")
    if (rate <= 0).any() or (rate >= 1).any() or (np.diff(rate) < 0).any() or (leverage < 1).any():
        raise BadData(exchange, "risk tiers: a maintenance rate that falls or is not a share, or leverage under 1")
    require_holdable(exchange, rate, leverage)
    cap = cap * quote_per_unit
    found = ladder(np.concatenate([[0.0], cap[:-1]]), rate, leverage, source, float(cap[-1]))
    return replace(found, coin_price=coin_price)


def require_holdable(exchange: str, rate: Floats, leverage: Floats) -> None:
    """Raise BadData where a maintenance rate is at or above 1 / leverage: nobody could hold such a position."""
    taken = rate * leverage >= 1.0
    if taken.any():
        one, most = rate[taken][0], leverage[taken][0]
        raise BadData(exchange, f"risk tiers: a maintenance rate of {one:g} at a leverage of {most:g} leaves no margin")


def _time(exchange: str, what: str, value: object, now: int) -> int:
    """Return the venue's own time, `now` where it gives none."""
    if value is None:
        return now
    if not isinstance(value, int | float) or not EARLIEST <= value < LATEST:
        raise BadData(exchange, f"{what}: {value!r} is not a time in ms")
    return int(value)


def _times(table: Floats) -> Times:
    return table[:, 0].astype(np.int64)


def when(row: Floats) -> str:
    """Return a row's time in words."""
    return to_the_minute(row[0])
