"""Every panel of the dashboard shows something: a real Prometheus that reads a real server answers each query of it."""

import re
from collections.abc import Iterator
from itertools import count

import pytest

from tests.ops.test_alerts import DASHBOARD, panels
from tests.support import outside
from tests.support.prometheus_server import JOB, Prometheus, prometheus
from tests.support.scraped import total, until
from tests.support.whole_service import WholeService, whole_service

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
    limits = {"LH_ADDRESS_RATE": str(LIMIT), "LH_TRUSTED_PROXIES": "1"}
    with whole_service(EXCHANGES, LH_UNTHROTTLED="true", **limits) as service:
        service.venues.headers["binance"] = {"X-MBX-USED-WEIGHT-1M": "600"}
        with prometheus(service.metrics, scrape_seconds=1) as read:
            live_through(service, read)
            yield read


def live_through(service: WholeService, read: Prometheus) -> None:
    """Ask, let an exchange fail, let a caller ask too much, kill a worker, and go on until all of it can be seen."""
    turn = count()

    def asked() -> bool:
        number = next(turn)
        for path in PATHS:
            query = f"exchange=binance,bybit&symbol=BTC&lookback={number % 20 + 2}d"
            service.server.ask(f"/v1/{path}?{query}", X_Forwarded_For=f"192.0.2.{number % 250}")
        for _ in range(LIMIT // 4):
            service.server.ask("/v1/exchanges", X_Forwarded_For=FLOOD)
        return True

    asked()
    service.venues.fault("bybit", "status", status=429, retry_after=1)
    service.kill_worker()
    until(lambda: total(service.metrics, "heatmap_worker_exits_total") == 1)
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
