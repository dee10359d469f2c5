"""One market under one name over real HTTP: by the thousand here and one by one there, and markets that end."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from tests.emulator import Emulator
from tests.emulator.venue import Reply, Request
from tests.end_to_end.stage import Amended, Stage

VENUES = ("binance", "okx", "gate")
QUERY = {"bins": 100, "lookback": "2d"}
CANDLES = QUERY | {"candles": "true"}
MANY = 1000.0


class ByTheThousand:
    """Binance lists SOL as 1000SOL: prices a thousand times as high, amounts a thousandth."""

    def __init__(self, emulator: Emulator) -> None:
        """Change one venue."""
        self._venue = emulator.venues["binance"]

    def __enter__(self) -> None:
        """Start."""
        answer = self._venue.answer

        def amended(request: Request) -> Reply:
            mine = request.query.get("symbol") == "1000SOLUSDT"
            reply = answer(replace(request, query={**request.query, "symbol": "SOLUSDT"}) if mine else request)
            if "exchangeInfo" in request.path:
                for symbol in reply.body["symbols"]:
                    if symbol["symbol"] == "SOLUSDT" and symbol["contractType"] == "PERPETUAL":
                        symbol.update(symbol="1000SOLUSDT", pair="1000SOLUSDT", baseAsset="1000SOL")
            elif mine:
                _by_the_thousand(request, reply)
            return reply

        self._venue.answer = amended  # type: ignore[method-assign]  # undone on leaving

    def __exit__(self, *_: object) -> None:
        """Stop."""
        del self._venue.answer


def _by_the_thousand(request: Request, reply: Reply) -> None:
    if "lines" in request.path:
        for row in reply.rows:
            row[1:6] = [*(f"{MANY * float(cell):.8f}" for cell in row[1:5]), f"{float(row[5]) / MANY:.8f}"]
    elif "openInterestHist" in request.path:
        for row in reply.rows:
            row["sumOpenInterest"] = f"{float(row['sumOpenInterest']) / MANY:.8f}"
    elif "depth" in request.path:
        for side in ("bids", "asks"):
            reply.body[side] = [[f"{MANY * float(p):.8f}", f"{float(a) / MANY:.8f}"] for p, a in reply.body[side]]


@pytest.mark.parametrize("symbol", ["SOL", "1000SOL", "1000SOLUSDT", "kSOL", "SOL/USDT:USDT"])
def test_a_thousand_of_a_coin_is_the_coin(emulator: Emulator, symbol: str) -> None:
    """Prices and amounts are of one, and the answer says how it is listed."""
    with Stage(emulator, VENUES) as stage:
        plain = stage.ask("/v1/heatmap", exchange="binance", symbol="SOL", **CANDLES)
    with Stage(emulator, VENUES) as stage, ByTheThousand(emulator):
        body = stage.ask("/v1/heatmap", exchange="binance", symbol=symbol, **CANDLES)
        market = next(row for row in stage.ask("/v1/markets", exchange="binance")["markets"] if row["base"] == "SOL")
    assert (body["symbol"], body["unit"]) == ("SOL/USDT:USDT", "SOL")
    assert body["price"] == pytest.approx(plain["price"], rel=1e-6)
    assert body["sources"][0]["open_interest_usd"] == pytest.approx(plain["sources"][0]["open_interest_usd"], rel=1e-4)
    assert body["grid"]["edges"] == plain["grid"]["edges"]
    for name, values in plain["candles"].items():
        assert body["candles"][name] == pytest.approx(values, rel=1e-5, abs=1e-3)
    assert sum(body["grid"]["long"][-1]) == pytest.approx(sum(plain["grid"]["long"][-1]), rel=1e-3)
    assert "Listed as 1000SOL, 1,000 coins each: prices and amounts are brought to one SOL." in body["warnings"]
    assert (market["symbol"], market["id"], market["listed_as"]) == ("SOL/USDT:USDT", "1000SOLUSDT", "1000SOL")
    assert market["coins_per_listed"] == MANY


def test_it_is_summed_and_compared_across_venues(emulator: Emulator) -> None:
    """All three trade one thing; none is left out, and the price is that of one coin."""
    with Stage(emulator, VENUES) as stage, ByTheThousand(emulator):
        body = stage.ask("/v1/heatmap", exchange="all", symbol="1000SOL", split="true", **QUERY)
        diff = stage.ask("/v1/diff", a="binance", b="okx", symbol="SOL", **QUERY)
        scan = stage.ask("/v1/scan", exchange="binance,okx", symbols="1000SOL,SOL,BTC", lookback=QUERY["lookback"])
    assert {source["state"] for source in body["sources"]} == {"used"}
    assert set(body["split"]) == set(VENUES)
    assert max(source["price"] for source in body["sources"]) < 1.01 * min(s["price"] for s in body["sources"])
    assert diff["a"]["symbol"] == diff["b"]["symbol"] == "SOL/USDT:USDT"
    assert sorted(row["symbol"] for row in scan["symbols"]) == ["BTC/USDT:USDT", "SOL/USDT:USDT"]


# Where a venue lists its markets, and what it writes of one that has ended.
ENDS: dict[str, tuple[str, dict[str, Any]]] = {
    "binance": ("exchangeInfo", {"status": "SETTLING"}),
    "gate": ("contracts", {"in_delisting": True, "status": "delisted"}),
}


def _ended(exchange: str) -> Callable[[Request, Reply], None]:
    path, change = ENDS[exchange]

    def amend(request: Request, reply: Reply) -> None:
        if path in request.path:
            entries = reply.body["symbols"] if exchange == "binance" else reply.body
            for entry in entries if isinstance(entries, list) else ():
                if entry.get("symbol", entry.get("name", "")).replace("_", "") == "ETHUSDT":
                    entry.update(change)

    return amend


@pytest.mark.parametrize("exchange", ENDS)
def test_a_market_that_has_ended_says_so(emulator: Emulator, exchange: str) -> None:
    """404, with the venue's own word for it; it is no longer among the markets, and others go on without it."""
    with Stage(emulator, [exchange, "okx"]) as stage, Amended(emulator, exchange, _ended(exchange)):
        answer = stage.get("/v1/heatmap", exchange=exchange, symbol="ETH", **QUERY)
        markets = stage.ask("/v1/markets", exchange=exchange)["markets"]
        both = stage.ask("/v1/heatmap", exchange=f"{exchange},okx", symbol="ETH", **QUERY)
    assert answer.status_code == 404
    assert "ETH/USDT:USDT is not traded" in answer.text
    assert "ETH/USDT:USDT" not in {market["symbol"] for market in markets}
    assert {s["exchange"]: s["state"] for s in both["sources"]} == {exchange: "not_listed", "okx": "used"}
