"""Touches through HTTP: zones that stood before, the filter, the axis, and what is said of too few."""

from collections import Counter
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask import Flask
from flask.testing import FlaskClient

from service.api.schemas.touches import TouchesSchema
from service.app import create_app
from service.heatmap.touches.find import Touches, find_touches
from service.settings import Settings
from tests.conftest import SIM_NOW, Problem
from tests.support.fake_apps import ask, named, refused

PATH = "/v1/touches"
HOUR = 3600
MEANINGFUL = 10
BAR = ("open", "high", "low", "close")
AXIS = {"symbol": "SOL", "range_pct": 40}


@pytest.fixture(scope="module")
def touched(sim_app: Flask) -> dict[str, Any]:
    """Return a month of touches on the simulated exchange."""
    return ask(sim_app, PATH, **AXIS)


def test_the_answer_is_whole(touched: dict[str, Any]) -> None:
    """It fits its schema, oldest touch first, and the summary counts what is listed."""
    assert TouchesSchema().validate(touched) == {}
    touches, summary = touched["touches"], touched["summary"]
    assert len(touches) == summary["touches"] > 0
    assert [touch["time"] for touch in touches] == sorted(touch["time"] for touch in touches)
    outcomes = Counter(touch["outcome"] for touch in touches)
    for name in ("swept_and_reversed", "broke_through", "grind"):
        assert summary[name] == outcomes[name]
    assert summary["too_recent"] == outcomes[None]
    assert summary["confirmed"] == sum(touch["confirmation"] == "confirmed" for touch in touches)
    assert summary["days"] == len({touch["time"][:10] for touch in touches})
    assert summary["matched"] <= summary["touches"]
    for touch in touches:
        assert touch["zone_low"] < touch["zone_high"]
        assert touch["zone_notional"] > 0
        assert touch["distance_atr"] >= 0
        assert 0 <= touch["wick_share"] <= 1


def test_each_zone_stood_on_the_column_before(sim_app: Flask, touched: dict[str, Any]) -> None:
    """Rebuilt as of the open of the touching bar, the map has that very zone, and that much in it.

    The lookback is shortened by as much as the moment lies back, so that the rebuilt map starts with the same bar.
    """
    now = int(SIM_NOW) // HOUR * HOUR
    for touch in touched["touches"][-3:]:
        at = int(datetime.fromisoformat(touch["time"]).timestamp())
        then = AXIS | {"as_of": f"{at}000", "lookback": f"{30 * 24 - (now - at) // HOUR}h"}
        zones = ask(sim_app, "/v1/zones", **then, kind="hot")
        stood = {zone["id"]: zone for zone in zones["hot"]}[touch["zone_id"]]
        assert stood["side"] == touch["side"]
        assert (stood["low"], stood["high"]) == pytest.approx((touch["zone_low"], touch["zone_high"]), rel=1e-8)
        assert stood["notional"] == pytest.approx(touch["zone_notional"])


def test_the_touching_bar_entered_from_outside(sim_app: Flask, touched: dict[str, Any]) -> None:
    """By the candles: the bar before closed short of the near edge, and the touching bar reached it."""
    body = ask(sim_app, "/v1/heatmap", **AXIS, lookback="30d", candles="true")
    candles, number = body["candles"], {time: n for n, time in enumerate(body["grid"]["time"])}
    for touch in touched["touches"]:
        n = number[int(datetime.fromisoformat(touch["time"]).timestamp() * 1000)]
        if touch["side"] == "long":
            assert candles["low"][n] <= touch["zone_high"] <= candles["close"][n - 1]
            assert touch["reclaim"] is (candles["close"][n] > touch["zone_high"])
        else:
            assert candles["high"][n] >= touch["zone_low"] >= candles["close"][n - 1]
            assert touch["reclaim"] is (candles["close"][n] < touch["zone_low"])


@pytest.mark.parametrize("side", ["long", "short"])
def test_the_filter_leaves_the_summary(sim_app: Flask, touched: dict[str, Any], side: str) -> None:
    """One side's touches, as they were; the summary stays that of both."""
    body = ask(sim_app, PATH, **AXIS, side=side)
    assert body["touches"] == [touch for touch in touched["touches"] if touch["side"] == side]
    assert body["summary"] == touched["summary"]


def test_figures_are_those_of_the_bar(sim_app: Flask, touched: dict[str, Any]) -> None:
    """Prices, depth and follow-through come out of the candles; what has not come yet is null."""
    body = ask(sim_app, "/v1/heatmap", **AXIS, lookback="30d", candles="true")
    candles, number = body["candles"], {time: n for n, time in enumerate(body["grid"]["time"])}
    closes, last = candles["close"], len(candles["close"]) - 1
    for touch in touched["touches"]:
        n = number[int(datetime.fromisoformat(touch["time"]).timestamp() * 1000)]
        assert [touch[name] for name in BAR] == [candles[name][n] for name in BAR]
        sign, near, farthest = (
            (1, touch["zone_high"], touch["low"]) if touch["side"] == "long" else (-1, touch["zone_low"], touch["high"])
        )
        width = touch["zone_high"] - touch["zone_low"]
        assert touch["depth"] == pytest.approx(min((near - farthest) * sign / width, 1.0))
        unit = (closes[n - 1] - near) * sign / touch["distance_atr"]
        for ahead in (1, 4, 24):
            follow = touch[f"follow_through_{ahead}"]
            assert (follow is None) is (n + ahead > last)
            if follow is not None:
                assert follow == pytest.approx((closes[n + ahead] - closes[n]) * sign / unit, abs=1e-6)
        assert (touch["outcome"] is None) is (n == last)


@pytest.mark.parametrize("hours", [24, 7 * 24])
def test_what_is_past_stays(sim_app: Flask, hours: int) -> None:
    """Listed at some moment, a touch is listed later as it was, though the price has moved: follow-through alone grows.

    Both maps begin with the same bar; no bin size is given, so that it is the service that chooses it.
    """
    later = int(SIM_NOW) // HOUR * HOUR
    earlier = later - hours * HOUR
    then, now = (
        ask(sim_app, PATH, symbol="SOL", as_of=f"{at}000", lookback=f"{30 * 24 - (later - at) // HOUR}h")
        for at in (earlier, later)
    )
    assert then["price"] != now["price"]
    end = datetime.fromtimestamp(earlier, tz=UTC).isoformat()
    old = [touch for touch in now["touches"] if touch["time"] < end]
    assert len(old) == len(then["touches"]) > 10
    for before, after in zip(then["touches"], old, strict=True):
        assert {name for name in before if before[name] != after[name]} <= {
            name for name in before if before[name] is None
        }


@pytest.mark.slow
def test_no_seed_changes_the_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """On the simulated exchange every reading is the same whichever days are drawn, and the seed is not for asking."""
    calls: list[partial[Touches]] = []

    def noted(*args: Any, **options: Any) -> Touches:
        calls.append(partial(find_touches, *args, **options))
        return calls[-1]()

    monkeypatch.setattr("service.analysis.results.touches.find_touches", noted)
    fresh = create_app(Settings(exchanges=("sim",)), clock=lambda: SIM_NOW)
    for symbol in ("BTC", "ETH", "SOL", "THIN"):
        ask(fresh, PATH, exchange="sim", symbol=symbol, lookback="90d")
    assert len(calls) == 4
    for call in calls:
        summaries = [call(seed=seed).summary for seed in range(5)]
        assert len({tuple(item.reading for item in summary.comparisons) for summary in summaries}) == 1
        assert len({summary.better_than_placebo for summary in summaries}) == 1
        assert summaries[0].comparisons[0].touches >= 20


def named_values(told: dict[str, Any], schemas: dict[str, Any]) -> list[str]:
    """Return the few values that a field may have; they stand under a name of their own."""
    names = [part["$ref"].rpartition("/")[2] for part in (told, *told.get("anyOf", ())) if "$ref" in part]
    return [value for name in names for value in schemas[name].get("enum", ())]


def test_every_field_is_described() -> None:
    """Of each field is said what it is, of shares and counts where they end, of names among few which there are."""
    text = (Path(__file__).resolve().parents[3] / "openapi.yaml").read_text()
    schemas = yaml.load(text, Loader=yaml.CSafeLoader)["components"]["schemas"]
    fields = {
        f"{name}.{field}": told
        for name in ("Touch", "Comparison", "TouchSummary")
        for field, told in schemas[name]["properties"].items()
    }
    assert [name for name, told in fields.items() if len(told["description"]) < MEANINGFUL] == []
    assert {name for name, told in fields.items() if named_values(told, schemas)} == {
        "Touch.side", "Touch.outcome", "Touch.confirmation", "Comparison.metric", "Comparison.reading",
    }  # fmt: skip
    assert {name for name, told in fields.items() if told.get("maximum") == 1} == {
        "Touch.depth", "Touch.wick_share", "TouchSummary.confirmed_reversal", "TouchSummary.other_reversal",
    }  # fmt: skip
    unbounded = {name for name, told in fields.items() if "number" in told.get("type", "") and "minimum" not in told}
    assert unbounded == {
        "Touch.volume_z", *(f"Touch.follow_through_{ahead}" for ahead in (1, 4, 24)),
        *(f"Comparison.{name}" for name in ("hot", "placebo", "difference", "low", "high")),
    }  # fmt: skip


def test_too_few_touches_say_so(sim_app: Flask) -> None:
    """Over two days there is nothing to compare, and the verdict says that and claims nothing."""
    summary = ask(sim_app, PATH, lookback="2d")["summary"]
    assert summary["better_than_placebo"] is None
    assert summary["verdict"].startswith("Too few touches to tell hot zones from placebo zones")
    for comparison in summary["comparisons"]:
        assert comparison["touches"] <= summary["matched"]


@pytest.mark.slow
def test_a_verdict_agrees_with_its_figure(sim_app: Flask) -> None:
    """With enough touches the verdict is that of the four-bar follow-through, interval and words alike."""
    for symbol in ("ETH", "SOL", "THIN"):
        summary = ask(sim_app, PATH, symbol=symbol, lookback="90d")["summary"]
        primary = next(row for row in summary["comparisons"] if row["metric"] == "follow_through_4")
        if summary["better_than_placebo"] is not None:
            assert summary["better_than_placebo"] is (primary["low"] > 0)
            assert primary["low"] <= primary["difference"] <= primary["high"]
            assert primary["hot"] - primary["placebo"] == pytest.approx(primary["difference"])


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("side=up", "side"),
        ("seed=1", "seed"),
        ("bins=60", "bins"),
        ("lookback=1h", "lookback"),
        ("kind=hot", "kind"),
        ("mix=400:1", "mix"),
    ],
)
def test_bad_input_names_the_field(sim_client: FlaskClient, problem: Problem, query: str, field: str) -> None:
    """Out of range or unknown: 422 naming the parameter."""
    answer = sim_client.get(f"{PATH}?{query}")
    assert answer.status_code == 422
    assert named(problem(answer)) == [field]


def test_a_fitted_mix_is_refused(sim_app: Flask) -> None:
    """Past touches must not be read with a mix that was chosen from what came after them."""
    assert named(refused(sim_app, PATH, 422, mix="fitted")) == ["mix"]
