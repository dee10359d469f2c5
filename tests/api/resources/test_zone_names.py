"""One zone has one name through every door, however its map is cut; doors without names show the same zones."""

from typing import Any

import pytest
from flask import Flask
from prometheus_client.parser import text_string_to_metric_families

from service.mcp_server.asking import asking_in_process
from service.mcp_server.tools import build_server
from service.times import rfc3339
from tests.conftest import SIM_NOW
from tests.support.fake_apps import ask
from tests.support.tool_calls import called, checked

HOUR_MS = 3_600_000
LAST = int(SIM_NOW * 1000) // HOUR_MS * HOUR_MS
AT = rfc3339(LAST)
Places = dict[str, tuple[float, float]]


def named(rows: list[dict[str, Any]]) -> Places:
    """Return where each zone lies, by its name; no two have one name."""
    found = {row["id"]: (row["low"], row["high"]) for row in rows}
    assert len(found) == len(rows)
    return found


@pytest.fixture(params=["BTC", "SOL"])
def symbol(request: pytest.FixtureRequest) -> str:
    """Return a coin."""
    return str(request.param)


@pytest.fixture
def hot(sim_app: Flask, symbol: str) -> Places:
    """Return the hot zones that /v1/zones names."""
    found = named(ask(sim_app, "/v1/zones", symbol=symbol, as_of=AT, top=200)["hot"])
    assert len(found) > 2
    return found


@pytest.mark.parametrize(
    "cut",
    [{"range_pct": 6}, {"range_pct": 40}, {"lookback": "2d"}, {"lookback": "30d"}, {"kind": "hot"}, {"ended_bars": 0},
     {"uncertainty": "true"}],
    ids=str,
)  # fmt: skip
def test_in_zones_however_cut(sim_app: Flask, symbol: str, hot: Places, cut: dict[str, Any]) -> None:
    """Range, lookback and what else is asked for choose zones and name none anew; a longer past is another warm-up."""
    found = named(ask(sim_app, "/v1/zones", symbol=symbol, as_of=AT, top=200, **cut)["hot"])
    if "lookback" in cut:
        kept = found.keys() & hot.keys()
        assert len(kept) >= 0.8 * min(len(found), len(hot))
    else:
        assert found.items() <= hot.items() or hot.items() <= found.items()


def test_on_several_timeframes(sim_app: Flask, symbol: str, hot: Places) -> None:
    """A zone that stands on two is one row; its name is that of the finest."""
    rows = ask(sim_app, "/v1/zones", symbol=symbol, as_of=AT, top=200, timeframes="1h,4h")["hot"]
    assert named([row for row in rows if row["timeframe"] == "1h"]) == hot
    assert any(len(row["timeframes"]) == 2 for row in rows)


def test_in_split_scan_cascade_and_diff(sim_app: Flask, symbol: str, hot: Places) -> None:
    """The exchange's part of a sum, the next zones of a scan, and both sides of a comparison."""
    split = ask(sim_app, "/v1/zones", symbol=symbol, as_of=AT, top=200, exchange="sim,sim2", split="true")["split"]
    assert named(split["sim"]["hot"]) == hot
    (row,) = ask(sim_app, "/v1/scan", symbols=symbol, as_of=AT)["symbols"]
    nearest = [row[side] for side in ("long", "short") if row[side]]
    assert named(nearest).items() <= hot.items()
    for other in ({"a": "sim", "b": "sim2"}, {"a": "sim2", "b": "sim"}):
        zones = ask(sim_app, "/v1/diff", symbol=symbol, as_of=AT, **other, bins=90)["zones"]
        mine = "a" if other["a"] == "sim" else "b"
        theirs = "b" if mine == "a" else "a"
        rows = [pair[mine] for pair in zones["in_both"]] + zones[f"only_{mine}"] + zones[f"faint_in_{theirs}"]
        assert {one["id"] for one in rows} == hot.keys()


@pytest.mark.parametrize("bins", [60, 300])
def test_in_a_cascade_of_now(sim_app: Flask, symbol: str, bins: int) -> None:
    """It is of the present alone, as its zones are, whatever bins it is told on."""
    now = named(ask(sim_app, "/v1/zones", symbol=symbol, top=200)["hot"])
    cascade = ask(sim_app, "/v1/cascade", symbol=symbol, move_pct=-3, bins=bins, samples=10, range_pct=15)
    assert named(cascade["zones"]) == now


def test_to_a_language_model(sim_app: Flask, symbol: str, hot: Places) -> None:
    """With its own answer, and what a concise one shows is the first of these."""
    given = {"exchange": "sim", "symbol": symbol, "as_of": AT}
    server = build_server(asking_in_process(sim_app), "1")
    tools, (full, concise) = called(server, ("zones", given | {"detail": "full"}), ("zones", given))
    assert named(checked(tools["zones"], full)["full"]["hot"]) == hot
    shown = {(zone["low"], zone["high"]) for zone in checked(tools["zones"], concise)["hot"]}
    assert shown <= set(hot.values())


def test_in_a_probe(sim_app: Flask, symbol: str, hot: Places) -> None:
    """It tells edges and no name, which would be a new series for each zone."""
    text = sim_app.test_client().get("/probe", query_string={"exchange": "sim", "symbol": symbol, "as_of": AT}).text
    samples = [sample for family in text_string_to_metric_families(text) for sample in family.samples]
    for side in ("long", "short"):
        edges = {each.name[-4:].strip("_"): each.value for each in samples if each.labels.get("side") == side}
        assert any(
            edges["low"] == pytest.approx(low, rel=1e-6) and edges["high"] == pytest.approx(high, rel=1e-6)
            for low, high in hot.values()
        )


def test_among_the_ended(sim_app: Flask, symbol: str, hot: Places) -> None:
    """A zone that is gone has the name that it had in the answer of when it held most, at the same edges."""
    rows = ask(sim_app, "/v1/zones", symbol=symbol, as_of=AT, top=200, ended_bars=12)["ended"]
    assert rows
    assert not named(rows).keys() & hot.keys()
    for row in rows[:4]:
        then = named(ask(sim_app, "/v1/zones", symbol=symbol, as_of=row["height_at"], top=200)["hot"])
        assert then[row["id"]] == pytest.approx((row["low"], row["high"]), rel=1e-6)


def test_among_touches(sim_app: Flask, symbol: str) -> None:
    """A touched zone has the name that the answer of the close before it has for its place."""
    touches = ask(sim_app, "/v1/touches", symbol=symbol, as_of=AT)["touches"][-4:]
    assert touches
    for touch in touches:
        then = named(ask(sim_app, "/v1/zones", symbol=symbol, as_of=touch["time"], top=200)["hot"])
        assert then[touch["zone_id"]] == pytest.approx((touch["zone_low"], touch["zone_high"]), rel=1e-6)
