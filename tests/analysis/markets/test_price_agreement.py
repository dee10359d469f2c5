"""Only exchanges that trade the same thing are put together: one ticker may be two coins, or one coin in two units."""

import re
from typing import Any

import numpy as np
import pytest

from service.market.contract import Candles, OpenInterest
from tests.support.fake_apps import app_of, ask, named, refused
from tests.support.fake_exchange import FakeExchange
from tests.support.slowly import few_fast

MAPS = ("/v1/heatmap", "/v1/profile", "/v1/zones", "/v1/touches")


class Busy(FakeExchange):
    """An exchange that trades `factor` times what the usual fake does, and has as much open interest."""

    def __init__(self, exchange_id: str, price: float = 100.0, factor: float = 1e6) -> None:
        """Trade at that price."""
        super().__init__(exchange_id, price=price)
        self.factor = factor

    def ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Candles:
        """Return bars at the price of the book."""
        rows = super().ohlcv(symbol, timeframe, since, until)
        scale = self.price / 100.0 / np.median(rows.close) * 100.0 if len(rows) else 1.0
        opened, high, low, close = (column * scale for column in (rows.open, rows.high, rows.low, rows.close))
        return Candles(rows.time, opened, high, low, close, rows.volume * self.factor / scale)

    def mark_ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Candles:
        """Return the traded bars."""
        return self.ohlcv(symbol, timeframe, since, until)

    def open_interest(self, symbol: str, timeframe: str, since: int, until: int) -> OpenInterest:
        """Return open interest that fits the volume."""
        rows = super().open_interest(symbol, timeframe, since, until)
        return OpenInterest(rows.time, rows.amount * self.factor * 100.0 / self.price)


def states(body: dict[str, Any]) -> dict[str, tuple[str, float | None]]:
    """Return each source's state and price."""
    return {source["exchange"]: (source["state"], source["price"]) for source in body["sources"]}


@pytest.mark.parametrize("path", MAPS)
@pytest.mark.parametrize("factor", few_fast([1.05, 100.0, 2.0, 0.94, 0.001]))
def test_the_odd_one_is_left_out_and_named_with_its_price(path: str, factor: float) -> None:
    """At twice the price as at a hundred times: the sum is that of the others, which is told."""
    app = app_of(Busy("a"), Busy("b", 100.1), Busy("odd", 100.0 * factor))
    body, right = ask(app, path, exchange="all"), ask(app, path, exchange="a,b")
    found = states(body)
    assert (found["a"][0], found["b"][0], found["odd"][0]) == ("used", "used", "other_price")
    assert found["odd"][1] == pytest.approx(100.0 * factor, rel=0.02)
    assert body["price"] == right["price"]
    assert any(warning.startswith("odd is left out: its price of BTC is") for warning in body["warnings"])
    assert body["data_quality"]["value"] == right["data_quality"]["value"]
    assert (body["coverage"]["exchanges"], body["coverage"]["exchanges_not_listing"]) == (2, 1)


@pytest.mark.parametrize("path", [*MAPS, "/v1/scan"])
def test_two_that_disagree_are_refused_with_both_prices(path: str) -> None:
    """Which of them is meant cannot be known."""
    query = {"symbols": "BTC"} if path == "/v1/scan" else {}
    problem = refused(app_of(Busy("a"), Busy("b", 13_063.0)), path, 422, exchange="a,b", **query)
    assert named(problem) == ["exchange"]
    assert re.search(r"99[.]\d+ on a, 1\d{4}([.]\d+)? on b", problem["detail"])
    assert "not the same market, or not in one unit" in problem["detail"]


def test_exchanges_without_a_majority_are_refused() -> None:
    """Two of one kind and two of another, or three of three: no price is that of most."""
    for prices in ((100.0, 100.0, 200.0, 200.0), (100.0, 200.0, 400.0)):
        app = app_of(*(Busy(name, price) for name, price in zip("abcd", prices, strict=False)))
        problem = refused(app, "/v1/heatmap", 422, exchange="all")
        assert all(f"on {name}" in problem["detail"] for name in "abcd"[: len(prices)])


@pytest.mark.parametrize(("factor", "status"), [(1e6, 422), (1.0, 200)])
def test_where_little_is_traded_prices_may_lag(factor: float, status: int) -> None:
    """Six percent apart is another market where much is traded, and a late trade where hardly anything is."""
    app = app_of(Busy("a", factor=factor), Busy("b", 106.0, factor=factor))
    assert app.test_client().get("/v1/heatmap?exchange=a,b").status_code == status


def test_a_diff_of_two_things_is_refused() -> None:
    """With both prices, and the parameter that named the second."""
    app = app_of(Busy("a"), Busy("b", 13_063.0), Busy("c", 100.5))
    problem = refused(app, "/v1/diff", 422, a="a", b="b")
    assert named(problem) == ["b"]
    assert re.search(r"99[.]\d+ on a, 1\d{4}([.]\d+)? on b", problem["detail"])
    assert ask(app, "/v1/diff", a="a", b="c")["kind"] == "exchanges"
    body = ask(app, "/v1/diff", a="a,b,c", b="c")
    assert {source["exchange"]: source["state"] for source in body["a"]["sources"]}["b"] == "other_price"


def test_split_has_no_part_of_the_odd_one() -> None:
    """What is not in the sum is not among its parts."""
    app = app_of(Busy("a"), Busy("b"), Busy("odd", 5000.0))
    assert set(ask(app, "/v1/heatmap", exchange="all", split="true")["split"]) == {"a", "b"}


def test_a_scan_goes_on_without_a_symbol_that_disagrees() -> None:
    """It is named among the failures; the rows of the others stand."""

    class Two(Busy):
        def markets(self) -> Any:
            one = super().markets()["BTC/USDT:USDT"]
            return {symbol: one.__class__(**{**vars(one), "symbol": symbol, "base": symbol[:3]})
                    for symbol in ("BTC/USDT:USDT", "ETH/USDT:USDT")}  # fmt: skip

        def ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Candles:
            rows = super().ohlcv(symbol, timeframe, since, until)
            factor = 50.0 if symbol.startswith("ETH") and self.id == "b" else 1.0
            opened, high, low, close = (factor * column for column in (rows.open, rows.high, rows.low, rows.close))
            return Candles(rows.time, opened, high, low, close, rows.volume)

    body = ask(app_of(Two("a"), Two("b")), "/v1/scan", exchange="a,b", symbols="BTC,ETH")
    assert [row["symbol"] for row in body["symbols"]] == ["BTC/USDT:USDT"]
    assert [(row["symbol"], row["exchange"]) for row in body["failed"]] == [("ETH", None)]
    assert "not the same market" in body["failed"][0]["reason"]
    assert body["complete"] is False
