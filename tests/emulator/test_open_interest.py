"""Open interest through real ccxt against the truth, in base coin, one side."""

import ccxt
import numpy as np
import pytest

from tests.emulator import Emulator, Truth
from tests.emulator.clients import DIALECTS, dialect_of, having, venue_of

HOUR, DAY = 3_600_000, 86_400_000
STEPS = {"5m": 300_000, "1h": HOUR, "1d": DAY}
RANGED = [name for name in having("fetchOpenInterestHistory") if not DIALECTS[name].newest_only]
DEEP = [name for name in RANGED if DIALECTS[name].venue != "okx"]  # OKX has five days of hours
# HTX counts the present in another unit, which is tested apart
CURRENT = [name for name in having("fetchOpenInterest") if name != "htx"]


def read(truth: Truth, client: ccxt.Exchange, timeframe: str, since: int, until: int, limit: int) -> dict[int, float]:
    """Return OI in base coin by the time at which it stood, as the venue's dialect explains its rows."""
    dialect, step = dialect_of(client), STEPS[timeframe]
    size, now = client.market(dialect.symbol)["contractSize"], client.milliseconds()
    late = step if dialect.stamped_start else 0
    params = {} if dialect.venue in ("gate", "htx") else {"until": until - late}
    rows = client.fetch_open_interest_history(dialect.symbol, timeframe, since - late, limit, params)
    times, _, prices = truth.open_interest("BTC", STEPS["5m"], now)
    found = {}
    for row in rows:
        time = row["timestamp"] + late
        if since <= time <= min(until, now):
            found[time] = dialect.open_interest(row, size, float(prices[np.searchsorted(times, time)]))
    return found


def expect(truth: Truth, now: int, step: int, since: int, until: int, offset: int = 0) -> dict[int, float]:
    """Return what the truth says of the same times."""
    time, amount, _ = truth.open_interest("BTC", step, now, offset=offset)
    return {int(t): float(a) for t, a in zip(time, amount, strict=True) if since <= t <= until}


@pytest.mark.parametrize("venue", RANGED, indirect=True)
@pytest.mark.parametrize("timeframe", STEPS)
def test_open_interest_is_the_truth(truth: Truth, emulator: Emulator, client: ccxt.Exchange, timeframe: str) -> None:
    """Sides, contracts and stamps undone, every venue tells the same open interest at the same moments."""
    step, now = STEPS[timeframe], emulator.now_ms
    shift = 16 * HOUR if venue_of(client) == "okx" and timeframe == "1d" else 0
    until = (now - shift) // step * step + shift
    found = read(truth, client, timeframe, until - 20 * step, until, 100)
    assert found == pytest.approx(expect(truth, now, step, until - 20 * step, until, shift), rel=1e-7)
    assert len(found) == 21


@pytest.mark.parametrize("venue", DEEP, indirect=True)
def test_pages_join_without_a_gap(truth: Truth, emulator: Emulator, client: ccxt.Exchange) -> None:
    """Windows that leave room for both ends cover ten days of hours once each."""
    until = emulator.now_ms // HOUR * HOUR
    # KuCoin keeps a week of hours.
    first = until - (160 if venue_of(client) == "kucoin" else 240) * HOUR
    found: dict[int, float] = {}
    for since in range(first, until, 40 * HOUR):
        found |= read(truth, client, "1h", since, since + 39 * HOUR, 45)
    assert found == pytest.approx(expect(truth, emulator.now_ms, HOUR, first, until - HOUR), rel=1e-7)


@pytest.mark.parametrize("venue", ["htx"], indirect=True)
@pytest.mark.parametrize("timeframe", ["1h", "1d"])
def test_htx_has_the_newest_rows_only(truth: Truth, emulator: Emulator, client: ccxt.Exchange, timeframe: str) -> None:
    """There is no paging: the newest 200 rows are all of the history."""
    now, step = emulator.now_ms, STEPS[timeframe]
    found = read(truth, client, timeframe, 0, now, 200)
    true = expect(truth, now, step, 0, now, dialect_of(client).day_offset if timeframe == "1d" else 0)
    assert found == pytest.approx(dict(list(true.items())[-200:]), rel=1e-9)
    with pytest.raises(ccxt.ExchangeError):
        read(truth, client, timeframe, 0, now, 201)


@pytest.mark.parametrize("venue", RANGED, indirect=True)
def test_history_ends_where_the_venue_ends_it(truth: Truth, emulator: Emulator, client: ccxt.Exchange) -> None:
    """Binance refuses what is older than 30 days; OKX has five days of hours, KuCoin seven; others reach back."""
    since = (emulator.now_ms - 40 * DAY) // HOUR * HOUR
    if venue_of(client) == "binance":
        with pytest.raises(ccxt.BadRequest):
            read(truth, client, "1h", since, since + 20 * HOUR, 100)
        return
    reached = len(read(truth, client, "1h", since, since + 20 * HOUR, 100))
    assert reached == (0 if venue_of(client) in {"okx", "kucoin"} else 21)


@pytest.mark.parametrize("venue", CURRENT, indirect=True)
def test_the_present_open_interest_is_the_truth(truth: Truth, emulator: Emulator, client: ccxt.Exchange) -> None:
    """Where there is no history, or beside it, the present value means the same."""
    dialect = dialect_of(client)
    row, size = client.fetch_open_interest(dialect.symbol), client.market(dialect.symbol)["contractSize"]
    hourly = emulator.now_ms // HOUR * HOUR if dialect.venue == "bybit" else emulator.now_ms
    price = truth.price("BTC", hourly)
    assert dialect.open_interest(row, size, price) == pytest.approx(truth.latest_open_interest("BTC", hourly), rel=1e-7)


@pytest.mark.parametrize("venue", ["htx"], indirect=True)
def test_htx_counts_the_present_in_contracts(truth: Truth, emulator: Emulator, client: ccxt.Exchange) -> None:
    """HTX's history is in coins and its present in contracts."""
    symbol = dialect_of(client).symbol
    coins = client.fetch_open_interest(symbol)["openInterestAmount"] * client.market(symbol)["contractSize"]
    assert coins == pytest.approx(truth.latest_open_interest("BTC", emulator.now_ms), rel=1e-9)
