"""Bad input is refused by name, with what would be allowed, before anything is fetched."""

import re

import pytest
from flask.testing import FlaskClient

from tests.conftest import Problem
from tests.support.fake_exchange import Clock, FakeExchange

LONG = "A" * 3000
# query, the field that is named, and what the message says of it
REFUSED = [
    ("nope=1", "nope", "allowed: .*bins.*symbol"),
    ("%ff=1", "%FF", "allowed: "),
    ("=", "", "allowed: "),
    ("Bins=5", "Bins", "allowed: "),
    ("timeframe=2h", "timeframe", "one of: 5m, 15m, 30m, 1h, 4h, 1d"),
    ("timeframe=", "timeframe", "one of: 5m"),
    ("bins=0", "bins", "1 .*2000"),
    ("bins=2001", "bins", "1 .*2000"),
    ("bins=-5", "bins", "1 .*2000"),
    ("bins=1.5", "bins", "whole number from 1 to 2000"),
    ("bins=", "bins", "from 1 to 2000"),
    ("bins=many", "bins", "from 1 to 2000"),
    ("bins=1_0", "bins", "from 1 to 2000"),
    ("bins=%D9%A1", "bins", "from 1 to 2000"),
    ("bins=" + "9" * 3000, "bins", "2000"),
    ("bin_size=0", "bin_size", "1e-12 .*1000000000"),
    ("bin_size=-1", "bin_size", "1e-12 .*1000000000"),
    ("bin_size=nan", "bin_size", "from 1e-12 to 1000000000"),
    ("bin_size=1e-300", "bin_size", "1e-12 .*1000000000"),
    ("bin_size=1e300", "bin_size", "1e-12 .*1000000000"),
    ("bin_size=1e9999", "bin_size", "1e-12 .*1000000000"),
    ("bin_size=1e-9", "bin_size", "at least"),
    ("bins=5&bin_size=5", "bin_size", "either bins or bin_size"),
    ("range_pct=0", "range_pct", "0.1 .*90"),
    ("range_pct=-1", "range_pct", "0.1 .*90"),
    ("range_pct=inf", "range_pct", "from 0.1 to 90"),
    ("range_pct=-Infinity", "range_pct", "from 0.1 to 90"),
    ("range_pct=1000", "range_pct", "0.1 .*90"),
    ("lookback=7x", "lookback", "12h to 1y"),
    ("lookback=", "lookback", "12h to 1y"),
    ("lookback=07d", "lookback", "12h to 1y"),
    ("lookback=7d%0A", "lookback", "12h to 1y"),
    ("lookback=-7d", "lookback", "12h to 1y"),
    ("lookback=11h", "lookback", "12h to 1y"),
    ("lookback=8761h", "lookback", "12h to 1y"),
    ("lookback=2y", "lookback", "12h to 1y"),
    ("lookback=12h&timeframe=1d", "lookback", "48h to 8760h at timeframe 1d"),
    ("lookback=1d&timeframe=1d", "lookback", "48h to 8760h at timeframe 1d"),
    ("lookback=1y&timeframe=5m", "lookback", "12h to 750h at timeframe 5m"),
    ("as_of=2099-01-01T00:00:00Z", "as_of", "future. Allowed: 20.* to 2025-06-01T00:00:05Z"),
    ("as_of=1999-01-01T00:00:00Z", "as_of", "too long ago. Allowed: 20.* to 2025-06-01T00:00:05Z"),
    ("as_of=99999999999999", "as_of", "future"),
    ("as_of=0001-01-01T00:00:00%2B23:59", "as_of", "too long ago"),
    ("as_of=9999-12-31T23:59:59-23:59", "as_of", "future"),
    ("as_of=garbage", "as_of", "RFC 3339 .*or epoch ms"),
    ("as_of=", "as_of", "RFC 3339"),
    ("as_of=2025-05-01", "as_of", "RFC 3339"),
    ("as_of=2025-05-01T00:00:00", "as_of", "with an offset"),
    ("as_of=2025-02-30T00:00:00Z", "as_of", "RFC 3339"),
    ("as_of=2025-W10-1T00:00:00Z", "as_of", "RFC 3339"),
    ("as_of=1748736000", "as_of", "epoch ms"),
    ("mix=nonsense", "mix", "default, conservative, retail, degen"),
    ("mix=", "mix", "preset"),
    ("mix=5:x", "mix", "such as 10:0.7"),
    ("mix=5:0.3,", "mix", "such as 10:0.7"),
    ("mix=0.5:1", "mix", "1.1..500"),
    ("mix=501:1", "mix", "1.1..500"),
    ("mix=1:1", "mix", "1.1 to 500"),
    ("bin_size=1e9", "bin_size", "wider than the range"),
    ("mix=nan:1", "mix", "1.1..500"),
    ("mix=5:nan", "mix", "0 or more"),
    ("mix=5:-1", "mix", "0 or more"),
    ("mix=5:1,5:2", "mix", "twice"),
    ("mix=5:1e308,6:1e308", "mix", "such as 5:0.3,10:0.7"),
    ("mix=5:0,10:0", "mix", "sum to 0"),
    ("mix=400:1", "mix", "at or under 100x"),
    ("mix=3:0,400:1", "mix", "at or under 100x"),
    ("mix=" + "5:1," * 200, "mix", "at most 400 characters"),
    ("churn=0", "churn", "0.01 .*10"),
    ("churn=11", "churn", "0.01 .*10"),
    ("churn=x", "churn", "from 0.01 to 10"),
    ("position_notional=0", "position_notional", "1 .*1000000000"),
    ("position_notional=1e10", "position_notional", "1 .*1000000000"),
    ("candles=maybe", "candles", "true or false"),
    ("encoding=xml", "encoding", "dense, deltas, segments"),
    ("symbol=", "symbol", "between 1 and 40"),
    ("symbol=" + LONG, "symbol", "between 1 and 40"),
    ("exchange=" + LONG, "exchange", "between 1 and 200|between 1 and 40"),
    ("bins=5&bins=6", "bins", "2 times; at most once"),
    ("symbol=BTC&symbol=BTC", "symbol", "2 times; at most once"),
    ("bins=2000&lookback=6M", "bins", "Allowed: 1 to 462"),
    ("bins=1000&lookback=3000h", "bins", "Allowed: 1 to 666"),
    ("bin_size=0.02&lookback=8760h", "bin_size", "at least"),
]


@pytest.mark.parametrize(("query", "field", "says"), REFUSED, ids=[query[:40] for query, _, _ in REFUSED])
def test_refused(steady_client: FlaskClient, problem: Problem, query: str, field: str, says: str) -> None:
    """A 422 that names the parameter as the caller wrote it, and the allowed range."""
    response = steady_client.get(f"/v1/heatmap?{query}")
    assert response.status_code == 422
    body = problem(response)
    assert body["type"] == "/problems/invalid-parameter"
    assert [error["field"] for error in body["errors"]] == [field]
    assert re.search(says, body["errors"][0]["message"])
    assert body["errors"][0]["message"] in body["detail"]
    assert len(response.data) < 2000


# What only the market's price or limits can tell.
AFTER_LOADING = ("bin_size=1e-9", "bin_size=0.02", "bin_size=1e9", "mix=400", "mix=3:0")


def test_refused_before_anything_is_fetched(client: FlaskClient, fake: FakeExchange) -> None:
    """Nonsense costs the exchange nothing."""
    fetched = {}
    for query in (query for query, _, _ in REFUSED if not query.startswith(AFTER_LOADING)):
        client.get(f"/v1/heatmap?{query}")
        fetched[query], fake.calls = list(fake.calls), []
    assert {query: calls for query, calls in fetched.items() if calls} == {}


@pytest.mark.parametrize("path", ["profile", "markets", "exchanges", "zones", "touches", "scan", "cascade", "diff",
                                  "liquidation-price", "skill"])  # fmt: skip
def test_every_path_refuses_what_it_does_not_know(steady_client: FlaskClient, problem: Problem, path: str) -> None:
    """No parameter is ignored."""
    response = steady_client.get(f"/v1/{path}?nope=1")
    assert response.status_code == 422
    assert {"nope"} <= {error["field"] for error in problem(response)["errors"]}


def test_several_wrong_parameters_are_all_named(client: FlaskClient, problem: Problem) -> None:
    """The caller learns of everything at once."""
    body = problem(client.get("/v1/heatmap?bins=0&range_pct=0&timeframe=x"))
    assert {error["field"] for error in body["errors"]} == {"bins", "range_pct", "timeframe"}


@pytest.mark.parametrize(
    "query",
    ["", "bins=1", "bins=2000", "bin_size=0.25", "range_pct=0.1", "range_pct=90", "lookback=12h",
     "lookback=1y&timeframe=1d",
     "lookback=750h&timeframe=5m&bins=222", "mix=degen", "mix=5:0.3,10:0.7", "mix=1:0.5,3:0.5", "churn=10",
     "candles=true", "candles=false", "encoding=segments", "symbol=BTCUSDT", "symbol=BTC/USDT:USDT", "symbol=btc",
     "as_of=2025-05-20T12:00:00Z", "as_of=2025-05-20T14:00:00%2B02:00", "as_of=2025-05-20T14:00:00+02:00",
     "as_of=2025-05-20T12:00:00.5Z", "as_of=1747742400000", "bins=50&range_pct=20&lookback=1y",
     "lookback=1y&range_pct=90&bins=50", "bins=%2B5", "range_pct=1e1", "bins=400&lookback=5000h"],
)  # fmt: skip
def test_accepted(steady_client: FlaskClient, query: str) -> None:
    """What is within the limits, up to their edges, is answered."""
    assert steady_client.get(f"/v1/heatmap?{query}").status_code == 200


def test_the_usual_number_of_bins_gives_way_to_the_lookback(client: FlaskClient) -> None:
    """A year of hours fits when no number of bins is asked for."""
    grid = client.get("/v1/heatmap?lookback=1y&encoding=segments").get_json()["grid"]
    assert len(grid["time"]) == 8760
    assert len(grid["time"]) * (len(grid["edges"]) - 2) <= 2_000_000


def test_as_of_now_is_not_in_the_future(client: FlaskClient, clock: Clock) -> None:
    """The present moment itself is allowed; a millisecond later is not."""
    now = int(clock.now * 1000)
    assert client.get(f"/v1/heatmap?as_of={now}").status_code == 200
    assert client.get(f"/v1/heatmap?as_of={now + 1}").status_code == 422
