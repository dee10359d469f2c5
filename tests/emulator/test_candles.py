"""Candles through real ccxt against the truth, in base coin."""

import ccxt
import numpy as np
import pytest

from tests.emulator import Emulator, Truth
from tests.emulator.clients import DIALECTS, bars, dialect_of, having

STEPS = {"5m": 300_000, "15m": 900_000, "30m": 1_800_000, "1h": 3_600_000, "4h": 14_400_000, "1d": 86_400_000}
LINEAR = sorted(name for name in DIALECTS if "inverse" not in name)
MARKED = having("fetchMarkOHLCV")
HOUR = STEPS["1h"]


@pytest.mark.parametrize("timeframe", STEPS)
def test_candles_are_the_truth(truth: Truth, emulator: Emulator, client: ccxt.Exchange, timeframe: str) -> None:
    """Fifty bars from a start: exact times and prices, volumes to the rounding of a contract."""
    step, dialect = STEPS[timeframe], dialect_of(client)
    offset = dialect.day_offset if timeframe == "1d" else 0
    since = emulator.now_ms // step * step - 55 * step + offset
    rows = np.array(bars(client, timeframe, since, 50), dtype=float)
    true = truth.candles("BTC", step, emulator.now_ms, offset=offset)
    chosen = (true.time >= since) & (true.time < since + 50 * step)
    size = client.market(dialect.symbol)["contractSize"]
    volumes = [dialect.volume(row[5], size, row[4]) for row in rows]
    assert rows[:, 0].tolist() == true.time[chosen].tolist()
    for place, column in enumerate((true.open, true.high, true.low, true.close), 1):
        assert rows[:, place].tolist() == column[chosen].tolist()
    assert volumes == pytest.approx(true.volume[chosen], rel=1e-6)


@pytest.mark.parametrize("venue", LINEAR, indirect=True)
@pytest.mark.parametrize("base", ["BTC", "ETH", "SOL"])
def test_every_coin_comes_in_base_coin(truth: Truth, emulator: Emulator, client: ccxt.Exchange, base: str) -> None:
    """Each coin's own contract size is the one to apply."""
    dialect = dialect_of(client)
    symbol = dialect.symbol.replace("BTC", base)
    rows = client.fetch_ohlcv(symbol, "1h", emulator.now_ms - 30 * HOUR, None if dialect.newest_only else 20)
    true = truth.candles(base, HOUR, emulator.now_ms)
    size = client.market(symbol)["contractSize"]
    assert len(rows) >= 19
    for time, _, _, _, close, volume in rows:
        place = int(np.searchsorted(true.time, time))
        assert close == true.close[place]
        assert dialect.volume(volume, size, close) == pytest.approx(true.volume[place], rel=1e-6, abs=size)


@pytest.mark.parametrize("venue", MARKED, indirect=True)
@pytest.mark.parametrize("timeframe", ["5m", "1h", "1d"])
def test_mark_candles_are_the_truth(truth: Truth, emulator: Emulator, client: ccxt.Exchange, timeframe: str) -> None:
    """Mark-price bars have the mark's own range, and no volume."""
    step = STEPS[timeframe]
    offset = dialect_of(client).day_offset if timeframe == "1d" else 0
    since = emulator.now_ms // step * step - 40 * step + offset
    rows = bars(client, timeframe, since, 30, mark=True)
    true = truth.candles("BTC", step, emulator.now_ms, mark=True, offset=offset)
    chosen = (true.time >= since) & (true.time < since + 30 * step)
    assert [row[0] for row in rows] == true.time[chosen].tolist()
    assert [row[2] for row in rows] == true.high[chosen].tolist()
    assert [row[3] for row in rows] == true.low[chosen].tolist()
    assert not any(row[5] for row in rows)


def test_the_last_bar_is_still_forming(truth: Truth, emulator: Emulator, client: ccxt.Exchange) -> None:
    """Asked for the newest, every venue includes the bar that has not closed."""
    rows = client.fetch_ohlcv(dialect_of(client).symbol, "1h", None, 5)
    assert rows[-1][0] == emulator.now_ms // HOUR * HOUR
    assert rows[-1][4] == truth.price("BTC", emulator.now_ms)


def test_old_bars_are_reached(truth: Truth, emulator: Emulator, client: ccxt.Exchange) -> None:
    """Hours from two months back come as truly as those of today."""
    first = truth.candles("BTC", HOUR, emulator.now_ms)
    rows = bars(client, "1h", int(first.time[3]), 10)
    assert [row[0] for row in rows] == first.time[3:13].tolist()
    assert [row[4] for row in rows] == first.close[3:13].tolist()
