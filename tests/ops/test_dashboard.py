"""Every panel of the dashboard shows something: a real Prometheus that reads a real server answers each query of it."""

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from itertools import count

import pytest

from tests.emulator import Emulator, synthetic_truth
from tests.ops.test_alerts import DASHBOARD, panels
from tests.support import outside
from tests.support.prometheus_server import JOB, Prometheus, prometheus
from tests.support.scraped import total, until
from tests.support.serving import Server, free_port, start
from tests.support.valkey_server import url_of, valkey_server

outside.require("prometheus", __file__)

pytestmark = pytest.mark.slow
EXCHANGES = ("binance", "bybit")
PATHS = ("heatmap", "zones", "profile")
# What one address may ask in a minute, and the address of a caller who asks for more.
LIMIT, FLOOD = 30, "198.51.100.7"
QUERIES = [(panel["title"], target["expr"]) for panel in panels() for target in panel["targets"]]


@pytest.fixture(scope="module")
def watched() -> Iterator[Prometheus]:
    """Return a Prometheus that reads a server to which a little of everything has happened."""
    truth = synthetic_truth(int(time.time() * 1000), ahead_hours=24)
    with Emulator(truth, lambda: int(time.time() * 1000)) as venues, valkey_server() as cache:
        venues.headers["binance"] = {"X-MBX-USED-WEIGHT-1M": "600"}
        port = free_port()
        server = start(
            LH_EXCHANGES=",".join(EXCHANGES),
            LH_BASE_URLS=json.dumps({name: venues.url(name) for name in EXCHANGES}),
            LH_UNTHROTTLED="true",
            LH_CACHE_URL=url_of(cache),
            LH_ADDRESS_RATE=str(LIMIT),
            LH_TRUSTED_PROXIES="1",
            LH_METRICS_PORT=str(port),
            LH_LOG_FORMAT="json",
        )
        try:
            with prometheus(port, scrape_seconds=1) as read:
                live_through(server, port, venues, read)
                yield read
        finally:
            server.process.send_signal(signal.SIGTERM)
            server.end()


def live_through(server: Server, port: int, venues: Emulator, read: Prometheus) -> None:
    """Ask, let an exchange fail, let a caller ask too much, kill a worker, and go on until all of it can be seen."""
    turn = count()

    def asked() -> bool:
        number = next(turn)
        for path in PATHS:
            query = f"exchange=binance,bybit&symbol=BTC&lookback={number % 20 + 2}d"
            server.ask(f"/v1/{path}?{query}", X_Forwarded_For=f"192.0.2.{number % 250}")
        for _ in range(LIMIT // 4):
            server.ask("/v1/exchanges", X_Forwarded_For=FLOOD)
        return True

    asked()
    venues.fault("bybit", "status", status=429, retry_after=1)
    pid = next(int(found[1]) for line in server.said if (found := re.search(r"Booting worker with pid: (\d+)", line)))
    os.kill(pid, signal.SIGKILL)
    until(lambda: total(port, "heatmap_worker_exits_total") == 1)
    until(lambda: asked() and all(read.now(query) for _, query in QUERIES))


@pytest.mark.parametrize(("title", "query"), QUERIES)
def test_every_query_has_an_answer(watched: Prometheus, title: str, query: str) -> None:
    """A number for each of its series, of which there are as many as one can read."""
    found = watched.now(query)
    assert found, title
    assert all(re.fullmatch(r"[\d.e+-]+|NaN", series["value"][1]) for series in found)
    assert len(found) <= 20, f"{title}: too many lines to be read"


def test_the_variable_has_jobs_to_choose_from(watched: Prometheus) -> None:
    """Its `label_values` is a question that this Prometheus answers."""
    (job,) = [each for each in DASHBOARD["templating"]["list"] if each["name"] == "job"]
    found = re.fullmatch(r"label_values\((\w+), (\w+)\)", job["query"])
    assert found
    assert watched.ask(f"label/{found[2]}/values", **{"match[]": found[1]}) == [JOB]


def test_the_rules_are_evaluated(watched: Prometheus) -> None:
    """All of them, without an error."""
    (group,) = watched.ask("rules")["groups"]
    assert {rule["health"] for rule in group["rules"]} <= {"ok", "unknown"}
    assert [rule["lastError"] for rule in group["rules"] if rule.get("lastError")] == []
