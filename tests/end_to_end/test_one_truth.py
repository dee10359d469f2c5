"""One true market in each exchange's own units, sides and contract sizes: each builds the map that the truth gives.

Compared in USD and not over each exchange's own open interest, so that a wrong unit cannot cancel out; and with a map
that no adapter had a hand in, so that all of them being wrong alike would show as well.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from service.heatmap.base.axis import PriceAxis
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import Side
from service.heatmap.inventory.assumptions import Assumptions, VenueTerms
from service.heatmap.inventory.inventory import Heatmap, heatmap_of, take_inventory
from service.heatmap.inventory.leverage import parse_mix
from service.market.contract import TIMEFRAMES
from service.market.venues import ADAPTERS
from tests.emulator import Emulator, Truth
from tests.end_to_end.stage import CURRENT, REAL, Stage

ABLE = {adapter.id: adapter.capabilities for adapter in ADAPTERS}
INVERSE = ("bybit", "okx")
LOOKBACKS = {"5m": "1d", "1h": "7d", "4h": "30d"}
MARKETS = [
    *((name, coin, "1h") for name in REAL for coin in ("BTC", "ETH", "SOL")),
    *((name, "BTC", frame) for name in REAL for frame in ("5m", "4h")),
    *((name, "BTCUSD", frame) for name in INVERSE for frame in LOOKBACKS),
]


@dataclass(frozen=True, eq=False)
class Pair:
    """The answer of one exchange, and the map that the truth gives by its rule, tiers and fee on the same axis."""

    body: Any
    true: Heatmap

    def apart(self, side: str) -> np.ndarray:
        """Return the USD that lie in other cells, by column, beyond what rounding a cell moves."""
        shown, true = np.array(self.body["grid"][side]), getattr(self.true, side)
        rounding = 0.5 * self.body["grid"]["resolution"]
        usd: np.ndarray = np.maximum(np.abs(shown - true) - rounding, 0.0).sum(axis=1)
        return usd


@pytest.fixture(scope="module")
def stage(walk: Emulator) -> Iterator[Stage]:
    """Serve every exchange of one truth; `pair` sets the time."""
    with Stage(walk, REAL) as found:
        yield found


@pytest.fixture(params=MARKETS, ids="-".join)
def pair(request: pytest.FixtureRequest, emulator: Emulator, stage: Stage) -> Pair:
    """Return the map of each market beside the truth's."""
    name, symbol, timeframe = request.param
    # One mix for all: the default is each exchange's own.
    query = {"timeframe": timeframe, "mix": "retail", "lookback": LOOKBACKS[timeframe], "bins": 200, "range_pct": 60}
    body = stage.ask("/v1/heatmap", exchange=name, symbol=symbol, **query)
    step = TIMEFRAMES[timeframe]
    adapter = stage.exchange(name)
    market = adapter.markets()[body["symbol"]]
    rule = adapter.liquidation_rule + ("-inverse" if market.inverse else "")
    venue = VenueTerms(rule, adapter.tiers(market.symbol), market.taker_fee)
    ends = body["grid"]["time"][-1] + step
    bars = true_bars(
        emulator.truth,
        market.base,
        (ends - body["coverage"]["bars"] * step, ends),
        step,
        marked=adapter.capabilities.mark_price,
        inverse=market.inverse,
    )
    edges, size = body["grid"]["edges"], body["grid"]["bin_size"]
    axis = PriceAxis(size, round(edges[0] / size), len(edges) - 1)
    columns = len(body["grid"]["time"])
    return Pair(body, heatmap_of(take_inventory(bars, Assumptions.of(parse_mix("retail"), rule), venue, axis, columns)))


def true_bars(truth: Truth, coin: str, span: tuple[int, int], step: int, *, marked: bool, inverse: bool) -> Bars:
    """Return the true bars from span[0] to span[1], with every open interest; in USD for an inverse contract."""
    traded = truth.candles(coin, step, span[1])
    mark = truth.candles(coin, step, span[1], mark=True) if marked else traded
    kept = (traded.time >= span[0]) & (traded.time + step <= span[1])
    worth = traded.close if inverse else np.ones(len(traded.close))
    return Bars(
        time=traded.time[kept],
        open=traded.open[kept],
        high=traded.high[kept],
        low=traded.low[kept],
        close=traded.close[kept],
        volume=(traded.volume * worth)[kept],
        open_interest=(traded.open_interest * worth)[kept],
        mark_low=mark.low[kept],
        mark_high=mark.high[kept],
        step=step,
    )


def test_the_newest_column_is_the_truths(pair: Pair) -> None:
    """Within 1 % of what stands on each side where open interest is told as of now alone, half of that elsewhere."""
    assert len(pair.body["grid"]["time"]) == len(pair.true.time)
    apart = 0.01 if pair.body["exchange"] in CURRENT else 0.005
    for side in Side:
        assert pair.apart(side)[-1] < apart * getattr(pair.true, side)[-1].sum()
        account, true = pair.body["accounting"][side], pair.true.accounts[side]
        for name in ("open_interest", "in_grid", "outside_grid", "unlevered"):
            assert account[name] == pytest.approx(getattr(true, name), rel=0, abs=apart * true.open_interest)


def test_every_column_is_the_truths_where_open_interest_is_known(pair: Pair) -> None:
    """Of an exchange that tells open interest bar by bar nothing is lost: all columns are the same to a thousandth."""
    body = pair.body
    if body["coverage"]["open_interest_share"] < 1:
        assert any("pen interest" in warning for warning in body["warnings"])
    elif body["timeframe"] in ABLE[body["exchange"]].open_interest_timeframes:
        whole = (pair.true.long + pair.true.short).sum(axis=1)
        assert max((pair.apart(side) / whole).max() for side in ("long", "short")) < 1e-3
