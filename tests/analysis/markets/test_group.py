"""Several exchanges in one answer: the sum of its parts, and never silently thinner."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.market.contract import BadData, ExchangeUnavailable, Unsupported
from tests.conftest import Problem
from tests.support.fake_apps import app_of, ask, named, refused
from tests.support.fake_exchange import Clock, FakeExchange, Held

SIMS = {"exchange": "sim,sim2", "bin_size": 200, "range_pct": 20, "lookback": "3d"}
PATHS = ("heatmap", "profile", "zones")


@pytest.fixture(scope="module")
def split(sim_app: Flask) -> dict[str, Any]:
    """Return the heatmap of both simulated exchanges with each one's part."""
    return ask(sim_app, "/v1/heatmap", **SIMS, split="true")


def test_cells_are_the_sum_of_their_parts(split: dict[str, Any]) -> None:
    """Every cell, within the rounding of three numbers."""
    grid = split["grid"]
    for side in ("long", "short"):
        parts = [np.array(split["split"][name][side]) for name in ("sim", "sim2")]
        np.testing.assert_allclose(np.array(grid[side]), sum(parts), atol=1.5 * grid["resolution"] + 1e-6)
        assert all(part.any() for part in parts)


def test_accounts_are_the_sum_of_their_parts(split: dict[str, Any]) -> None:
    """Open interest and where it is add up, and in each part the account closes."""
    for side in ("long", "short"):
        accounts = [split["split"][name]["accounting"][side] for name in ("sim", "sim2")]
        for name, value in split["accounting"][side].items():
            assert value == pytest.approx(sum(account[name] for account in accounts))
        for account in (*accounts, split["accounting"][side]):
            held = account["in_grid"] + account["outside_grid"] + account["unlevered"]
            assert held == pytest.approx(account["open_interest"])


def test_a_part_is_what_the_exchange_alone_would_give(sim_app: Flask, split: dict[str, Any]) -> None:
    """Asked for alone on the same bins, each exchange gives its part of the sum, where their axes meet."""
    edges = np.array(split["grid"]["edges"])
    for name in ("sim", "sim2"):
        alone = ask(sim_app, "/v1/heatmap", **(SIMS | {"exchange": name}))
        own = np.array(alone["grid"]["edges"])
        low, high = max(edges[0], own[0]), min(edges[-1], own[-1])
        mine = slice(*np.searchsorted(own, (low, high)).tolist())
        theirs = slice(*np.searchsorted(edges, (low, high)).tolist())
        for side in ("long", "short"):
            cells = np.array(alone["grid"][side])[:, mine]
            part = np.array(split["split"][name][side])[:, theirs]
            np.testing.assert_allclose(cells, part, atol=2 * split["grid"]["resolution"], rtol=1e-5)
        assert alone["sources"][0]["weight"] == 1.0
        assert alone["accounting"]["long"]["open_interest"] == pytest.approx(
            split["split"][name]["accounting"]["long"]["open_interest"]
        )


def test_weights_are_shares_of_open_interest(split: dict[str, Any]) -> None:
    """They sum to one; sim2 is a third of sim's size. The price lies between theirs."""
    weights = {source["exchange"]: source["weight"] for source in split["sources"]}
    assert sum(weights.values()) == pytest.approx(1.0)
    interest = [split["split"][name]["accounting"]["long"]["open_interest"] for name in ("sim", "sim2")]
    assert weights["sim"] == pytest.approx(interest[0] / sum(interest), rel=0.01)
    assert {source["state"] for source in split["sources"]} == {"used"}
    assert split["coverage"]["exchanges"] == split["coverage"]["exchanges_wanted"] == 2


def test_profiles_add_up(sim_app: Flask) -> None:
    """Notional, running sums, bands and totals of the profile are the sum of the split's."""
    body = ask(sim_app, "/v1/profile", **SIMS, split="true")
    unit = body["resolution"]
    for side in ("long", "short"):
        parts = [body["split"][name][side] for name in ("sim", "sim2")]
        for name in ("notional", "cumulative"):
            whole = np.sum([part[name] for part in parts], axis=0)
            np.testing.assert_allclose(body[side][name], whole, atol=1.5 * unit + 1e-6)
        assert body[side]["total"] == pytest.approx(sum(part["total"] for part in parts), abs=0.02)
        for n, band in enumerate(body[side]["by_leverage"]):
            whole = np.sum([part["by_leverage"][n]["notional"] for part in parts], axis=0)
            np.testing.assert_allclose(band["notional"], whole, atol=1.5 * unit + 1e-6)
        leverage = np.array([part["average_leverage"] for part in parts])
        mean = np.array(body[side]["average_leverage"])
        assert (mean <= leverage.max(axis=0) + 0.01).all()
        assert (mean >= np.where(leverage > 0, leverage, np.inf).min(axis=0, initial=np.inf) - 0.01)[mean > 0].all()


@pytest.mark.parametrize("path", [*PATHS, "touches"])
def test_all_is_every_exchange(sim_client: FlaskClient, path: str) -> None:
    """`all` gives what naming them gives, byte for byte."""
    one, other = (sim_client.get(f"/v1/{path}?exchange={text}&lookback=3d") for text in ("all", "sim,sim2"))
    assert one.status_code == 200
    assert one.data == other.data


def test_all_leaves_simulated_ones_to_themselves(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """Beside real exchanges, simulated ones are not part of all."""
    pretend = FakeExchange("pretend")
    pretend.simulated = True
    body = ask(app_of(*pair, pretend), "/v1/profile", exchange="all")
    assert [source["exchange"] for source in body["sources"]] == ["a", "b"]
    assert not body["simulated"]
    assert pretend.calls == []


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize(
    "error", [ExchangeUnavailable("b", "is down"), BadData("b", "sends junk"), Unsupported("b has no such history")]
)
def test_one_of_several_missing_is_named(path: str, error: Exception, pair: tuple[FakeExchange, FakeExchange]) -> None:
    """200 with the others; the missing one is named with why, coverage and data quality fall, and it is warned of."""
    app = app_of(*pair)
    whole = ask(app, f"/v1/{path}", exchange="a,b")
    pair[1].fail("ohlcv", error)
    body = ask(app_of(*pair), f"/v1/{path}", exchange="a,b")
    used, missing = body["sources"]
    assert (used["exchange"], used["state"], used["weight"]) == ("a", "used", 1.0)
    assert (missing["exchange"], missing["state"], missing["weight"]) == ("b", "missing", 0.0)
    assert missing["reason"] == str(error)
    assert body["exchange"] == "a,b"
    assert (body["coverage"]["exchanges"], body["coverage"]["exchanges_wanted"]) == (1, 2)
    assert body["data_quality"]["value"] < whole["data_quality"]["value"]
    assert any(warning.startswith("b is missing") and str(error) in warning for warning in body["warnings"])
    assert "1 of 2 exchanges answered" in body["data_quality"]["parts"][0]["reason"]


@pytest.fixture
def held(pair: tuple[FakeExchange, FakeExchange]) -> Iterator[Held]:
    """Let the second exchange wait until the test ends."""
    held = pair[1].hold("ohlcv")
    yield held
    held.release.set()


def test_a_late_one_does_not_hold_back_the_rest(pair: tuple[FakeExchange, FakeExchange], held: Held) -> None:
    """Past the deadline the answer goes out without it, while it is still being asked."""
    app = app_of(*pair, seconds=0.13)
    # What the quick exchange gives is then in hand, so that no load on this machine makes it late as well.
    ask(app, "/v1/profile", exchange="a")
    body = ask(app, "/v1/profile", exchange="a,b")
    assert held.entered.is_set()
    assert not held.release.is_set()
    assert [source["state"] for source in body["sources"]] == ["used", "missing"]
    assert "no answer within" in body["sources"][1]["reason"]


def test_it_is_used_again_as_soon_as_it_answers(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """An answer that lacks an exchange is not served again once that is back, even of the past."""
    clock = Clock()
    app = app_of(*pair, clock=clock)
    query = {"exchange": "a,b", "as_of": "2025-05-30T00:00:00Z"}
    pair[1].fail("ohlcv", ExchangeUnavailable("b", "is down"))
    first = app.test_client().get("/v1/heatmap", query_string=query)
    assert "max-age=5," in first.headers["Cache-Control"]
    del pair[1].before["ohlcv"]
    tag = {"If-None-Match": first.headers["ETag"]}
    clock.now += 6
    second = app.test_client().get("/v1/heatmap", query_string=query, headers=tag)
    assert second.status_code == 200
    assert second.get_json()["coverage"]["exchanges"] == 2
    assert "max-age=86400," in second.headers["Cache-Control"]


@pytest.mark.parametrize("path", [*PATHS, "touches"])
def test_all_failing_is_a_503(path: str, pair: tuple[FakeExchange, FakeExchange], problem: Problem) -> None:
    """Nothing to add up: each failure is named, and Retry-After is the shortest of theirs."""
    for fake, wait in zip(pair, (9, 7), strict=True):
        fake.fail("ohlcv", ExchangeUnavailable(fake.id, "is down", wait))
    answer = app_of(*pair).test_client().get(f"/v1/{path}?exchange=a,b")
    assert answer.status_code == 503
    assert problem(answer)["exchange"] == "a,b"
    assert problem(answer)["detail"] == "a: is down; b: is down"
    assert answer.headers["Retry-After"] == "7"


def test_nobody_listing_the_symbol_is_a_404(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """If none lists it, it is unknown; if one lists it not and the other is down, it may yet be there."""
    app = app_of(*pair)
    assert refused(app, "/v1/heatmap", 404, exchange="a,b", symbol="XYZ")["type"] == "/problems/unknown-symbol"
    pair[1].fail("markets", ExchangeUnavailable("b", "is down"))
    assert refused(app_of(*pair), "/v1/heatmap", 503, exchange="a,b", symbol="XYZ")["exchange"] == "a,b"


@pytest.mark.parametrize(
    ("text", "status", "words"),
    [
        ("a,a", 422, "named twice"),
        ("a, a", 422, "named twice"),
        ("a,nope", 404, "nope"),
        ("a,all", 404, "'all'"),
        ("a,", 404, "''"),
    ],
)
def test_what_cannot_be_a_group(text: str, status: int, words: str, pair: tuple[FakeExchange, FakeExchange]) -> None:
    """Duplicates and unknown names are refused before anything is fetched."""
    body = refused(app_of(*pair), "/v1/heatmap", status, exchange=text)
    assert named(body) == ["exchange"]
    assert words in body["detail"]
    assert pair[0].calls == pair[1].calls == []


def test_spaces_after_commas_do_no_harm(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """A list is a list as people write it."""
    assert ask(app_of(*pair), "/v1/profile", exchange="a, b")["coverage"]["exchanges"] == 2


def test_a_bad_moment_is_the_callers_fault(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """A parameter that none can use is a 422, as with one exchange."""
    body = refused(app_of(*pair), "/v1/heatmap", 422, exchange="a,b", as_of="2099-01-01T00:00:00Z")
    assert named(body) == ["as_of"]


def test_a_group_shows_several_books_as_one(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """Depth to reach a zone is that of both books together: twice as much for twins."""
    twin = FakeExchange("b")
    query = {"kind": "hot", "range_pct": 20}
    one = ask(app_of(pair[0], twin), "/v1/zones", exchange="a", **query)
    two = ask(app_of(pair[0], twin), "/v1/zones", exchange="a,b", **query)
    assert [zone["id"] for zone in one["hot"]] == [zone["id"] for zone in two["hot"]]
    for single, double in zip(one["hot"], two["hot"], strict=True):
        assert double["notional"] == pytest.approx(2 * single["notional"], abs=0.02)
        assert double["score_parts"]["depth"] == pytest.approx(2 * single["score_parts"]["depth"])
        assert double["score"] == pytest.approx(single["score"])
