"""Equal answers have equal tags and bytes, other ones have others, and what is past stands for long."""

from concurrent.futures import ThreadPoolExecutor

import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.api.edge.kept_answers.etag import etag_of
from service.app import create_app
from service.market.contract import ExchangeUnavailable
from service.market.feed import BOOK_SECONDS
from service.settings import Settings
from tests.conftest import SIM_NOW
from tests.support.fake_exchange import HOUR, T0, Clock, FakeExchange

PATHS = ["/v1/heatmap", "/v1/profile", "/v1/markets", "/v1/heatmap?encoding=segments&candles=true&range_pct=5"]


def test_tags_tell_apart_what_differs() -> None:
    """Any part, its type and its order count."""
    tags = [
        etag_of(),
        etag_of("a"),
        etag_of("a", "b"),
        etag_of("b", "a"),
        etag_of("ab"),
        etag_of(1),
        etag_of("1"),
        etag_of(1.0),
    ]
    assert len(set(tags)) == len(tags)


@pytest.mark.parametrize("query", ["bins=100", "mix=degen", "mix=5:1", "mix=5:1,10:1", "churn=0.7", "range_pct=10",
                                   "lookback=3d", "timeframe=4h", "candles=true", "encoding=segments",
                                   "position_notional=2e6", f"as_of={T0}", "bin_size=1"])  # fmt: skip
def test_another_question_is_another_tag(client: FlaskClient, query: str) -> None:
    """Every parameter that changes the answer changes its tag."""
    assert client.get(f"/v1/heatmap?{query}").headers["ETag"] != client.get("/v1/heatmap").headers["ETag"]


def test_other_inputs_are_another_tag(client: FlaskClient, fake: FakeExchange, clock: Clock) -> None:
    """A new bar, a new book and a part that went missing each make a new answer."""
    tags = [client.get("/v1/heatmap").headers["ETag"]]
    clock.now += BOOK_SECONDS + 1
    tags.append(client.get("/v1/heatmap").headers["ETag"])
    assert tags[0] == tags[1]
    clock.now += BOOK_SECONDS + 1
    fake.price = 100.5
    tags.append(client.get("/v1/heatmap").headers["ETag"])
    clock.now += 3600
    tags.append(client.get("/v1/heatmap").headers["ETag"])
    clock.now += BOOK_SECONDS + 1
    fake.fail("order_book", ExchangeUnavailable("sim", "down"))
    tags.append(client.get("/v1/heatmap").headers["ETag"])
    assert len(set(tags)) == 4


def test_a_map_of_the_past_stands_for_a_day(client: FlaskClient) -> None:
    """What cannot change any more is kept long."""
    response = client.get(f"/v1/heatmap?as_of={T0 - 10 * HOUR}")
    assert response.headers["Cache-Control"].startswith("public, max-age=86400,")


@pytest.mark.parametrize("lacking", ["bar", "mark"])
def test_a_map_of_the_past_that_lacks_something_does_not(client: FlaskClient, fake: FakeExchange, lacking: str) -> None:
    """A bar not yet published, or a part the exchange failed to give, may be there the next time."""
    if lacking == "bar":
        fake.published = T0 - HOUR
    else:
        fake.fail("mark_ohlcv", ExchangeUnavailable("sim", "down"))
    response = client.get(f"/v1/heatmap?as_of={T0}")
    assert response.headers["Cache-Control"].startswith(f"public, max-age={int(BOOK_SECONDS)},")


@pytest.mark.parametrize("exchange", ["sim", "sim2"])
@pytest.mark.parametrize("path", ["heatmap?bins=60&lookback=3d", "profile?bins=60"])
def test_same_inputs_same_bytes(sim_client: FlaskClient, exchange: str, path: str) -> None:
    """Two processes at the same moment answer alike to the last byte, plain and compressed."""
    other = create_app(Settings(exchanges=("sim", "sim2")), clock=lambda: SIM_NOW).test_client()
    query = f"/v1/{path}&exchange={exchange}"
    for headers in ({}, {"Accept-Encoding": "gzip"}):
        one, two = sim_client.get(query, headers=headers), other.get(query, headers=headers)
        assert one.data == two.data
        assert one.headers["ETag"] == two.headers["ETag"]


def test_concurrent_queries_do_not_mix(app: Flask) -> None:
    """Each of many callers at once gets the answer to its own question."""
    queries = [
        f"/v1/heatmap?bins={bins}&encoding={encoding}" for bins in (10, 50, 90) for encoding in ("dense", "segments")
    ]
    alone = {query: app.test_client().get(query).headers["ETag"] for query in queries}
    with ThreadPoolExecutor(12) as pool:
        found = list(pool.map(lambda query: (query, app.test_client().get(query)), queries * 6))
    for query, response in found:
        assert response.headers["ETag"] == alone[query]
        assert ("long" in orjson.loads(response.data)["grid"]) == ("dense" in query)


def test_replicas_agree_on_what_is_past(fake: FakeExchange) -> None:
    """Processes that read the same past at different moments give it the same tag, so that either can answer 304."""
    path = f"/v1/heatmap?exchange=sim&as_of={T0 - 10 * HOUR}"
    tags = {
        create_app(Settings(), exchanges={"sim": fake}, clock=Clock(Clock().now + later))
        .test_client()
        .get(path)
        .headers["ETag"]
        for later in (0.0, 0.4, 1.7, 90.0)
    }
    assert len(tags) == 1
