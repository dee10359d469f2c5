"""Answers are made once and sent many times: conditional, compressed, bounded, and the same bytes every time."""

import gzip
from datetime import datetime

import numpy as np
import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.analysis.concurrency.admission import Admission
from service.api.edge.kept_answers import answers
from service.api.edge.kept_answers.answered_first import AnsweredFirst
from service.api.edge.kept_answers.answers import (
    LONGEST_SPELLING,
    STALE_IF_ERROR,
    STALE_WHILE_REVALIDATE,
    Answers,
)
from service.api.edge.kept_answers.compression import COMPRESS_FROM
from service.api.edge.kept_answers.etag import etag_of
from service.api.edge.refusals.places import Places
from service.market.contract import ExchangeUnavailable
from service.market.feed import BOOK_SECONDS
from tests.support.crowd import CountedLock, crowd
from tests.support.fake_exchange import Clock, FakeExchange

PATHS = ["/v1/heatmap", "/v1/profile", "/v1/markets", "/v1/heatmap?encoding=segments&candles=true&range_pct=5"]


class Kitchen:
    """An app around Answers alone, which counts how often a body is made."""

    def __init__(self, most_bytes: int = 10_000_000) -> None:
        """Keep answers of at most that many bytes."""
        self.app, self.clock, self.made = Flask("kitchen"), Clock(), 0
        self.answers = Answers(most_bytes, self.clock)
        self.etag, self.seconds, self.size = etag_of("v1"), 5.0, 10
        self.app.wsgi_app = AnsweredFirst(self.app.wsgi_app, self.answers, Places(100), Admission(60.0))  # type: ignore[method-assign]  # as Flask wants it done
        self.app.add_url_rule("/", view_func=lambda: self.answers.reply(self.etag, self.seconds, self.make))
        self.client = self.app.test_client()

    def make(self) -> dict[str, object]:
        """Return a body that says how many were made."""
        self.made += 1
        return {"made": self.made, "fill": "x" * self.size, "array": np.arange(3)}


@pytest.fixture
def kitchen() -> Kitchen:
    """Return a fresh one."""
    return Kitchen()


@pytest.mark.parametrize("path", PATHS)
def test_headers(client: FlaskClient, path: str) -> None:
    """Caches learn how long an answer stands, and what it varies with."""
    response = client.get(path)
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["ETag"].startswith('W/"')
    seconds = 60 if "markets" in path else int(BOOK_SECONDS)
    stale = f"stale-while-revalidate={STALE_WHILE_REVALIDATE}, stale-if-error={STALE_IF_ERROR}"
    policy = f"public, max-age={seconds}, {stale}"
    assert response.headers["Cache-Control"] == policy
    assert response.headers["Vary"] == "Accept-Encoding"
    assert "Age" not in response.headers


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("form", ["{}", 'W/"x", {}', '"x", {} , W/"y"', "*", "{strong}"])
def test_a_caller_that_has_it_gets_304(client: FlaskClient, path: str, form: str) -> None:
    """By the same tag, weak or strong, alone or in a list, or any tag at all."""
    etag = client.get(path).headers["ETag"]
    told = form.format(etag, strong=etag.removeprefix("W/"))
    response = client.get(path, headers={"If-None-Match": told})
    assert (response.status_code, response.data) == (304, b"")
    assert response.headers["ETag"] == etag
    assert "max-age" in response.headers["Cache-Control"]
    assert response.headers["Vary"] == "Accept-Encoding"


@pytest.mark.parametrize("told", ['W/"x"', '"x", "y"', "", "nonsense", '"', "W/"])
def test_a_caller_that_has_another_gets_it_all(client: FlaskClient, told: str) -> None:
    """Other tags, and headers that are none, do not match."""
    response = client.get("/v1/profile", headers={"If-None-Match": told})
    assert response.status_code == 200
    assert response.get_json()["exchange"] == "sim"


def test_304_without_computing(kitchen: Kitchen) -> None:
    """A tag that matches is answered before a body is made, though none is kept."""
    response = kitchen.client.get("/", headers={"If-None-Match": kitchen.etag})
    assert response.status_code == 304
    assert kitchen.made == 0
    assert kitchen.client.get("/").get_json()["made"] == 1


def test_who_only_confirms_keeps_an_answer_fresh(kitchen: Kitchen) -> None:
    """Callers who poll with their tag are answered from hand, as long as it was confirmed a moment ago."""
    kitchen.client.get("/")
    kitchen.clock.now += 100
    looked, held = [], {"If-None-Match": kitchen.etag}
    look = kitchen.answers.reply

    def counted(*given: object) -> object:
        looked.append(given)
        return look(*given)  # type: ignore[arg-type]  # passed on as it is

    kitchen.answers.reply = counted  # type: ignore[method-assign,assignment]  # how often the inputs are looked at
    assert [kitchen.client.get("/", headers=held).status_code for _ in range(3)] == [304, 304, 304]
    assert len(looked) == 1


def test_304_from_what_is_fresh_asks_nobody(client: FlaskClient, fake: FakeExchange, clock: Clock) -> None:
    """Within its seconds an answer is confirmed without a look at the exchange, even while that is down."""
    etag = client.get("/v1/heatmap").headers["ETag"]
    calls = len(fake.calls)
    for method in ("markets", "ohlcv", "order_book"):
        fake.fail(method, ExchangeUnavailable("sim", "down"))
    clock.now += BOOK_SECONDS - 0.1
    assert client.get("/v1/heatmap", headers={"If-None-Match": etag}).status_code == 304
    assert client.get("/v1/heatmap").headers["Age"] == "4"
    assert len(fake.calls) == calls


def test_fresh_answers_are_not_made_again(kitchen: Kitchen) -> None:
    """One body for as long as it is fresh, and for as long after as its tag stays."""
    assert [kitchen.client.get("/").get_json()["made"] for _ in range(3)] == [1, 1, 1]
    kitchen.clock.now += 100
    assert kitchen.client.get("/").get_json()["made"] == 1
    kitchen.clock.now += 100
    kitchen.etag = etag_of("v2")
    assert kitchen.client.get("/").get_json()["made"] == 2


def test_age_counts_from_the_last_look_at_the_inputs(kitchen: Kitchen) -> None:
    """max-age stays, Age grows, and both start again when the inputs were found unchanged."""
    ages = []
    for seconds in (0, 0.5, 3, 1.4, 1, 2):
        kitchen.clock.now += seconds
        response = kitchen.client.get("/")
        assert response.headers["Cache-Control"].startswith("public, max-age=5,")
        ages.append(response.headers.get("Age"))
    assert ages == [None, None, "3", "4", None, "2"]
    assert kitchen.made == 1


def test_ages_are_those_of_the_moment_of_sending(client: FlaskClient, clock: Clock) -> None:
    """A kept answer ages as it is sent again: from hand, and where its inputs were found unchanged."""
    first = client.get("/v1/heatmap").get_json()
    for seconds in (1.0, 2.0, 60.0, 1737.0):
        clock.now += seconds
        answer = client.get("/v1/heatmap", headers={"Accept-Encoding": "gzip"})
        body = orjson.loads(gzip.decompress(answer.data))
        age = clock.now - datetime.fromisoformat(body["as_of"]).timestamp()
        assert body["age_seconds"] == pytest.approx(age, abs=1.0)
        assert body | {"age_seconds": 0} == first | {"age_seconds": 0}


def test_a_body_without_ages_is_compressed_once(kitchen: Kitchen) -> None:
    """However long it is sent."""
    kitchen.size = COMPRESS_FROM
    kitchen.client.get("/")
    kept = next(iter(kitchen.answers._kept.values()))
    form = kept.at(kitchen.clock.now)
    assert kept.at(kitchen.clock.now + 30.0) is form


@pytest.mark.parametrize("query", ["/?a=1", "/?", "/?A"])
def test_requests_that_mean_the_same_share_one_answer(kitchen: Kitchen, query: str) -> None:
    """Another spelling has to be understood once; the body is made for neither again, and each is fresh by itself."""
    kitchen.client.get("/?a")
    assert kitchen.client.get(query).get_json()["made"] == 1
    assert len(kitchen.answers._kept) == 1
    kitchen.etag = etag_of("unseen while fresh")
    assert kitchen.client.get(query).get_json()["made"] == 1
    assert kitchen.client.get("/?a").get_json()["made"] == 1


def test_what_is_out_of_date_makes_room(kitchen: Kitchen) -> None:
    """A request that leads to a new answer drops the one before, even where another spelling had led to it too."""
    for spelling in ("/?a", "/?b"):
        kitchen.client.get(spelling)
    kitchen.clock.now += 100
    kitchen.etag = etag_of("v2")
    assert kitchen.client.get("/?a").get_json()["made"] == 2
    assert list(kitchen.answers._kept) == [kitchen.etag]
    assert kitchen.client.get("/?b").get_json()["made"] == 2


def test_a_long_spelling_is_answered_and_not_kept(kitchen: Kitchen) -> None:
    """Callers cannot fill the memory with the names of requests."""
    long = f"/?{'a' * LONGEST_SPELLING}"
    assert kitchen.client.get(long).get_json()["made"] == 1
    assert len(kitchen.answers._spelled) == 0


def test_what_does_not_read_is_not_answered_from_hand(kitchen: Kitchen) -> None:
    """A POST never gets a kept answer."""
    kitchen.client.get("/")
    assert kitchen.client.post("/").status_code == 405
    assert kitchen.client.head("/").status_code == 200
    assert kitchen.made == 1


def test_gzip_is_made_once(kitchen: Kitchen) -> None:
    """All callers who take gzip get the same bytes, which are the body's."""
    kitchen.size = COMPRESS_FROM
    plain = kitchen.client.get("/")
    zipped = [kitchen.client.get("/", headers={"Accept-Encoding": "gzip"}) for _ in range(3)]
    kept = next(iter(kitchen.answers._kept.values()))
    for response in zipped:
        assert response.headers["Content-Encoding"] == "gzip"
        assert response.headers["ETag"] == plain.headers["ETag"]
        assert gzip.decompress(response.data) == plain.data
    assert len({id(data) for data in crowd(8, lambda: kept.form.under("gzip"))}) == 1


def test_compressed_for_those_who_take_it(kitchen: Kitchen) -> None:
    """The coding is chosen by Accept-Encoding, which caches are told."""
    kitchen.size = COMPRESS_FROM
    for accepts, coding in (("gzip", "gzip"), ("zstd", "zstd"), ("br", "br"), ("identity", None), ("", None)):
        response = kitchen.client.get("/", headers={"Accept-Encoding": accepts})
        assert response.headers.get("Content-Encoding") == coding
        assert response.headers["Vary"] == "Accept-Encoding"
        assert int(response.headers["Content-Length"]) == len(response.data)


def test_short_answers_are_sent_as_they_are(kitchen: Kitchen) -> None:
    """Compressing a few bytes makes them more."""
    assert "Content-Encoding" not in kitchen.client.get("/", headers={"Accept-Encoding": "gzip"}).headers


def test_memory_is_bounded() -> None:
    """Kept bodies never take more than was said; the ones not asked for longest go."""
    kitchen = Kitchen(10_000)
    kitchen.size = 1000
    for n in range(100):
        kitchen.etag = etag_of(n)
        kitchen.client.get(f"/?{n}")
        assert sum(2 * len(answer.form) for answer in kitchen.answers._kept.values()) <= 10_000
    assert len(kitchen.answers._kept) == 3
    assert kitchen.client.get("/?99").get_json()["made"] == 100
    kitchen.etag = etag_of(0)
    assert kitchen.client.get("/?0").get_json()["made"] == 101


def test_what_is_in_use_is_not_what_makes_room() -> None:
    """An answer that is sent from hand again and again stays, however many others are made meanwhile."""
    kitchen = Kitchen(10_000)
    kitchen.size, kitchen.seconds = 1000, 600.0
    tags = [etag_of(n) for n in range(20)]
    for n, kitchen.etag in enumerate(tags):
        kitchen.client.get(f"/?{n}")
        kitchen.clock.now += 2.0
        assert kitchen.client.get("/?0").get_json()["made"] == 1
    assert tags[0] in kitchen.answers._kept
    assert tags[1] not in kitchen.answers._kept


def test_spellings_are_bounded(kitchen: Kitchen, monkeypatch: pytest.MonkeyPatch) -> None:
    """The one that was understood longest ago goes, and has to be understood again."""
    monkeypatch.setattr(answers, "MOST_SPELLINGS", 3)
    for n in range(5):
        kitchen.client.get(f"/?{n}")
    assert list(kitchen.answers._spelled) == ["/?2", "/?3", "/?4"]
    assert kitchen.client.get("/?0").get_json()["made"] == 1


@pytest.mark.parametrize("most_bytes", [0, 500])
def test_an_answer_larger_than_the_cache_is_sent_and_not_kept(most_bytes: int) -> None:
    """It is made again each time, and nothing else is lost for it."""
    kitchen = Kitchen(most_bytes)
    kitchen.size = 2000
    assert [kitchen.client.get("/").get_json()["made"] for _ in range(2)] == [1, 2]
    assert len(kitchen.answers._kept) == 0


def test_a_crowd_waits_for_one_computation() -> None:
    """Twenty callers of a cold answer make it once."""
    kitchen = Kitchen()
    kitchen.answers._flight._lock = lock = CountedLock(20)  # type: ignore[assignment]  # each passes it on its way in
    make = kitchen.make

    def slowly() -> dict[str, object]:
        assert lock.passed.wait(30)
        return make()

    kitchen.make = slowly  # type: ignore[method-assign]  # waits until all have come
    found = crowd(20, lambda: kitchen.app.test_client().get("/").data)
    assert len(set(map(bytes, found))) == 1  # type: ignore[arg-type]  # no errors
    assert kitchen.made == 1


def test_a_failing_computation_is_not_kept(kitchen: Kitchen) -> None:
    """The next caller computes anew."""
    make = kitchen.make

    def fail() -> dict[str, object]:
        raise ZeroDivisionError

    kitchen.make = fail  # type: ignore[method-assign]  # a bug for one call
    assert kitchen.client.get("/").status_code == 500
    kitchen.make = make  # type: ignore[method-assign]  # and none for the next
    assert kitchen.client.get("/").status_code == 200


def test_what_is_in_use_outlasts_a_flood() -> None:
    """Two answers come for each time that it is asked for, and there is room for four: it is made once all the same."""
    kitchen = Kitchen(4 * 800)
    first = kitchen.client.get("/").data
    kept = kitchen.etag
    for n in range(20):
        kitchen.clock.now += 0.15
        assert kitchen.client.get("/").data == first
        for other in (2 * n, 2 * n + 1):
            kitchen.etag = etag_of("other", other)
            kitchen.client.get(f"/?n={other}")
        kitchen.etag = kept
    assert kitchen.made == 41
