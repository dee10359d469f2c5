"""5 August 2024: the fastest fall in the real hours shows as swept long zones, with the signs that traders wait for."""

from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from itertools import product
from typing import Any

import numpy as np
import pytest

from service.heatmap.touches.find import Touches, find_touches
from tests.emulator import Emulator, real_truth
from tests.end_to_end.stage import HOUR, Stage
from tests.support import outside
from tests.support.real_hours import load

outside.require("real_hours", __file__)
pytestmark = [pytest.mark.slow, pytest.mark.real_hours]

# bybit, because its open interest reaches back as far as the hours do
EXCHANGE = "bybit"
COINS = ("BTC", "ETH", "SOL")
DAY = "2024-08-05"
MIDNIGHT, FIRST_PLUNGE, LOWEST = f"{DAY}T00:00:00Z", f"{DAY}T01:00:00Z", f"{DAY}T06:00:00Z"
LAST_HOUR = int(datetime(2024, 8, 19, 22, tzinfo=UTC).timestamp() * 1000)
QUERY = {"exchange": EXCHANGE, "lookback": "30d", "range_pct": 30, "as_of": "2024-08-06T00:00:00Z"}


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    """Serve the real hours at their own dates, asked two weeks after the crash."""
    with Emulator(real_truth(LAST_HOUR, shift=False), LAST_HOUR) as emulator, Stage(emulator, [EXCHANGE]) as found:
        yield found


@pytest.fixture(scope="module")
def answers(stage: Stage) -> dict[str, Any]:
    """Return the touches of a month by coin, as they were known at the end of the day."""
    return {coin: stage.ask("/v1/touches", symbol=coin, side="long", **QUERY) for coin in COINS}


@pytest.fixture(scope="module")
def every(answers: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """Return the touches of the day by coin."""
    return {coin: of_day(answer) for coin, answer in answers.items()}


def of_day(answer: Any) -> dict[str, Any]:
    """Return the day's touches of long zones by hour, in each hour the nearest one."""
    found = [touch for touch in answer["touches"] if touch["time"].startswith(DAY)]
    return {touch["time"]: touch for touch in reversed(found)}


def hour_of(table: dict[str, np.ndarray], time: str) -> int:
    """Return the row of the hour that opened at that time."""
    return int(np.searchsorted(table["timestamp"], milliseconds(time)))


def milliseconds(time: str) -> int:
    """Return an RFC 3339 time as epoch ms."""
    return int(datetime.fromisoformat(time).timestamp() * 1000)


def test_the_fall_goes_through_long_zones(answers: dict[str, Any], every: dict[str, dict[str, Any]]) -> None:
    """Midnight enters zones on all three coins, and every touch is of a zone that lay below the close before."""
    for coin, touches in every.items():
        table, answer = load(f"{coin}USDT"), answers[coin]
        assert answer["as_of"] == "2024-08-06T00:00:00Z"
        assert answer["coverage"]["open_interest_share"] == 1
        assert len(touches) >= 2
        assert MIDNIGHT in touches
        for time, touch in touches.items():
            at = hour_of(table, time)
            assert touch["side"] == "long"
            assert table["low"][at] < touch["zone_high"] < table["close"][at - 1]
            assert touch["zone_notional"] > 0
        assert_verdict_is_the_summarys(answer["summary"])


def test_the_first_plunge_meets_no_zone(every: dict[str, dict[str, Any]]) -> None:
    """It falls by a twentieth and more through prices where nothing stood out: a map without a zone is no floor."""
    for coin, touches in every.items():
        table = load(f"{coin}USDT")
        at = hour_of(table, FIRST_PLUNGE)
        assert table["low"][at] < 0.95 * table["open"][at]
        assert FIRST_PLUNGE not in touches


def assert_verdict_is_the_summarys(summary: Any) -> None:
    """Assert that, however striking one day looks, something is claimed only where its interval lies beyond zero."""
    primary = next(row for row in summary["comparisons"] if row["metric"] == "follow_through_4")
    assert summary["better_than_placebo"] in {None, primary["reading"] == "higher"}
    assert (summary["better_than_placebo"] is None) == summary["verdict"].startswith("Too few")


def test_volume_and_wick_are_those_of_the_hours(every: dict[str, dict[str, Any]]) -> None:
    """Both signs come out of the table as they do out of the answer."""
    for coin, touches in every.items():
        table = load(f"{coin}USDT")
        for time, touch in touches.items():
            at = hour_of(table, time)
            past = table["volume"][at - 20 : at]
            low, body = table["low"][at], min(table["open"][at], table["close"][at])
            assert touch["volume_z"] == pytest.approx((table["volume"][at] - past.mean()) / past.std(), rel=1e-3)
            assert touch["wick_share"] == pytest.approx((body - low) / (table["high"][at] - low), rel=1e-6)


def test_volume_without_a_wick_was_not_the_end(every: dict[str, dict[str, Any]]) -> None:
    """Midnight's hour trades far beyond the day before it, with hardly a wick, and the fall goes on for hours."""
    for touches in every.values():
        touch = touches[MIDNIGHT]
        assert touch["volume_z"] > 2.5
        assert touch["wick_share"] < 0.25
        assert touch["confirmation"] == "volume_only"
        assert touch["follow_through_1"] < 0
        assert touch["follow_through_4"] < -2


def test_the_lowest_hour_is_swept_and_reversed(every: dict[str, dict[str, Any]]) -> None:
    """Where the fall ended one coin had a zone left to enter, with the long wick and the turn; it held for an hour."""
    assert [coin for coin, touches in every.items() if LOWEST in touches] == ["ETH"]
    touch = every["ETH"][LOWEST]
    assert touch["outcome"] == "swept_and_reversed"
    assert touch["wick_share"] > 0.6
    assert touch["confirmation"] == "wick_only"
    assert touch["follow_through_1"] > 0.9
    assert abs(touch["follow_through_4"]) < 0.1


def test_both_signs_are_no_promise(answers: dict[str, Any]) -> None:
    """Spike and wick came together in one touch of the day, and price broke through that zone."""
    confirmed = [
        (coin, touch)
        for coin, answer in answers.items()
        for touch in answer["touches"]
        if touch["time"].startswith(DAY) and touch["confirmation"] == "confirmed"
    ]
    ((coin, touch),) = confirmed
    assert (coin, touch["time"], touch["outcome"]) == ("SOL", f"{DAY}T05:00:00Z", "broke_through")
    assert touch["follow_through_1"] < 0


def test_the_lowest_hour_clears_what_it_went_through(stage: Stage) -> None:
    """With few positions replaced, three quarters of the longs between the close before and the mark's low are gone."""
    for coin in COINS:
        assert_cleared(stage, coin)


def assert_cleared(stage: Stage, coin: str) -> None:
    """Assert it of one coin."""
    grid = stage.ask("/v1/heatmap", symbol=coin, bins=400, churn=0.01, **QUERY)["grid"]
    mark = stage.emulator.truth.candles(coin, HOUR, LAST_HOUR, mark=True)
    at = int(np.searchsorted(mark.time, milliseconds(LOWEST)))
    column = grid["time"].index(milliseconds(LOWEST))
    edges, long = np.array(grid["edges"]), np.array(grid["long"])
    crossed = (edges[:-1] >= mark.low[at]) & (edges[1:] <= mark.close[at - 1])
    assert crossed.sum() > 5
    stood, stands = long[column - 1][crossed], long[column][crossed]
    assert stood.sum() > 1e7
    assert stands.sum() < 0.26 * stood.sum()


def test_no_seed_changes_the_verdict(monkeypatch: pytest.MonkeyPatch) -> None:
    """Over a month and over all hours the verdict's reading is the same whichever days are drawn."""
    calls: list[partial[Touches]] = []

    def noted(*args: Any, **options: Any) -> Touches:
        calls.append(partial(find_touches, *args, **options))
        return calls[-1]()

    monkeypatch.setattr("service.analysis.results.touches.find_touches", noted)
    with Emulator(real_truth(LAST_HOUR, shift=False), LAST_HOUR) as emulator, Stage(emulator, [EXCHANGE]) as fresh:
        for coin in COINS:
            fresh.ask("/v1/touches", symbol=coin, **QUERY)
            fresh.ask("/v1/touches", symbol=coin, **QUERY | {"lookback": "53d", "as_of": "2024-08-19T22:00:00Z"})
    assert len(calls) == 2 * len(COINS)
    for call in calls:
        summaries = [call(seed=seed).summary for seed in range(5)]
        assert len({summary.better_than_placebo for summary in summaries}) == 1
        assert len({summary.verdict.split(":")[0] for summary in summaries}) == 1


def test_what_is_past_stays(stage: Stage) -> None:
    """Four days later, and from the same first bar on, the touches of that time are listed as they were."""
    for coin, range_pct in product(COINS, (15, 30)):
        assert_past_stays(stage, coin, range_pct)


def assert_past_stays(stage: Stage, coin: str, range_pct: int) -> None:
    """Assert it of one coin and width."""
    query = {"symbol": coin, **QUERY, "range_pct": range_pct}
    then = stage.ask("/v1/touches", **query)["touches"]
    later = query | {"as_of": "2024-08-10T00:00:00Z", "lookback": f"{34 * 24}h"}
    now = [touch for touch in stage.ask("/v1/touches", **later)["touches"] if touch["time"] < QUERY["as_of"]]
    assert len(then) == len(now) > 20
    for before, after in zip(then, now, strict=True):
        unknown = {name for name, value in before.items() if value is None}
        assert {name for name in before if before[name] != after[name]} <= unknown
