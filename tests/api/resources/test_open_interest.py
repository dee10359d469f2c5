"""GET /v1/open-interest: what is open by bar, of several exchanges on one axis, in coin and USD."""

from typing import Any

import numpy as np
import pytest
from flask import Flask

from tests.support.fake_apps import app_of, ask, named, refused
from tests.support.fake_exchange import HOUR, T0, FakeExchange

PATH = "/v1/open-interest"


def array(values: list[float | None]) -> Any:
    """Return a list with null as NaN."""
    return np.array(values, dtype=float)


def test_it_is_that_of_the_heatmaps_candles(sim_app: Flask) -> None:
    """The same bars, the same amounts; USD is coin at the close."""
    body = ask(sim_app, PATH, exchange="sim", lookback="3d")
    answer = ask(sim_app, "/v1/heatmap", exchange="sim", lookback="3d", candles=True, bins=10)
    assert body["time"] == answer["grid"]["time"]
    assert body["close_time"] == answer["grid"]["close_time"]
    candles, total = answer["candles"], body["total"]
    np.testing.assert_allclose(array(total["coin"]), array(candles["open_interest"]), rtol=1e-9)
    usd = array(candles["open_interest"]) * array(candles["close"])
    np.testing.assert_allclose(array(total["usd"]), usd, rtol=1e-9)
    assert body["exchanges"] == {"sim": total}


def test_changes_are_differences(sim_app: Flask) -> None:
    """From column to column, in both units; before the first there is none."""
    total = ask(sim_app, PATH, exchange="sim", lookback="2d")["total"]
    for unit in ("coin", "usd"):
        assert total[f"change_{unit}"][0] is None
        np.testing.assert_allclose(array(total[f"change_{unit}"])[1:], np.diff(array(total[unit])), atol=0.02)


def test_the_total_is_the_sum(sim_app: Flask) -> None:
    """Of every exchange, on one axis."""
    body = ask(sim_app, PATH, exchange="sim,sim2", lookback="2d", timeframe="4h")
    assert set(body["exchanges"]) == {"sim", "sim2"}
    for unit in ("coin", "usd"):
        parts = [array(series[unit]) for series in body["exchanges"].values()]
        np.testing.assert_allclose(array(body["total"][unit]), np.sum(parts, axis=0), atol=0.02)
        assert len(parts[0]) == len(body["time"]) == 12


def test_an_exchange_that_listed_it_later_leaves_no_false_sum() -> None:
    """Before it, the total is not known; the other's own figures are."""
    old, new = FakeExchange("a"), FakeExchange("b", listed=T0 - 30 * HOUR)
    body = ask(app_of(old, new), PATH, exchange="a,b", lookback="3d")
    known = np.isfinite(array(body["exchanges"]["b"]["coin"]))
    assert 0 < known.sum() < len(known)
    np.testing.assert_array_equal(np.isfinite(array(body["total"]["coin"])), known)
    assert np.isfinite(array(body["exchanges"]["a"]["coin"])).all()


@pytest.mark.parametrize("query", [{"mix": "5:1"}, {"churn": 1}, {"bins": 5}, {"lookback": "1h"}])
def test_what_has_no_effect_is_refused(sim_app: Flask, query: dict[str, object]) -> None:
    """Open interest does not hang on assumptions or an axis."""
    assert named(refused(sim_app, PATH, 422, exchange="sim", **query)) == list(query)
