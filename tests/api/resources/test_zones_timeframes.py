"""Zones of several timeframes through HTTP: one list, from one price, with nothing missing unsaid."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.market.contract import ExchangeUnavailable
from tests.conftest import Problem
from tests.support.fake_apps import app_of, ask, both, named
from tests.support.fake_exchange import FakeExchange

PATH = "/v1/zones"


@pytest.fixture
def zones(sim_app: Flask) -> Any:
    """Return a function that asks the simulated exchange for zones."""
    return lambda **query: ask(sim_app, PATH, **query)


def test_a_zone_says_on_which_it_stands(zones: Any) -> None:
    """Every zone stands on its own timeframe, the finest; a zone on several is near one of the coarse answer."""
    body = zones(timeframes="1h,4h,1d", symbol="SOL")
    assert (body["timeframes"], body["timeframe"]) == (["1h", "4h", "1d"], "1h")
    coarse = {frame: zones(timeframe=frame, symbol="SOL") for frame in ("1h", "4h", "1d")}
    for zone in both(body):
        assert zone["timeframe"] == zone["timeframes"][0]
        assert zone["timeframes"] == [frame for frame in ("1h", "4h", "1d") if frame in zone["timeframes"]]
        for frame in zone["timeframes"]:
            assert any(
                other["side"] == zone["side"] and other["low"] < zone["high"] and other["high"] > zone["low"]
                for other in coarse[frame][zone["kind"]]
            )
    fine = {zone["id"] for zone in coarse["1h"]["hot"]}
    assert fine == {zone["id"] for zone in body["hot"] if zone["timeframe"] == "1h"}
    assert any(len(zone["timeframes"]) > 1 for zone in body["hot"])
    assert [zone["rank"] for zone in body["hot"]] == list(range(1, len(body["hot"]) + 1))


def test_the_order_asked_in_does_not_matter(sim_client: FlaskClient) -> None:
    """Equal bytes under one ETag, whichever is named first, joined or repeated, and beside the default of timeframe."""
    spellings = (
        "timeframes=4h,1h",
        "timeframes=1h&timeframes=4h",
        "timeframes=4h%2C1h",
        "timeframe=1h&timeframes=1h&timeframes=4h",
        "timeframe=4h&timeframes=1h,4h",
    )
    first, *others = (sim_client.get(f"{PATH}?{spelling}") for spelling in spellings)
    assert first.get_json()["timeframes"] == ["1h", "4h"]
    for other in others:
        assert (other.data, other.headers["ETag"]) == (first.data, first.headers["ETag"])
    one, same = (sim_client.get(f"{PATH}?{spelling}") for spelling in ("timeframe=4h", "timeframe=1h&timeframes=4h"))
    assert one.headers["ETag"] == same.headers["ETag"] != first.headers["ETag"]


def test_all_are_read_from_the_newest_price(zones: Any) -> None:
    """Of the past there is no book, and a day's close may be hours old: distances count from the finest close."""
    query = {"symbol": "THIN", "as_of": "2025-10-05T17:00:00Z", "lookback": "30d", "range_pct": 30}
    body, daily = zones(**query, timeframes="1h,1d"), zones(**query, timeframe="1d")
    price = body["price"]
    assert price == zones(**query)["price"] != daily["price"]
    assert any(zone["timeframe"] == "1d" for zone in both(body))
    for zone in both(body):
        near = zone["high"] if zone["side"] == "long" else zone["low"]
        inside = zone["low"] <= price <= zone["high"]
        assert zone["distance_pct"] == pytest.approx(0 if inside else 100 * abs(price - near) / price)
        assert inside or (near < price) is (zone["side"] == "long")


def test_what_a_coarser_one_lacks_is_said() -> None:
    """An exchange that fails on one of the timeframes alone is not silently missing from it."""
    poor = FakeExchange("poor")
    whole = poor.open_interest

    def no_days(symbol: str, timeframe: str, since: int, until: int) -> Any:
        if timeframe == "1d":
            raise ExchangeUnavailable("poor", "no days today")
        return whole(symbol, timeframe, since, until)

    poor.open_interest = no_days  # type: ignore[method-assign]  # one timeframe fails
    body = ask(app_of(FakeExchange("rich"), poor), PATH, exchange="rich,poor", timeframes="1h,1d")
    assert body["coverage"]["exchanges"] == 2
    said = [warning for warning in body["warnings"] if warning.startswith("1d: ")]
    assert any("poor" in warning and "no days today" in warning for warning in said)


@pytest.mark.parametrize("frames", ["1h,1h", "1h,4h,1h"])
def test_duplicates_are_refused(sim_client: FlaskClient, problem: Problem, frames: str) -> None:
    """A timeframe named twice is a mistake."""
    answer = sim_client.get(f"{PATH}?timeframes={frames}")
    assert answer.status_code == 422
    assert named(problem(answer)) == ["timeframes"]


def test_a_grid_that_fits_is_chosen_for_the_finest(zones: Any) -> None:
    """A month of five-minute bars gets coarser bins instead of an error; too many asked for is one."""
    assert zones(timeframe="5m", lookback="30d", symbol="THIN")["hot"]
