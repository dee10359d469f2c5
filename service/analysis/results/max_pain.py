"""Max pain of many symbols: where the hottest run of each side peaks now, and what stands there."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from service.analysis.concurrency.cost import Work, checked_cost, passes_of
from service.analysis.maps.axes import axis_around
from service.analysis.maps.group_map import group_column
from service.analysis.maps.newest_heat import newest_heat
from service.analysis.markets.group import Group
from service.analysis.markets.loading import exchanges_of
from service.analysis.markets.many_symbols import load_markets, symbols_of
from service.analysis.prepared import Prepared
from service.analysis.requests import AxisRequest, BarsRequest
from service.analysis.services import Services
from service.heatmap import BadInput, Side
from service.market.feed import BOOK_SECONDS

# Inventories taken of each market: on the axis of heat, and on that of the amounts.
PASSES = 2


@dataclass(frozen=True, kw_only=True)
class MaxPainRequest:
    """Many symbols on the same exchanges and bars; None stands for those that a scan would take."""

    bars: BarsRequest
    axis: AxisRequest
    symbols: tuple[str, ...] | None


@dataclass(frozen=True)
class Pain:
    """A price at which a side's hottest run peaks, and the USD notional in the bin that holds it."""

    price: float
    notional: float


@dataclass(frozen=True)
class MaxPainRow:
    """One coin, as `price` finds it; a side is None where nothing of it is hot."""

    coin: str
    price: float
    long: Pain | None
    short: Pain | None


def prepare_max_pain(services: Services, request: MaxPainRequest) -> Prepared[tuple[MaxPainRow, ...]]:
    """Load every symbol on every exchange, side by side; raises MarketError or BadInput where nothing came."""
    names = exchanges_of(services, request.bars.exchange)
    wanted = [request.bars.of_symbol(symbol) for symbol in symbols_of(services, request.symbols, names)]
    passes = PASSES - 1 + passes_of(request.bars, ensemble=False)
    work = Work(exchanges=len(names), markets=len(wanted) * len(names), passes=passes)
    admitted = services.work.admit(checked_cost(work, request.bars))
    markets = load_markets(services, wanted, names)
    return Prepared(markets.fingerprint, BOOK_SECONDS, admitted.computing(lambda: _rows(markets.groups, request.axis)))


def _rows(groups: Mapping[str, Group], axis: AxisRequest) -> tuple[MaxPainRow, ...]:
    """Return a row for each market, two ways to write one being one; raises BadInput where none has an axis."""
    rows: dict[str, MaxPainRow] = {}
    refused: list[BadInput] = []
    for group in groups.values():
        symbol = group.reference.data.symbol
        try:
            rows.setdefault(symbol, _row(symbol.partition("/")[0], group, axis))
        except BadInput as error:
            refused.append(error)
    if not rows:
        raise refused[0]
    return tuple(rows.values())


def _row(coin: str, group: Group, asked: AxisRequest) -> MaxPainRow:
    axis = axis_around(group, asked)
    pain = newest_heat(group, axis).max_pain
    sides = group_column(group, axis).total.sides

    def at(price: float | None, side: Side) -> Pain | None:
        if price is None:
            return None
        place = int(np.clip(np.searchsorted(axis.edges, price, "right") - 1, 0, axis.count - 1))
        return Pain(price, float(sides[side].notional[place]))

    return MaxPainRow(coin, group.price, at(pain.long, Side.LONG), at(pain.short, Side.SHORT))
