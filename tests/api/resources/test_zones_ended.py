"""Zones that are gone, through HTTP: those that earlier answers had, and no others."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.api.schemas.ended import EndedZoneSchema
from service.times import rfc3339
from tests.conftest import SIM_NOW, Problem
from tests.support.fake_apps import ask, named

PATH = "/v1/zones"
HOUR_MS = 3_600_000
LAST = int(SIM_NOW * 1000) // HOUR_MS * HOUR_MS


def at(app: Flask, close: int, **query: Any) -> dict[str, Any]:
    """Return the zones as of an hour's close."""
    return ask(app, PATH, as_of=rfc3339(close), **query)


def meet(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Tell whether two zones have one name, or are on one side and overlap or touch, as where one has grown."""
    overlap = one["low"] <= other["high"] and other["low"] <= one["high"]
    return one["id"] == other["id"] or (one["side"] == other["side"] and overlap)


@pytest.mark.parametrize("symbol", ["BTC", "SOL"])
def test_what_earlier_answers_had_stands_or_is_told(sim_app: Flask, symbol: str) -> None:
    """Each hot zone of the answers of twelve hours before is there now, or among the ended, which are not there."""
    now = at(sim_app, LAST, symbol=symbol, ended_bars=12)
    told = {zone["id"] for zone in now["ended"]}
    assert told
    assert not told & {zone["id"] for zone in now["hot"]}
    for hours in range(1, 13):
        before = at(sim_app, LAST - hours * HOUR_MS, symbol=symbol)
        for zone in before["hot"]:
            assert any(meet(zone, other) for other in now["hot"] + now["ended"]), (hours, zone["id"])


def test_an_ended_zone_is_whole(sim_app: Flask) -> None:
    """Edges around core and peak, shares that fit their reason, ends within the bars looked through, newest first."""
    for symbol in ("BTC", "ETH", "SOL"):
        body = at(sim_app, LAST, symbol=symbol, ended_bars=48)
        assert body["ended"]
        ends = [zone["ended_at"] for zone in body["ended"]]
        assert ends == sorted(ends, reverse=True)
        assert rfc3339(LAST - 48 * HOUR_MS) < ends[-1] <= ends[0] <= rfc3339(LAST)
        for zone in body["ended"]:
            assert EndedZoneSchema().validate(zone) == {}
            core = zone["core"]
            assert zone["low"] <= core["low"] <= zone["peak"] <= core["high"] <= zone["high"]
            assert zone["height_at"] < zone["ended_at"]
            assert 0 <= zone["swept"] <= 1
            assert 0 <= zone["left"] <= 1
            assert (zone["why"] == "faded") == (zone["left"] >= 0.5)


def test_they_are_chosen_as_zones_are(sim_app: Flask) -> None:
    """By side, number and nearness; none where only cold ones or no bars are wanted; fewer bars, fewer ends."""
    query = {"symbol": "SOL", "ended_bars": 60}
    every = at(sim_app, LAST, **query)["ended"]
    assert at(sim_app, LAST, **query, side="long")["ended"] == [zone for zone in every if zone["side"] == "long"]
    assert at(sim_app, LAST, **query, top=2)["ended"] == every[:2]
    near = at(sim_app, LAST, **query, within_pct=2)
    assert len(near["ended"]) < len(every)
    assert all(zone["low"] < near["price"] * 1.02 and zone["high"] > near["price"] * 0.98 for zone in near["ended"])
    assert at(sim_app, LAST, **query, kind="cold")["ended"] == []
    assert at(sim_app, LAST, **query | {"ended_bars": 0})["ended"] == []
    assert len(at(sim_app, LAST, **query | {"ended_bars": 12})["ended"]) < len(every)


def test_of_several_timeframes_they_are_the_finest_ones(sim_app: Flask) -> None:
    """As levels, scale and gap are."""
    fine, both = (at(sim_app, LAST, symbol="BTC", timeframes=frames) for frames in ("1h", "1h,4h"))
    assert fine["ended"] == both["ended"]


def test_of_several_exchanges_they_are_of_the_sum(sim_app: Flask) -> None:
    """With the bars of the largest one."""
    body = at(sim_app, LAST, symbol="BTC", exchange="sim,sim2", ended_bars=48)
    assert body["ended"]
    assert not {zone["id"] for zone in body["ended"]} & {zone["id"] for zone in body["hot"]}


@pytest.mark.parametrize("bars", ["-1", "201", "1.5", "all"])
def test_how_far_back_is_bounded(sim_client: FlaskClient, problem: Problem, bars: str) -> None:
    """Beyond it is a 422 that names the parameter."""
    assert named(problem(sim_client.get(f"{PATH}?ended_bars={bars}"))) == ["ended_bars"]
