"""Hours: what a source gives of one coin, and how an hour is split into five-minute slices.

Amounts are whole numbers of lots (1 / `per_coin` coin), so that sums of parts equal the whole exactly.
"""

from dataclasses import dataclass, fields, replace
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

HOUR = 3_600_000
SLICE = 300_000
PARTS = HOUR // SLICE
MARK_WICK = 0.8  # the mark price follows only this share of a wick beyond the body

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Coin:
    """The grain of one coin: prices are multiples of 10^-`price_digits`, amounts of 1/`per_coin`."""

    base: str
    price_digits: int
    per_coin: int


COINS = {"BTC": Coin("BTC", 1, 1000), "ETH": Coin("ETH", 2, 1000), "SOL": Coin("SOL", 3, 1)}


@dataclass(frozen=True, eq=False)
class Hours:
    """Hours of one coin, oldest first; one side's open interest at the close, amounts in lots."""

    coin: Coin
    time: Ints
    open: Floats
    high: Floats
    low: Floats
    close: Floats
    volume: Ints
    taker_buy: Ints
    trades: Ints
    open_interest: Ints
    liquidated_long: Ints
    liquidated_short: Ints
    ratio: Floats

    def where(self, chosen: Any) -> Self:
        """Return the rows that `chosen` (a mask or a slice) selects."""
        columns = [f.name for f in fields(self) if f.name != "coin"]
        return replace(self, **{name: getattr(self, name)[chosen] for name in columns})


@dataclass(frozen=True, eq=False)
class Slices(Hours):
    """Five-minute parts of hours, with the mark price beside the traded one."""

    mark_open: Floats
    mark_high: Floats
    mark_low: Floats
    mark_close: Floats


def mark_range(hours: Hours) -> tuple[Floats, Floats]:
    """Return the mark price's high and low: it keeps each hour's body and follows most of each wick."""
    top, bottom = np.maximum(hours.open, hours.close), np.minimum(hours.open, hours.close)
    digits = hours.coin.price_digits
    high: Floats = np.round(top + MARK_WICK * (hours.high - top), digits)
    low: Floats = np.round(bottom - MARK_WICK * (bottom - hours.low), digits)
    return high, low


def split(hours: Hours, first_open_interest: int) -> Slices:
    """Split each hour into twelve slices that aggregate back to exactly that hour."""
    nodes = _path(hours, hours.high, hours.low)
    mark = _path(hours, *mark_range(hours))
    moved = np.abs(np.diff(nodes, axis=1))
    weight = 1.0 + moved / np.maximum(moved.max(axis=1, keepdims=True), 1e-12)
    before = np.concatenate(([first_open_interest], hours.open_interest[:-1]))
    rise = (hours.open_interest - before)[:, None] * (np.arange(1, PARTS + 1) / PARTS)
    parts = {name: _share(getattr(hours, name), weight) for name in ("volume", "taker_buy", "trades")}
    parts |= {name: _share(getattr(hours, name), weight) for name in ("liquidated_long", "liquidated_short")}
    return Slices(
        coin=hours.coin,
        time=(hours.time[:, None] + SLICE * np.arange(PARTS)).ravel(),
        open=nodes[:, :-1].ravel(),
        close=nodes[:, 1:].ravel(),
        high=np.maximum(nodes[:, :-1], nodes[:, 1:]).ravel(),
        low=np.minimum(nodes[:, :-1], nodes[:, 1:]).ravel(),
        mark_open=mark[:, :-1].ravel(),
        mark_close=mark[:, 1:].ravel(),
        mark_high=np.maximum(mark[:, :-1], mark[:, 1:]).ravel(),
        mark_low=np.minimum(mark[:, :-1], mark[:, 1:]).ravel(),
        open_interest=(before[:, None] + np.round(rise)).astype(np.int64).ravel(),
        ratio=np.repeat(hours.ratio, PARTS),
        **parts,
    )


def _path(hours: Hours, high: Floats, low: Floats) -> Floats:
    """Return N x 13 prices: up hours go open, low, high, close; down hours open, high, low, close."""
    rising = hours.close >= hours.open
    corners = np.stack([hours.open, np.where(rising, low, high), np.where(rising, high, low), hours.close], axis=1)
    leg, along = np.divmod(np.arange(PARTS + 1), PARTS // 3)
    leg, along = np.minimum(leg, 2), np.where(leg > 2, PARTS // 3, along) / (PARTS // 3)
    walked = corners[:, leg] + (corners[:, leg + 1] - corners[:, leg]) * along
    path: Floats = np.round(walked, hours.coin.price_digits)
    return path


def _share(totals: Ints, weight: Floats) -> Ints:
    """Divide whole totals by weight into whole parts that sum to them."""
    until = np.cumsum(weight, axis=1) / weight.sum(axis=1, keepdims=True)
    until[:, -1] = 1.0
    steps = np.round(totals[:, None] * until).astype(np.int64)
    parts: Ints = np.diff(steps, axis=1, prepend=0).ravel()
    return parts
