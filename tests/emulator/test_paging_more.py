"""Paging and units of KuCoin, HTX, Bitget, Hyperliquid and the inverse markets, asked without ccxt."""

from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError

import pytest

from tests.emulator import Emulator, synthetic_truth
from tests.emulator.asking import ask, post, refused

HOUR, DAY = 3_600_000, 86_400_000
NOW = 1_724_104_800_000  # a full hour


@pytest.fixture(scope="module")
def here() -> Iterator[Emulator]:
    """Return an emulator whose clock stands at a full hour."""
    with Emulator(synthetic_truth(NOW), NOW) as emulator:
        yield emulator


def kucoin(emulator: Emulator, path: str, **query: Any) -> Any:
    """Return the data of one call to KuCoin."""
    body = ask(emulator, "kucoin", path, **query)
    assert body["code"] == "200000", body
    return body["data"]


def test_kucoin_klines_keep_the_oldest(here: Emulator) -> None:
    """A range of more than 200 bars loses its newest; without a range the newest 200 come; rows are numbers."""
    path, common = "/api/v1/kline/query", {"symbol": "XBTUSDTM", "granularity": 60}
    since = NOW - 600 * HOUR
    rows = kucoin(here, path, **common, **{"from": since, "to": NOW})
    assert [rows[0][0], rows[-1][0], len(rows)] == [since, since + 199 * HOUR, 200]
    assert kucoin(here, path, **common)[-1][0] == NOW - HOUR
    candles = here.truth.candles("BTC", HOUR, NOW)
    assert rows[0][5] == round(candles.volume[candles.time == since][0] * 1000)
    assert refused(here, "kucoin", path, symbol="XBTUSDTM", granularity=7)["code"] == "100001"
    assert refused(here, "kucoin", path, symbol="BTCUSDTM", granularity=60)["code"] == "100001"


def test_kucoin_mark_klines_are_in_seconds_and_close_second(here: Emulator) -> None:
    """The unified account's rows are newest first: time, open, close, high, low."""
    since = NOW // 1000 - 3 * 3600
    query = {"symbol": "XBTUSDTM-mark-price", "interval": "1hour", "tradeType": "FUTURES"}
    rows = kucoin(here, "/api/ua/v1/market/kline", **query, startAt=since, endAt=NOW // 1000)["list"]
    assert [int(row[0]) for row in rows] == [since + 7200, since + 3600, since]
    mark = here.truth.candles("BTC", HOUR, NOW, mark=True)
    assert [float(cell) for cell in rows[0][1:5]] == [mark.open[-1], mark.close[-1], mark.high[-1], mark.low[-1]]


def test_kucoin_open_interest_is_lots_newest_first(here: Emulator) -> None:
    """30 rows unless asked, a week at most, the newest of a range; without an interval the present of all."""
    path, common = "/api/ua/v1/market/open-interest", {"symbol": "XBTUSDTM", "interval": "1hour"}
    assert len(kucoin(here, path, **common)) == 30
    rows = kucoin(here, path, **common, startAt=NOW - 900 * HOUR, endAt=NOW - HOUR, pageSize=500)
    assert [rows[0]["ts"], len(rows)] == [NOW - HOUR, 168]
    now = kucoin(here, path)
    assert [row["symbol"] for row in now] == ["XBTUSDTM", "ETHUSDTM", "SOLUSDTM"]
    assert int(now[0]["openInterest"]) == round(here.truth.latest_open_interest("BTC", NOW) * 1000)


def test_kucoin_books_come_in_three_depths(here: Emulator) -> None:
    """20, 100 or whole, in lots, with the time in nanoseconds."""
    depths = [kucoin(here, f"/api/v1/level2/{kind}", symbol="XBTUSDTM") for kind in ("depth20", "depth100", "snapshot")]
    assert [len(book["bids"]) for book in depths] == [20, 100, 2000]
    assert depths[0]["ts"] == NOW * 1_000_000


def htx(emulator: Emulator, path: str, **query: Any) -> Any:
    """Return the body of one call to HTX."""
    return ask(emulator, "htx", path, contract_code="BTC-USDT", **query)


def test_htx_forgets_the_range_when_given_a_size(here: Emulator) -> None:
    """Both from and to are inclusive seconds; with size the newest bars come whatever they say."""
    path, since = "/linear-swap-ex/market/history/kline", NOW // 1000 - 500 * 3600
    span = {"from": since, "to": since + 7200}
    rows = htx(here, path, period="60min", **span)["data"]
    assert [row["id"] for row in rows] == [since, since + 3600, since + 7200]
    newest = htx(here, path, period="60min", size=2, **span)["data"]
    assert [row["id"] for row in newest] == [NOW // 1000 - 7200, NOW // 1000 - 3600]
    assert len(htx(here, path, period="60min")["data"]) == 150
    assert rows[0]["vol"] == pytest.approx(rows[0]["amount"] / 0.001)
    assert htx(here, path, period="1h")["status"] == "error"


def test_htx_liquidation_orders_come_newest_first_from_an_id_on(here: Emulator) -> None:
    """A hundred at most, of two hours at most: older ones follow from the last id, until none is left."""
    path, span = "/v5/market/liquidation_orders", {"start_time": NOW - 2 * HOUR, "end_time": NOW - 1}
    assert len(htx(here, path, **span)["data"]) == 10
    ids: list[int] = []
    while rows := htx(here, path, **span, limit=500, **({"from": ids[-1], "direct": "prev"} if ids else {}))["data"]:
        assert len(rows) <= 100
        ids += [int(row["id"]) for row in rows]
    assert ids == sorted(set(ids), reverse=True)
    orders = here.truth.liquidation_orders("BTC", NOW)
    inside = (orders.time >= NOW - 2 * HOUR) & (orders.time < NOW)
    assert len(ids) == inside.sum() > 100
    for wrong in (
        {"start_time": NOW - 3 * HOUR},
        {"start_time": NOW - 91 * 24 * HOUR, "end_time": NOW - 91 * 24 * HOUR},
    ):
        assert "data" not in htx(here, path, **span | wrong)


def test_htx_open_interest_in_contracts_or_coins(here: Emulator) -> None:
    """amount_type 1 counts contracts, 2 coins; 48 rows unless asked; more than 200 are refused."""
    path = "/linear-swap-api/v1/swap_his_open_interest"
    coins = htx(here, path, period="60min", amount_type=2)["data"]["tick"]
    contracts = htx(here, path, period="60min", amount_type=1)["data"]["tick"]
    assert len(coins) == 48
    assert int(coins[0]["ts"]) == NOW
    assert float(contracts[0]["volume"]) == pytest.approx(float(coins[0]["volume"]) / 0.001)
    assert htx(here, path, period="60min", amount_type=2, size=201)["status"] == "error"
    assert htx(here, path, period="5min", amount_type=2)["status"] == "error"


def bitget(emulator: Emulator, path: str, **query: Any) -> Any:
    """Return the data of one call to Bitget."""
    common = {"symbol": "BTCUSDT", "productType": "USDT-FUTURES"}
    body = ask(emulator, "bitget", f"/api/v2/mix/market/{path}", **common, **query)
    assert body["code"] == "00000", body
    return body["data"]


def test_bitget_aligns_from_the_end(here: Emulator) -> None:
    """The newest of a range are kept, endTime left out; 100 unless asked; 1000 recent, 200 of the history."""
    span = {"granularity": "1H", "startTime": NOW - 1300 * HOUR, "endTime": NOW - HOUR}
    rows = bitget(here, "candles", **span, limit=5)
    assert [int(row[0]) for row in rows] == [NOW - n * HOUR for n in (6, 5, 4, 3, 2)]
    assert len(bitget(here, "candles", granularity="1H")) == 100
    assert len(bitget(here, "candles", **span, limit=5000)) == 1000
    assert len(bitget(here, "history-candles", **span, limit=5000)) == 200


def test_bitget_recent_candles_are_recent(here: Emulator) -> None:
    """Five-minute bars older than 30 days are only in the history, which takes 90 days at most."""
    old = NOW - 31 * DAY
    span = {"granularity": "5m", "startTime": old - HOUR, "endTime": old}
    assert bitget(here, "candles", **span) == []
    assert len(bitget(here, "history-candles", **span)) == 12
    wide = {"granularity": "1Dutc", "startTime": NOW - 91 * DAY, "endTime": NOW}
    common = {"symbol": "BTCUSDT", "productType": "USDT-FUTURES"}
    assert refused(here, "bitget", "/api/v2/mix/market/history-candles", **common, **wide)["code"] == "00171"


def test_bitget_knows_a_few_depths(here: Emulator) -> None:
    """5 gives 5, max gives all, 20 is none of its depths and gives 100."""
    assert [len(bitget(here, "merge-depth", limit=limit)["asks"]) for limit in (5, 20, "max")] == [5, 100, 1000]


def test_hyperliquid_serves_its_latest_5000_bars(here: Emulator) -> None:
    """Both ends are included; what is further back than 5000 bars is gone."""
    request = {"coin": "BTC", "interval": "5m", "startTime": 0, "endTime": NOW}
    rows = post(here, "hyperliquid", "/info", {"type": "candleSnapshot", "req": request})
    assert len(rows) == 5000
    assert rows[-1]["t"] == NOW - 300_000
    few = {**request, "startTime": NOW - HOUR, "endTime": NOW - HOUR + 300_000}
    rows = post(here, "hyperliquid", "/info", {"type": "candleSnapshot", "req": few})
    assert [row["t"] for row in rows] == [NOW - HOUR, NOW - HOUR + 300_000]


@pytest.mark.parametrize(
    ("body", "status"),
    [({"type": "nonsense"}, 422), ({"type": "l2Book", "coin": "NOPE"}, 500), ({"type": "candleSnapshot"}, 500)],
)
def test_hyperliquid_refuses_in_its_own_way(here: Emulator, body: dict[str, str], status: int) -> None:
    """A body that does not parse is 422, an unknown coin 500."""
    with pytest.raises(HTTPError) as caught:
        post(here, "hyperliquid", "/info", body)
    with caught.value as error:
        assert error.code == status


def test_bybit_inverse_swaps_volume_and_turnover(here: Emulator) -> None:
    """BTCUSD's volume is whole USD and its turnover coins; its open interest is USD of both sides."""
    common = {"category": "inverse", "symbol": "BTCUSD"}
    candles = here.truth.candles("BTC", HOUR, NOW)
    row = ask(here, "bybit", "/v5/market/kline", **common, interval="60", limit=1)["result"]["list"][0]
    assert float(row[6]) == candles.volume[-1]
    assert float(row[5]) == pytest.approx(candles.turnover[-1], rel=1e-6)
    row = ask(here, "bybit", "/v5/market/open-interest", **common, intervalTime="1h", limit=1)["result"]["list"][0]
    coins = here.truth.latest_open_interest("BTC", NOW)
    assert float(row["openInterest"]) == pytest.approx(2 * coins * here.truth.price("BTC", NOW), rel=1e-6)


def test_okx_inverse_contracts_are_worth_a_hundred_usd(here: Emulator) -> None:
    """BTC-USD-SWAP counts contracts of 100 USD beside the coins."""
    common = {"instId": "BTC-USD-SWAP"}
    row = ask(here, "okx", "/api/v5/market/candles", **common, bar="1H", limit=1)["data"][0]
    assert float(row[5]) == pytest.approx(float(row[7]) / 100, rel=1e-6)
    assert float(row[6]) == here.truth.candles("BTC", HOUR, NOW).volume[-1]
    row = ask(here, "okx", "/api/v5/public/open-interest", **common)["data"][0]
    assert float(row["oi"]) == pytest.approx(float(row["oiUsd"]) / 100, rel=1e-6)


def test_binance_states_adjusted_funding_intervals_only(here: Emulator) -> None:
    """A market on the usual terms is not in the list."""
    rows = ask(here, "binance", "/fapi/v1/fundingInfo")
    assert [row["symbol"] for row in rows] == ["BTCUSDT", "ETHUSDT"]
    assert {row["fundingIntervalHours"] for row in rows} == {8}


def test_long_short_ratios_are_the_truth(here: Emulator) -> None:
    """Binance's account ratio, and Bybit's shares, say the same."""
    path = "/futures/data/globalLongShortAccountRatio"
    ratio = ask(here, "binance", path, symbol="BTCUSDT", period="1h", limit=1)[0]
    query = {"category": "linear", "symbol": "BTCUSDT", "period": "1h", "limit": 1}
    shares = ask(here, "bybit", "/v5/market/account-ratio", **query)["result"]["list"][0]
    assert float(ratio["longShortRatio"]) == pytest.approx(here.truth.candles("BTC", HOUR, NOW).ratio[-1], abs=1e-4)
    assert float(shares["buyRatio"]) == pytest.approx(float(ratio["longAccount"]), abs=1e-4)
    assert float(shares["buyRatio"]) + float(shares["sellRatio"]) == pytest.approx(1.0)
