"""Exchanges that fail, over real HTTP: one of several is named and missed, all of them are a 503, none is believed."""

import json
from collections.abc import Iterator
from functools import cache
from typing import Any

import numpy as np
import pytest

from service.market.feed.exchange_health.back_off import FIRST_WAIT
from tests.emulator import Emulator, synthetic_truth
from tests.end_to_end.conftest import NOW, next_hour
from tests.end_to_end.stage import HOUR, Recorder, Stage
from tests.support.slowly import few_fast

NAMES = ("bybit", "okx", "gate")
ALL = ",".join(NAMES)
HEATMAP = {"symbol": "BTC", "bins": 100}
SNAPSHOT_SECONDS = 70

FAULTS: dict[str, dict[str, Any]] = {
    "html": {"kind": "html200"},
    "nulls": {"kind": "nulls", "path": "market/kline"},
    "no rows": {"kind": "empty", "path": "market/kline"},
    "open interest of nulls": {"kind": "nulls", "path": "open-interest"},
    "429": {"kind": "status", "status": 429, "retry_after": 7},
    "503": {"kind": "status", "status": 503},
    "reset": {"down": True},
}
# one of each kind: a page, bad rows, a refusal, no answer
FEW = {name: FAULTS[name] for name in ("html", "nulls", "429", "reset")}
# what spoils a single row of its bars
ROWS = {
    "not a number": "nan",
    "negative": "negative",
    "price a thousand times as high": "leap",
    "high under low": "inverted",
}
BARS = {
    "binance": "v1/klines",
    "bybit": "v5/market/kline",
    "okx": "market/candles",
    "gate": "futures/usdt/candlesticks",
    "kucoin": "kline/query",
    "htx": "market/history/kline",
    "bitget": "market/candles",
    "hyperliquid": "/info",
}
# which requests of each venue carry what an answer cannot do without, and what it can
NEEDED = {
    "binance": ["exchangeInfo", "/klines", "openInterestHist"],
    "bybit": ["instruments-info", "market/kline", "open-interest"],
    "okx": ["public/instruments", "market/candles", "open-interest-history"],
    "gate": ["usdt/contracts", "candlesticks", "contract_stats"],
}
OPTIONAL = {"binance": "markPriceKlines", "bybit": "mark-price-kline", "okx": "mark-price-candles"}
NULLS = [(name, path, "nulls") for name, paths in NEEDED.items() for path in paths]
PAGES = [(name, paths[1], "html200") for name, paths in NEEDED.items()]


@pytest.fixture
def stage(emulator: Emulator) -> Iterator[Stage]:
    """Serve three exchanges, nothing in hand."""
    with Stage(emulator, NAMES) as found:
        yield found


@cache
def undisturbed(emulator: Emulator, now_ms: int, exchange: str, **query: Any) -> bytes:
    """Return the heatmap that an application answers at that time if it has never seen a fault."""
    emulator.heal()
    emulator.now_ms = now_ms
    with Stage(emulator, exchange.split(",")) as fresh:
        answer = fresh.get("/v1/heatmap", exchange=exchange, **HEATMAP, **query)
    assert answer.status_code == 200, answer.text
    whole: bytes = answer.data
    return whole


@pytest.fixture(scope="module")
def healthy(walk: Emulator) -> Any:
    """Return the answer of all three exchanges at NOW."""
    return json.loads(undisturbed(walk, NOW, ALL, split="true"))


@pytest.mark.parametrize("fault", few_fast(FAULTS.values(), 3), ids=FAULTS)
def test_one_of_several_is_named_and_missed(
    stage: Stage, emulator: Emulator, healthy: Any, fault: dict[str, Any]
) -> None:
    """The others answer as they would alone; the one that failed is named, with why, and the trust is lower."""
    emulator.fault("bybit", **fault)
    body = stage.ask("/v1/heatmap", exchange=ALL, split="true", **HEATMAP)
    by_name = {source["exchange"]: source for source in body["sources"]}
    assert {name: source["state"] for name, source in by_name.items()} == {
        "bybit": "missing",
        "okx": "used",
        "gate": "used",
    }
    assert "bybit" in by_name["bybit"]["reason"]
    assert by_name["bybit"]["weight"] == 0
    assert sum(source["weight"] for source in body["sources"]) == pytest.approx(1, abs=1e-5)
    assert any("bybit" in warning for warning in body["warnings"])
    assert (body["coverage"]["exchanges"], body["coverage"]["exchanges_wanted"]) == (2, 3)
    assert body["data_quality"]["value"] < healthy["data_quality"]["value"]
    assert set(body["split"]) == {"okx", "gate"}
    for name, part in body["split"].items():
        assert part["accounting"] == healthy["split"][name]["accounting"]
        np.testing.assert_allclose(part["long"], healthy["split"][name]["long"], atol=healthy["grid"]["resolution"])


@pytest.mark.parametrize("path", few_fast(["/v1/profile", "/v1/zones", "/v1/touches"]))
def test_every_map_resource_names_what_is_missing(stage: Stage, emulator: Emulator, path: str) -> None:
    """Not the heatmap alone: whatever sums exchanges says which it is without."""
    emulator.fault("gate", kind="status", status=503)
    states = {source["exchange"]: source["state"] for source in stage.ask(path, exchange=ALL)["sources"]}
    assert states == {"bybit": "used", "okx": "used", "gate": "missing"}


def test_a_scan_without_one_of_its_exchanges_is_not_complete(stage: Stage, emulator: Emulator) -> None:
    """The rows stand, and say by whom they lack."""
    emulator.fault("gate", down=True)
    body = stage.ask("/v1/scan", exchange=ALL, symbols="BTC,ETH")
    assert body["complete"] is False
    assert len(body["symbols"]) == 2
    assert all(any("gate" in warning for warning in row["warnings"]) for row in body["symbols"])


def test_a_diff_needs_both_of_its_sides(stage: Stage, emulator: Emulator) -> None:
    """A side that is one failed exchange is a 503 naming it; a side of two stands on the other."""
    emulator.fault("okx", kind="html200")
    answer = stage.get("/v1/diff", a="bybit", b="okx")
    assert (answer.status_code, answer.get_json()["exchange"]) == (503, "okx")
    body = stage.ask("/v1/diff", a="bybit,okx", b="gate")
    assert {source["exchange"]: source["state"] for source in body["a"]["sources"]} == {
        "bybit": "used",
        "okx": "missing",
    }
    assert body["b"]["coverage"]["exchanges"] == 1


@pytest.mark.parametrize("kind", ROWS.values(), ids=ROWS)
@pytest.mark.parametrize("exchange", few_fast(BARS))
def test_one_bad_row_costs_that_row(emulator: Emulator, exchange: str, kind: str) -> None:
    """Every venue goes on answering; the bar is missing, which is counted and told, and trust is lower for it."""
    query = {"exchange": exchange, **HEATMAP}
    whole = json.loads(undisturbed(emulator, NOW, exchange))
    with Stage(emulator, [exchange]) as stage:
        emulator.fault(exchange, kind=kind, path=BARS[exchange])
        body = stage.ask("/v1/heatmap", **query)
    assert 1 <= body["coverage"]["gaps"] <= 3
    assert whole["coverage"]["gaps"] == 0
    assert any("left out: no prices, or figures that cannot be right" in warning for warning in body["warnings"])
    assert body["data_quality"]["parts"][0]["value"] < whole["data_quality"]["parts"][0]["value"]
    assert body["as_of"] == whole["as_of"]


@pytest.mark.parametrize("exchange", few_fast(sorted(BARS.keys() - {"hyperliquid"})))
def test_rows_out_of_order_are_put_in_order(emulator: Emulator, exchange: str) -> None:
    """Their times say where they belong: the answer is that of a venue which sent them so.

    Hyperliquid answers on one path, where the order of its coins means something.
    """
    with Stage(emulator, [exchange]) as stage:
        emulator.fault(exchange, kind="unsorted", path=BARS[exchange])
        answer = stage.get("/v1/heatmap", exchange=exchange, **HEATMAP)
    assert answer.data == undisturbed(emulator, NOW, exchange)


def test_a_good_row_outlives_a_bad_one(stage: Stage, emulator: Emulator) -> None:
    """What is in hand is not replaced by what cannot be right."""
    query = {"exchange": "bybit", **HEATMAP}
    stage.ask("/v1/heatmap", **query)
    next_hour(emulator)
    emulator.fault("bybit", kind="nan", path="market/kline")
    body = stage.ask("/v1/heatmap", **query)
    assert body["coverage"]["gaps"] <= 1
    emulator.heal()
    emulator.now_ms += HOUR
    healed = stage.get("/v1/heatmap", **query)
    assert healed.data == undisturbed(emulator, emulator.now_ms, "bybit")


@pytest.mark.parametrize("path", few_fast(["/v1/heatmap", "/v1/profile", "/v1/zones", "/v1/touches", "/v1/scan"]))
def test_all_failing_is_a_503_that_says_when_to_come_back(stage: Stage, emulator: Emulator, path: str) -> None:
    """Nothing is made up: problem+json, Retry-After as the exchange asked, no stack."""
    for name in NAMES:
        emulator.fault(name, kind="status", status=429, retry_after=7)
    query = {"symbols": "BTC,ETH"} if path == "/v1/scan" else {"symbol": "BTC"}
    answer = stage.get(path, exchange=ALL, **query)
    assert (answer.status_code, answer.content_type) == (503, "application/problem+json")
    assert answer.headers["Retry-After"] == "7"
    assert answer.get_json()["type"] == "/problems/exchange-unavailable"
    assert answer.get_json()["exchange"] == ALL
    assert all(f"{name}: " in answer.get_json()["detail"] for name in NAMES)
    assert "Traceback" not in answer.text


@pytest.mark.parametrize("fault", few_fast(FEW.values(), 2), ids=FEW)
def test_a_single_exchange_that_fails_is_a_503_naming_it(
    stage: Stage, emulator: Emulator, fault: dict[str, Any]
) -> None:
    """Each way of failing ends the same for the caller, and shows in the exchange's health."""
    emulator.fault("bybit", **fault)
    answer = stage.get("/v1/heatmap", exchange="bybit", **HEATMAP)
    assert (answer.status_code, answer.get_json()["exchange"]) == (503, "bybit")
    assert int(answer.headers["Retry-After"]) >= 1
    health = {row["id"]: row["health"] for row in stage.ask("/v1/exchanges")["exchanges"]}
    assert (health["bybit"]["state"], health["gate"]["state"]) == ("failing", "untried")


@pytest.mark.parametrize(("exchange", "path", "kind"), few_fast([*PAGES[:1], *NULLS, *PAGES[1:]], 3))
def test_bad_data_is_never_kept(emulator: Emulator, exchange: str, path: str, kind: str) -> None:
    """Whichever request came back bad, the answer after healing is byte for byte that of an untouched application."""
    query = {"exchange": exchange, **HEATMAP}
    with Stage(emulator, [exchange]) as stage:
        emulator.fault(exchange, kind=kind, path=path)
        answer = stage.get("/v1/heatmap", **query)
        assert (answer.status_code, answer.get_json()["exchange"]) == (503, exchange)
        emulator.heal()
        stage.wait(FIRST_WAIT)
        healed = stage.get("/v1/heatmap", **query).data
    assert healed == undisturbed(emulator, NOW, exchange)


@pytest.mark.parametrize(("exchange", "path"), few_fast(OPTIONAL.items()))
def test_what_is_not_needed_is_named_and_asked_for_again(emulator: Emulator, exchange: str, path: str) -> None:
    """Without mark prices the map stands on traded ones and says so; once they are back, so is the whole map."""
    query = {"exchange": exchange, **HEATMAP}
    with Stage(emulator, [exchange]) as stage:
        emulator.fault(exchange, kind="nulls", path=path)
        body = stage.ask("/v1/heatmap", **query)
        assert "mark_price" in body["sources"][0]["missing"]
        assert body["coverage"]["mark_price_share"] == 0
        emulator.heal()
        emulator.now_ms += SNAPSHOT_SECONDS * 1000
        healed = stage.get("/v1/heatmap", **query).data
    assert healed == undisturbed(emulator, emulator.now_ms, exchange)


def test_a_row_that_came_twice_counts_once(stage: Stage, emulator: Emulator) -> None:
    """The same row again is no contradiction: the answer is that of a venue which sent it once."""
    emulator.fault("bybit", kind="duplicated", path="market/kline")
    answer = stage.get("/v1/heatmap", exchange="bybit", **HEATMAP)
    assert answer.data == undisturbed(emulator, NOW, "bybit")


@pytest.mark.parametrize("fault", few_fast(FEW.values(), 2), ids=FEW)
def test_good_data_outlives_a_fault(stage: Stage, emulator: Emulator, fault: dict[str, Any]) -> None:
    """A fault while closed bars are in hand leaves them there: afterwards only the tail is fetched, and all is well."""
    query = {"exchange": "bybit", **HEATMAP}
    stage.ask("/v1/heatmap", **query)
    next_hour(emulator)
    emulator.fault("bybit", **fault)
    assert stage.get("/v1/heatmap", **query).status_code == 503
    emulator.heal()
    emulator.now_ms += SNAPSHOT_SECONDS * 1000
    with Recorder(emulator, "bybit") as recorder:
        healed = stage.get("/v1/heatmap", **query)
    for path in ("market/kline", "open-interest", "mark-price-kline"):
        assert len(recorder.asked(path)) <= 1
    # the listing is an hour old too: once, in four parts
    assert len(recorder.asked("instruments-info")) <= 4
    assert healed.data == undisturbed(emulator, emulator.now_ms, "bybit")


def test_a_past_map_answers_while_its_exchange_is_down(stage: Stage, emulator: Emulator) -> None:
    """What is in hand needs no exchange: the map as it stood comes out the same with the venue gone."""
    query = {"exchange": "bybit", "as_of": NOW - HOUR, **HEATMAP}
    stage.ask("/v1/heatmap", exchange="bybit", **HEATMAP)
    before = stage.ask("/v1/heatmap", **query)
    emulator.fault("bybit", down=True)
    after = stage.ask("/v1/heatmap", **query, candles="true")
    assert {name: after[name] for name in ("grid", "accounting", "as_of")} == {
        name: before[name] for name in ("grid", "accounting", "as_of")
    }


@pytest.mark.parametrize("hours", [10, 200])
@pytest.mark.parametrize("lookback", few_fast(["12h", "7d"]))
def test_bars_that_stopped_hours_ago_are_no_map(emulator: Emulator, hours: int, lookback: str) -> None:
    """A venue that goes on answering with old bars is a 503 that says since when, and the others are there."""
    with Stage(emulator, NAMES) as stage:
        emulator.fault("bybit", stuck_at=(NOW // HOUR - hours) * HOUR, path="market/kline")
        answer = stage.get("/v1/heatmap", exchange="bybit", lookback=lookback, **HEATMAP)
        assert (answer.status_code, answer.get_json()["exchange"]) == (503, "bybit")
        assert "bars" in answer.get_json()["detail"]
        body = stage.ask("/v1/heatmap", exchange=ALL, lookback=lookback, **HEATMAP)
        states = {source["exchange"]: source["state"] for source in body["sources"]}
        assert states == {"bybit": "missing", "okx": "used", "gate": "used"}


def test_bars_that_are_late_are_counted_and_told(emulator: Emulator) -> None:
    """Three hours late is still a map, which says that it ends early and when; one bar late is nothing to tell."""
    for late, told in ((1, False), (3, True)):
        with Stage(emulator, ["bybit"]) as stage:
            emulator.fault("bybit", stuck_at=(NOW // HOUR - late) * HOUR, path="market/kline")
            body = stage.ask("/v1/heatmap", exchange="bybit", **HEATMAP)
        assert (body["coverage"]["missing_at_end"], body["coverage"]["gaps"]) == (late, late)
        assert any("ends early" in warning for warning in body["warnings"]) == told
        assert not any("in between" in warning or "reaches back" in warning for warning in body["warnings"])


def test_old_open_interest_is_told_and_then_refused(emulator: Emulator) -> None:
    """Up to a day the map stands on the newest there is and says how old; a day and an hour is a 503."""
    for hours, status in ((5, 200), (25, 503)):
        with Stage(emulator, ["bybit"]) as stage:
            emulator.fault("bybit", stuck_at=(NOW // HOUR - hours) * HOUR + 1, path="open-interest")
            answer = stage.get("/v1/heatmap", exchange="bybit", **HEATMAP)
        assert answer.status_code == status
        if status == 200:
            assert answer.get_json()["coverage"]["open_interest_missing_at_end"] == hours
            assert any(f"{hours} bars old" in warning for warning in answer.get_json()["warnings"])
        else:
            assert "no open interest of BTC/USDT:USDT after" in answer.get_json()["detail"]


@pytest.mark.parametrize(("exchange", "path"), [("okx", "market/books"), ("htx", "market/depth")])
def test_a_lost_book_is_not_a_lost_exchange(emulator: Emulator, exchange: str, path: str) -> None:
    """Without its order book, which a map can do without, an exchange whose tiers count contracts is still there."""
    with Stage(emulator, [exchange]) as stage:
        emulator.fault(exchange, kind="status", status=503, path=path)
        body = stage.ask("/v1/heatmap", exchange=exchange, **HEATMAP)
    assert "order_book" in body["sources"][0]["missing"]
    assert body["coverage"]["order_book"] is False


def test_a_failure_tells_nothing_of_our_network(emulator: Emulator) -> None:
    """Where a mirror stands is in no answer: in no problem, no reason of a source, no health of an exchange."""
    with Stage(emulator, NAMES) as stage:
        emulator.fault("okx", down=True)
        texts = [
            stage.get("/v1/heatmap", exchange="okx", **HEATMAP).text,
            json.dumps(stage.ask("/v1/profile", exchange=ALL)["sources"]),
            stage.get("/v1/exchanges").text,
        ]
    assert all("okx" in text for text in texts)
    port = emulator.base.rpartition(":")[2]
    assert not [secret for secret in ("127.0.0.1", port, "http://") for text in texts if secret in text]


@pytest.mark.parametrize("fault", [{"drip": 0.05}, {"delay_s": 30.0}], ids=["drip", "silence"])
def test_a_slow_exchange_holds_nobody_up(fault: dict[str, Any]) -> None:
    """One that drips or says nothing is cut off at the deadline, and the others are there."""
    with Emulator(synthetic_truth(NOW), NOW) as emulator, Stage(emulator, NAMES, exchange_seconds=1.0) as stage:
        for name in NAMES:
            stage.ask("/v1/markets", exchange=name)
        emulator.fault("okx", **fault)
        body = stage.ask("/v1/profile", exchange=ALL)
        states = {source["exchange"]: source["state"] for source in body["sources"]}
        assert states == {"bybit": "used", "okx": "missing", "gate": "used"}
