"""Each venue's own paging, asked without ccxt: limits, bounds, order, cursors, refusals."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from tests.emulator import Emulator, Truth, synthetic_truth
from tests.emulator.asking import ask, refused

HOUR, DAY = 3_600_000, 86_400_000
NOW = 1_724_104_800_000  # a full hour


@pytest.fixture(scope="module")
def here() -> Iterator[Emulator]:
    """Return an emulator whose clock stands at a full hour."""
    with Emulator(synthetic_truth(NOW), NOW) as emulator:
        yield emulator


def binance(emulator: Emulator, **query: Any) -> list[Any]:
    """Return hourly klines of Binance."""
    rows: list[Any] = ask(emulator, "binance", "/fapi/v1/klines", symbol="BTCUSDT", interval="1h", **query)
    return rows


def test_binance_klines_run_forward_from_their_start(here: Emulator) -> None:
    """A startTime alone or with endTime gives the oldest rows, both ends included; endTime alone the newest."""
    since = NOW - 900 * HOUR
    assert [row[0] for row in binance(here, startTime=since, limit=3)] == [since, since + HOUR, since + 2 * HOUR]
    assert [row[0] for row in binance(here, startTime=since, endTime=NOW, limit=1)] == [since]
    assert [row[0] for row in binance(here, startTime=since, endTime=since + HOUR)] == [since, since + HOUR]
    assert [row[0] for row in binance(here, endTime=since, limit=2)] == [since - HOUR, since]
    assert len(binance(here)) == 500
    assert len(binance(here, limit=1500)) == 1464


def test_binance_refuses_what_it_does_not_serve(here: Emulator) -> None:
    """Limits, intervals, symbols and depths beyond its own are errors with Binance's codes."""
    klines, hist = "/fapi/v1/klines", "/futures/data/openInterestHist"
    assert refused(here, "binance", klines, symbol="BTCUSDT", interval="1h", limit=1501)["code"] == -1130
    assert refused(here, "binance", klines, symbol="BTCUSDT", interval="7m")["code"] == -1120
    assert refused(here, "binance", klines, symbol="NOPE", interval="1h")["code"] == -1121
    assert refused(here, "binance", hist, symbol="BTCUSDT", period="1h", limit=501)["code"] == -1130
    old = {"startTime": NOW - 30 * DAY - 1, "endTime": NOW}
    assert "startTime" in refused(here, "binance", hist, symbol="BTCUSDT", period="1h", **old)["msg"]
    assert refused(here, "binance", "/fapi/v1/depth", symbol="BTCUSDT", limit=37)["code"] == -4021


def test_binance_open_interest_walks_back_from_its_end(here: Emulator) -> None:
    """A range of more rows than the limit loses its oldest; 30 rows unless asked; 30 days at most."""
    path, common = "/futures/data/openInterestHist", {"symbol": "BTCUSDT", "period": "1h"}
    since = NOW - 100 * HOUR
    wide = ask(here, "binance", path, **common, startTime=since, endTime=since + 10 * HOUR, limit=10)
    assert [row["timestamp"] for row in wide] == [since + n * HOUR for n in range(1, 11)]
    assert len(ask(here, "binance", path, **common)) == 30
    assert ask(here, "binance", path, **common)[-1]["timestamp"] == NOW
    edge = ask(here, "binance", path, **common, endTime=NOW - 30 * DAY + 5 * HOUR, limit=500)
    assert edge[0]["timestamp"] == NOW - 30 * DAY


def bybit(emulator: Emulator, path: str, **query: Any) -> Any:
    """Return the result of one call to Bybit."""
    body = ask(emulator, "bybit", f"/v5/market/{path}", category="linear", symbol="BTCUSDT", **query)
    assert body["retCode"] == 0, body
    return body["result"]


def test_bybit_klines_are_newest_first(here: Emulator) -> None:
    """200 unless asked, 1000 at most; from `end` backwards when both are given; `start` inside a bar includes it."""
    since = NOW - 1200 * HOUR
    assert len(bybit(here, "kline", interval="60")["list"]) == 200
    rows = bybit(here, "kline", interval="60", start=since, end=NOW - HOUR, limit=5000)["list"]
    assert len(rows) == 1000
    assert int(rows[0][0]) == NOW - HOUR
    forward = bybit(here, "kline", interval="60", start=since + 1, limit=2)["list"]
    assert [int(row[0]) for row in forward] == [since + HOUR, since]


def test_bybit_open_interest_hands_out_a_cursor(here: Emulator) -> None:
    """Pages of at most 200, newest first, follow the cursor to the start; a lone startTime counts for nothing."""
    since, until = NOW - 449 * HOUR, NOW
    times: list[int] = []
    cursor = ""
    for _ in range(4):
        page = bybit(
            here, "open-interest", intervalTime="1h", startTime=since, endTime=until, limit=1000, cursor=cursor
        )
        times += [int(row["timestamp"]) for row in page["list"]]
        cursor = page["nextPageCursor"]
        if not cursor:
            break
    assert times == [NOW - n * HOUR for n in range(450)]
    lone = bybit(here, "open-interest", intervalTime="1h", startTime=since)["list"]
    assert len(lone) == 50
    assert int(lone[0]["timestamp"]) == NOW


def test_bybit_refuses_in_its_own_words(here: Emulator) -> None:
    """A bad symbol or interval is retCode 10001 with status 200."""
    body = ask(here, "bybit", "/v5/market/kline", category="linear", symbol="NOPE", interval="60")
    assert body["retCode"] == 10001
    body = ask(here, "bybit", "/v5/market/kline", category="linear", symbol="BTCUSDT", interval="1h")
    assert body["retCode"] == 10001


def okx(emulator: Emulator, path: str, **query: Any) -> list[list[str]]:
    """Return the data of one call to OKX."""
    body = ask(emulator, "okx", f"/api/v5/{path}", instId="BTC-USDT-SWAP", **query)
    assert body["code"] == "0", body
    rows: list[list[str]] = body["data"]
    return rows


def test_okx_bounds_are_exclusive_and_the_newest_win(here: Emulator) -> None:
    """Both before and after leave out their own bar; `before` alone still gives the newest; 300 at most, marks 100."""
    since = NOW - 600 * HOUR
    inside = okx(here, "market/candles", bar="1H", before=since, after=since + 3 * HOUR)
    assert [int(row[0]) for row in inside] == [since + 2 * HOUR, since + HOUR]
    alone = okx(here, "market/candles", bar="1H", before=since, limit=5)
    assert int(alone[0][0]) == NOW - HOUR
    assert len(okx(here, "market/candles", bar="1H")) == 100
    assert len(okx(here, "market/candles", bar="1H", limit=1000)) == 300
    assert len(okx(here, "market/mark-price-candles", bar="1H", limit=1000)) == 100
    assert len(okx(here, "market/mark-price-candles", bar="1H")[0]) == 6


def test_okx_recent_candles_reach_1440_bars(here: Emulator) -> None:
    """What is older is only in the history, which in turn has no forming bar."""
    here.now_ms = NOW - 30 * 60_000
    try:
        old = NOW - 1450 * HOUR
        assert okx(here, "market/candles", bar="1H", before=old - HOUR, after=old + HOUR) == []
        assert len(okx(here, "market/history-candles", bar="1H", before=old - HOUR, after=old + HOUR)) == 1
        assert okx(here, "market/candles", bar="1H", limit=1)[0][-1] == "0"
        assert okx(here, "market/history-candles", bar="1H", limit=1)[0][-1] == "1"
    finally:
        here.now_ms = NOW


def test_okx_days_start_in_hong_kong(here: Emulator) -> None:
    """1D opens at 16:00 UTC, 1Dutc at midnight."""
    assert int(okx(here, "market/candles", bar="1D")[0][0]) % DAY == 16 * HOUR
    assert int(okx(here, "market/candles", bar="1Dutc")[0][0]) % DAY == 0


def test_okx_open_interest_is_stamped_at_the_start(here: Emulator) -> None:
    """A row's value is the OI at its period's end; bounds exclusive, 100 a page, five days of hours."""
    path = "rubik/stat/contracts/open-interest-history"
    rows = okx(here, path, period="1H", begin=NOW - 5 * HOUR, end=NOW - 2 * HOUR)
    assert [int(row[0]) for row in rows] == [NOW - 3 * HOUR, NOW - 4 * HOUR]
    time, amount, _ = here.truth.open_interest("BTC", HOUR, NOW)
    by_time = dict(zip(time.tolist(), amount.tolist(), strict=True))
    assert float(rows[0][2]) == by_time[NOW - 2 * HOUR]
    assert float(rows[0][1]) == pytest.approx(by_time[NOW - 2 * HOUR] / 0.01)
    assert len(okx(here, path, period="1H", limit=1000)) == 100
    oldest = okx(here, path, period="1H", end=NOW - 115 * HOUR)
    assert int(oldest[-1][0]) == NOW - 120 * HOUR


def test_okx_shows_the_forming_period(here: Emulator) -> None:
    """Within an hour the newest row is that hour's, and what it says is not final."""
    here.now_ms = NOW - 30 * 60_000
    try:
        newest = okx(here, "rubik/stat/contracts/open-interest-history", period="1H", limit=2)
    finally:
        here.now_ms = NOW
    assert [int(row[0]) for row in newest] == [NOW - HOUR, NOW - 2 * HOUR]
    final = okx(here, "rubik/stat/contracts/open-interest-history", period="1H", limit=2)
    assert final[0][0] == newest[0][0]
    assert final[0][2] != newest[0][2]


def gate(emulator: Emulator, path: str, **query: Any) -> list[dict[str, Any]]:
    """Return the rows of one call to Gate."""
    rows: list[dict[str, Any]] = ask(emulator, "gate", f"/api/v4/futures/usdt/{path}", contract="BTC_USDT", **query)
    return rows


def test_gate_counts_in_seconds_and_contracts(here: Emulator) -> None:
    """Bounds are inclusive seconds, volumes whole contracts of a ten-thousandth of a coin, oldest first."""
    since = NOW // 1000 - 10 * 3600
    rows = gate(here, "candlesticks", interval="1h", **{"from": since, "to": since + 7200})
    assert [row["t"] for row in rows] == [since, since + 3600, since + 7200]
    candles = here.truth.candles("BTC", HOUR, NOW)
    assert rows[0]["v"] == round(candles.volume[candles.time == since * 1000][0] * 10_000)
    assert len(gate(here, "candlesticks", interval="1h")) == 100


def test_gate_refuses_ranges_it_does_not_serve(here: Emulator) -> None:
    """A from with limit, more than 2000 points, older than 10,000 bars: all INVALID_PARAM_VALUE."""
    path, now = "/api/v4/futures/usdt/candlesticks", NOW // 1000
    common = {"contract": "BTC_USDT", "interval": "5m"}
    both = refused(here, "gate", path, **common, limit=10, **{"from": now - 3600})
    broad = refused(here, "gate", path, **common, **{"from": now - 2000 * 300, "to": now})
    old = refused(here, "gate", path, **common, **{"from": now - 10_001 * 300, "to": now - 10_000 * 300})
    assert [error["label"] for error in (both, broad, old)] == ["INVALID_PARAM_VALUE"] * 3
    assert "too long ago" in old["message"]
    stats = {"contract": "BTC_USDT", "limit": 2001}
    assert refused(here, "gate", "/api/v4/futures/usdt/contract_stats", **stats)["label"] == "INVALID_PARAM_VALUE"
    book = {"contract": "BTC_USDT", "limit": 301}
    assert refused(here, "gate", "/api/v4/futures/usdt/order_book", **book)["label"] == "TOO_BIG"


def test_gate_statistics_start_where_asked(here: Emulator) -> None:
    """30 unless asked; `from` gives the oldest rows and one too many; stamped at the period's start."""
    assert len(gate(here, "contract_stats", interval="1h")) == 30
    since = NOW // 1000 - 50 * 3600
    rows = gate(here, "contract_stats", interval="1h", limit=10, **{"from": since})
    assert [row["time"] for row in rows] == [since + n * 3600 for n in range(11)]
    candles = here.truth.candles("BTC", HOUR, NOW)
    place = candles.time.tolist().index(since * 1000)
    assert rows[0]["open_interest"] == round(candles.open_interest[place] * 10_000)
    assert rows[0]["long_liq_amount"] == candles.liquidated_long[place]
    assert rows[0]["short_liq_usd"] == pytest.approx(candles.liquidated_short[place] * candles.close[place])


def test_history_does_not_change_as_time_goes_on(here: Emulator) -> None:
    """Closed bars read an hour later are the same bars."""
    earlier = binance(here, endTime=NOW - 2 * HOUR, limit=50)
    here.now_ms = NOW - HOUR
    try:
        assert binance(here, endTime=NOW - 2 * HOUR, limit=50) == earlier
    finally:
        here.now_ms = NOW
    assert all(one[0] + HOUR == two[0] for one, two in pairwise(earlier))


def test_the_truth_is_shared(here: Emulator) -> None:
    """All venues of one emulator read the very same truth."""
    assert isinstance(here.truth, Truth)
    assert {id(venue.truth) for venue in here.venues.values()} == {id(here.truth)}
