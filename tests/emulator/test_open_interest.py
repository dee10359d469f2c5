"""Open-interest history through real ccxt against the truth, in base coin, one side."""

import ccxt
import numpy as np
import pytest

from tests.emulator import Emulator, Truth
from tests.emulator.clients import DIALECTS, venue_of

HOUR, DAY = 3_600_000, 86_400_000
HISTORY = ["binance", "bybit", "gate", "okx"]
DEEP = ["binance", "bybit", "gate"]  # OKX has five days of hours
STEPS = {"5m": 300_000, "1h": HOUR, "1d": DAY}


def read(client: ccxt.Exchange, timeframe: str, since: int, until: int, limit: int = 100) -> dict[int, float]:
    """Return OI in base coin by the time at which it stood, as the venue's dialect explains its rows."""
    dialect, step = DIALECTS[venue_of(client)], STEPS[timeframe]
    size = client.market(dialect.symbol)["contractSize"]
    late = step if dialect.stamped_start else 0
    params = {} if venue_of(client) == "gate" else {"until": until - late}
    rows = client.fetch_open_interest_history(dialect.symbol, timeframe, since - late, limit, params)
    found = {row["timestamp"] + late: dialect.open_interest(row, size) for row in rows}
    return {time: amount for time, amount in found.items() if since <= time <= min(until, client.milliseconds())}


@pytest.mark.parametrize("venue", HISTORY, indirect=True)
@pytest.mark.parametrize("timeframe", STEPS)
def test_open_interest_is_the_truth(truth: Truth, emulator: Emulator, client: ccxt.Exchange, timeframe: str) -> None:
    """Sides, contracts and stamps undone, every venue tells the same open interest at the same moments."""
    step, now = STEPS[timeframe], emulator.now_ms
    shift = 16 * HOUR if venue_of(client) == "okx" and timeframe == "1d" else 0
    until = (now - shift) // step * step + shift
    since = until - 20 * step
    time, amount, _ = truth.open_interest("BTC", step, now, offset=shift)
    chosen = (time >= since) & (time <= until)
    found = read(client, timeframe, since, until)
    assert sorted(found) == time[chosen].tolist()
    assert [found[t] for t in sorted(found)] == pytest.approx(amount[chosen], rel=1e-9)


@pytest.mark.parametrize("venue", DEEP, indirect=True)
def test_pages_join_without_a_gap(truth: Truth, emulator: Emulator, client: ccxt.Exchange) -> None:
    """Windows that leave room for both ends cover ten days of hours once each."""
    until = emulator.now_ms // HOUR * HOUR
    first = until - 240 * HOUR
    found: dict[int, float] = {}
    for since in range(first, until, 40 * HOUR):
        found |= read(client, "1h", since, since + 39 * HOUR, 45)
    time, amount, _ = truth.open_interest("BTC", HOUR, emulator.now_ms)
    chosen = (time >= first) & (time < until)
    assert sorted(found) == time[chosen].tolist()
    assert np.array([found[t] for t in sorted(found)]) == pytest.approx(amount[chosen], rel=1e-9)


@pytest.mark.parametrize("venue", HISTORY, indirect=True)
def test_history_ends_where_the_venue_ends_it(emulator: Emulator, client: ccxt.Exchange) -> None:
    """Binance refuses what is older than 30 days; OKX silently has five days of hours; others reach back."""
    since = (emulator.now_ms - 40 * DAY) // HOUR * HOUR
    if venue_of(client) == "binance":
        with pytest.raises(ccxt.BadRequest):
            read(client, "1h", since, since + 20 * HOUR)
    elif venue_of(client) == "okx":
        assert read(client, "1h", since, since + 20 * HOUR) == {}
    else:
        assert len(read(client, "1h", since, since + 20 * HOUR)) == 21
