"""The map as it stood: asked now or asked later, from what was public then, and nothing that came after."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from service.market.feed import SETTLE_MS
from tests.emulator import Emulator
from tests.end_to_end.conftest import NOW
from tests.end_to_end.stage import DAY, HOUR, Stage
from tests.support.slowly import few_fast

# bybit and gate keep their open interest for as long as the emulator runs; okx forgets hours within days
EXCHANGES = ("binance", "bybit", "gate")
MINUTE = 60_000
FULL_HOUR = NOW // HOUR * HOUR
LATER = 2 * DAY + 5 * MINUTE
FIXED = {"symbol": "BTC", "bin_size": 100}


@pytest.fixture(scope="module")
def warm(walk: Emulator) -> Iterator[Stage]:
    """Serve an application that lives through the whole module, and so holds rows of many moments."""
    with Stage(walk) as stage:
        yield stage


def as_it_stood(body: dict[str, Any]) -> dict[str, Any]:
    """Return an answer without its age, the one thing that may change."""
    return {name: value for name, value in body.items() if name != "age_seconds"}


@pytest.mark.parametrize("moment", [FULL_HOUR, NOW, FULL_HOUR + 59 * MINUTE], ids=str)
@pytest.mark.parametrize("exchange", few_fast(EXCHANGES))
def test_asked_then_or_later_is_the_same(emulator: Emulator, warm: Stage, exchange: str, moment: int) -> None:
    """What as_of=T says once T's bar has settled, it says two days later, to who watched and to who comes anew."""
    query = {"exchange": exchange, "as_of": moment, "candles": "true", **FIXED}
    emulator.now_ms = moment + SETTLE_MS
    with Stage(emulator, [exchange]) as stage:
        then = stage.ask("/v1/heatmap", **query)
        warm.ask("/v1/heatmap", exchange=exchange, **FIXED)
    emulator.now_ms = moment + LATER
    with Stage(emulator, [exchange]) as stage:
        later = stage.ask("/v1/heatmap", **query)
    assert as_it_stood(later) == as_it_stood(then)
    assert as_it_stood(warm.ask("/v1/heatmap", **query)) == as_it_stood(then)
    assert then["grid"]["time"][-1] + HOUR <= moment < then["grid"]["time"][-1] + 2 * HOUR


@pytest.mark.parametrize("timeframe", ["5m", "1h", "4h"])
@pytest.mark.parametrize("exchange", few_fast([*EXCHANGES, "okx"]))
def test_the_live_map_is_the_one_that_as_of_rebuilds(emulator: Emulator, exchange: str, timeframe: str) -> None:
    """The map that was served at T without as_of is what as_of=T gives later: the same columns, bins and accounts."""
    query = {"exchange": exchange, "timeframe": timeframe, "lookback": "2d", **FIXED}
    emulator.now_ms = NOW + SETTLE_MS
    with Stage(emulator, [exchange]) as stage:
        live = stage.ask("/v1/heatmap", **query)
    emulator.now_ms = NOW + 10 * MINUTE
    with Stage(emulator, [exchange]) as stage:
        rebuilt = stage.ask("/v1/heatmap", as_of=NOW, **query)
    assert rebuilt["as_of"] == live["as_of"]
    assert rebuilt["grid"]["time"] == live["grid"]["time"]
    edges, cells = common_bins(live["grid"], rebuilt["grid"])
    assert len(edges) > 100
    for side in ("long", "short"):
        one, other = (grid[side] for grid in cells)
        unit = max(live["grid"]["resolution"], rebuilt["grid"]["resolution"])
        np.testing.assert_allclose(one, other, atol=2 * unit, rtol=1e-3)
        assert rebuilt["accounting"][side]["open_interest"] == live["accounting"][side]["open_interest"]


def test_nothing_after_the_moment_was_used(emulator: Emulator, warm: Stage) -> None:
    """Of the past neither the book nor the funding is known, and the answer says that it went without."""
    emulator.now_ms = NOW + LATER
    body = warm.ask("/v1/zones", exchange="bybit", as_of=NOW, symbol="BTC")
    missing = body["sources"][0]["missing"]
    assert {"order_book", "funding"} <= missing.keys()
    assert body["context"]["funding"] is None
    assert body["coverage"]["order_book"] is False
    assert body["price"] == emulator.truth.candles("BTC", HOUR, FULL_HOUR).close[-1]
    assert body["age_seconds"] == (NOW + LATER - FULL_HOUR) / 1000


def test_two_moments_differ_by_what_came_between(emulator: Emulator, warm: Stage) -> None:
    """The diff of two moments has each side's own time, and a moment differs from itself in nothing."""
    emulator.now_ms = NOW + LATER
    query = {"exchange": "bybit", "symbol": "BTC", "bins": 200}
    body = warm.ask("/v1/diff", as_of_a=NOW, as_of_b=NOW + DAY, **query)
    assert body["kind"] == "moments"
    assert body["a"]["as_of"] < body["b"]["as_of"]
    assert np.abs(body["usd_long"]).sum() > 0
    same = warm.ask("/v1/diff", as_of_a=NOW, as_of_b=NOW, **query)
    assert np.abs(same["usd_long"] + same["usd_short"]).sum() == 0
    assert same["agreement"]["both"]["wasserstein_pct"] == 0


def test_the_future_is_refused(emulator: Emulator, warm: Stage) -> None:
    """A moment that the clock has not reached is a 422 that names the range."""
    answer = warm.get("/v1/heatmap", exchange="bybit", as_of=emulator.now_ms + 1)
    assert answer.status_code == 422
    assert answer.get_json()["errors"][0]["field"] == "as_of"


def common_bins(one: dict[str, Any], other: dict[str, Any]) -> tuple[list[float], list[dict[str, Any]]]:
    """Return the lower edges that two grids share, and both grids' cells there."""
    shared = sorted(set(one["edges"][:-1]) & set(other["edges"][:-1]))
    cells = []
    for grid in (one, other):
        at = [grid["edges"].index(edge) for edge in shared]
        cells.append({side: np.array(grid[side], dtype=float)[:, at] for side in ("long", "short")})
    return shared, cells
