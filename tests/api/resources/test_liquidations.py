"""GET /v1/liquidations: what has been liquidated by bar, and who does not publish it."""

from typing import Any

import numpy as np
from flask import Flask

from service.market.contract import ExchangeUnavailable
from service.market.sim import sim
from tests.conftest import SIM_NOW
from tests.support.fake_apps import app_of, ask, named, refused
from tests.support.fake_exchange import Clock, FakeExchange

PATH = "/v1/liquidations"
UNITS = ("long_usd", "short_usd", "long_coin", "short_coin")


def array(values: list[float | None]) -> Any:
    """Return a list with null as NaN."""
    return np.array(values, dtype=float)


def test_they_are_those_of_the_exchange(sim_app: Flask) -> None:
    """Each bar has what the exchange reports of it, of longs and of shorts; coin is at the close."""
    body = ask(sim_app, PATH, exchange="sim", lookback="2d")
    exchange = sim(clock=lambda: SIM_NOW, seed=7)
    rows = exchange.liquidations("BTC/USDT:USDT", "1h", body["time"][0], body["close_time"][-1])
    at = {int(time): place for place, time in enumerate(rows.time)}
    known = np.isfinite(array(body["total"]["long_usd"]))
    assert known.sum() > 40
    for side in ("long", "short"):
        expected = [getattr(rows, side)[at[time]] for time in np.array(body["time"])[known]]
        np.testing.assert_allclose(array(body["total"][f"{side}_usd"])[known], expected, atol=0.01)
    close = array(ask(sim_app, "/v1/heatmap", exchange="sim", lookback="2d", candles=True, bins=10)["candles"]["close"])
    total = body["total"]
    np.testing.assert_allclose(array(total["long_coin"]) * close, array(total["long_usd"]), rtol=1e-6, atol=0.01)


def test_several_are_added_up(sim_app: Flask) -> None:
    """On one axis, each beside the sum."""
    body = ask(sim_app, PATH, exchange="sim,sim2", lookback="2d", timeframe="4h")
    for unit in UNITS:
        parts = [array(series[unit]) for series in body["exchanges"].values()]
        np.testing.assert_allclose(array(body["total"][unit]), np.sum(parts, axis=0), atol=0.02)
    assert body["absent"] == {}


def test_who_does_not_publish_them_is_said() -> None:
    """Beside those that do; the map of one that does not is no part of the answer."""
    clock = Clock(SIM_NOW)
    silent = FakeExchange("sim2")
    silent.simulated = True
    body = ask(app_of(sim(clock=clock, seed=7), silent, clock=clock), PATH, exchange="sim,sim2")
    assert list(body["exchanges"]) == ["sim"]
    assert "sim2" in body["absent"]["sim2"]
    assert [source["exchange"] for source in body["sources"]] == ["sim"]


def test_nobody_publishes_them() -> None:
    """404, which says of the exchange why it has none."""
    body = refused(app_of(FakeExchange("sim")), PATH, 404, exchange="sim")
    assert body["type"] == "/problems/not-published"


def test_one_that_fails_is_named(monkeypatch: Any) -> None:
    """Of several, the others are answered; of one alone it is an outage."""
    clock = Clock(SIM_NOW)
    exchange = sim(clock=clock, seed=7)

    def fail(*_: object) -> None:
        raise ExchangeUnavailable("sim", "down")

    monkeypatch.setattr(exchange, "liquidations", fail)
    assert refused(app_of(exchange, clock=clock), PATH, 503, exchange="sim")["type"] == "/problems/exchange-unavailable"


def test_what_has_no_effect_is_refused(sim_app: Flask) -> None:
    """What was liquidated does not hang on assumptions."""
    assert named(refused(sim_app, PATH, 422, exchange="sim", mix="5:1")) == ["mix"]
