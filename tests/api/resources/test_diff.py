"""The difference of two maps through HTTP: nothing with itself, the negative when swapped, and only whole pairs."""

from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient
from marshmallow import Schema

from service.api.query.diff import DiffQuery
from service.api.schemas import diff as diff_schema
from service.api.schemas.diff import DiffSchema
from service.market.contract import ExchangeUnavailable
from tests.conftest import Problem
from tests.support.fake_apps import app_of, ask, named, refused
from tests.support.fake_exchange import FakeExchange

PATH = "/v1/diff"
ARRAYS = ("usd_long", "usd_short", "density_long", "density_short")
EARLY, LATE = "2025-10-05T08:00:00Z", "2025-10-08T08:00:00Z"
PAIRS: dict[str, Any] = {
    "exchanges": ({"a": "sim", "b": "sim2"}, {"a": "sim2", "b": "sim"}),
    "moments": ({"as_of_a": EARLY, "as_of_b": LATE}, {"as_of_a": LATE, "as_of_b": EARLY}),
    "assumptions": (
        {"mix_a": "retail", "mix_b": "degen", "churn_b": 1},
        {"mix_a": "degen", "mix_b": "retail", "churn_a": 1},
    ),
}


@pytest.fixture
def diff(sim_app: Flask) -> Any:
    """Return a function that asks the simulated exchanges for a difference."""
    return lambda **query: ask(sim_app, PATH, **query)


@pytest.mark.parametrize("alignment", ["absolute", "relative"])
@pytest.mark.parametrize("kind", PAIRS)
def test_each_kind_is_whole_and_antisymmetric(diff: Any, kind: str, alignment: str) -> None:
    """It fits its schema; with a and b swapped every array and the basis change sign, and the agreement stays."""
    forth, back = (diff(**pair, alignment=alignment) for pair in PAIRS[kind])
    assert DiffSchema().validate(forth) == {}
    assert (forth["kind"], forth["alignment"]) == (kind, alignment)
    np.testing.assert_allclose(forth["edges"], back["edges"])
    for name in ARRAYS:
        assert len(forth[name]) == len(forth["edges"]) - 1
        scale = np.abs(forth[name]).max()
        np.testing.assert_allclose(forth[name], np.negative(back[name]), atol=1e-9 * scale)
        assert scale > 0
    assert forth["basis_pct"] == pytest.approx(-back["basis_pct"])
    for side, measures in forth["agreement"].items():
        assert measures == pytest.approx(back["agreement"][side])
    for name in ("outside_long_usd", "outside_short_usd"):
        assert (forth[f"{name}_a"], forth[f"{name}_b"]) == pytest.approx((back[f"{name}_b"], back[f"{name}_a"]))
    for one, other in (("only_a", "only_b"), ("only_b", "only_a"), ("faint_in_a", "faint_in_b")):
        assert [zone["id"] for zone in forth["zones"][one]] == [zone["id"] for zone in back["zones"][other]]
    assert len(forth["zones"]["in_both"]) == len(back["zones"]["in_both"])
    mirrored = {(pair["b"]["id"], pair["a"]["id"]) for pair in back["zones"]["in_both"]}
    assert {(pair["a"]["id"], pair["b"]["id"]) for pair in forth["zones"]["in_both"]} == mirrored


@pytest.mark.parametrize(
    "pair",
    [
        {"a": "sim", "b": "sim"},
        {"a": "sim,sim2", "b": "all"},
        {"as_of_a": EARLY, "as_of_b": EARLY},
        {"mix_a": "retail", "mix_b": "retail"},
        {"churn_a": 2},
    ],
)
@pytest.mark.parametrize("alignment", ["absolute", "relative"])
def test_a_map_with_itself_is_zero(diff: Any, pair: dict[str, object], alignment: str) -> None:
    """Nothing differs, the shapes agree wholly, no basis, and no zone stands in one alone."""
    body = diff(**pair, alignment=alignment)
    for name in ARRAYS:
        assert not np.any(body[name])
    for measures in body["agreement"].values():
        assert measures["wasserstein_pct"] == pytest.approx(0, abs=1e-9)
        assert measures["jensen_shannon"] == pytest.approx(0, abs=1e-9)
        assert measures["rank_correlation"] == pytest.approx(1)
        assert measures["common_share"] == pytest.approx(1)
    assert body["basis_pct"] == 0
    assert {len(body["zones"][name]) for name in ("only_a", "only_b", "faint_in_a", "faint_in_b")} == {0}
    assert body["zones"]["in_both"]


def test_exchanges_are_the_difference_of_their_profiles(diff: Any, sim_app: Flask) -> None:
    """Bin by bin, a's profile less b's, in USD and as a share of each one's open interest."""
    query = {"bin_size": 200, "range_pct": 20}
    body = diff(a="sim", b="sim2", **query)
    edges = np.array(body["edges"])
    profiles = {name: ask(sim_app, "/v1/profile", exchange=name, **query) for name in ("sim", "sim2")}
    heatmaps = {name: ask(sim_app, "/v1/heatmap", exchange=name, **query) for name in ("sim", "sim2")}
    for side in ("long", "short"):
        spread = {}
        for name, profile in profiles.items():
            first = round((profile["edges"][0] - edges[0]) / 200)
            spread[name] = np.zeros(len(edges) - 1)
            spread[name][first : first + len(profile[side]["notional"])] = profile[side]["notional"]
        unit = body["resolution"] + sum(profile["resolution"] for profile in profiles.values())
        np.testing.assert_allclose(body[f"usd_{side}"], spread["sim"] - spread["sim2"], atol=2 * unit)
        density = {
            name: spread[name] / (heatmaps[name]["accounting"][side]["open_interest"] * profiles[name]["price"])
            for name in spread
        }
        np.testing.assert_allclose(body[f"density_{side}"], density["sim"] - density["sim2"], atol=1e-6)
    a, b = profiles["sim"]["price"], profiles["sim2"]["price"]
    assert body["basis_pct"] == pytest.approx(200 * (a - b) / (a + b))
    assert (body["a"]["exchange"], body["b"]["exchange"]) == ("sim", "sim2")


def test_moments_are_the_maps_of_these_moments(diff: Any) -> None:
    """Each side tells its own moment; the one that is left out is as_of, or now."""
    body = diff(as_of_a=EARLY, as_of_b=LATE)
    assert (body["a"]["as_of"], body["b"]["as_of"]) == (EARLY, LATE)
    assert diff(as_of_a=EARLY, as_of=LATE)["b"]["as_of"] == LATE
    now = diff(as_of_a=EARLY)["b"]
    assert now["as_of"] == "2025-10-09T08:00:00Z"
    assert now["coverage"]["order_book"]
    assert body["consensus"] == []
    assert body["consensus_missing"].startswith("Two moments of the same exchanges are compared")
    several = diff(as_of_a=EARLY, as_of_b=LATE, exchange="sim,sim2")
    assert (several["consensus"], several["consensus_missing"]) == ([], body["consensus_missing"])


def test_assumptions_are_told_by_side(diff: Any) -> None:
    """Each side states its own; what is given for neither or both is shared."""
    body = diff(mix_a="conservative", churn_b=0.5, churn=3, mix="degen")
    sides = {side: body[side]["assumptions"] for side in ("a", "b")}
    assert [(sides[s]["mix"]["name"], sides[s]["churn"]) for s in ("a", "b")] == [("conservative", 3.0), ("degen", 0.5)]
    assert body["consensus"] == []
    assert body["consensus_missing"].startswith("Two assumptions of the same")
    assert body["basis_pct"] == 0


def test_relative_alignment_takes_the_basis_out() -> None:
    """Two exchanges alike but for a premium of 2 %: apart by about that in price, and not at all by price / mark.

    Of a mix that the axis holds wholly: what lies past its ends is in neither map.
    """
    app = app_of(FakeExchange("cheap"), FakeExchange("dear", price=102.0))
    found = {
        how: ask(app, PATH, a="cheap", b="dear", alignment=how, bins=800, range_pct=90, mix="retail")
        for how in ("absolute", "relative")
    }
    moved = {how: body["agreement"]["both"]["wasserstein_pct"] for how, body in found.items()}
    assert moved["absolute"] == pytest.approx(2.0, abs=0.3)
    assert moved["relative"] < 0.1
    for body in found.values():
        assert body["basis_pct"] == pytest.approx(-100 * 2 / 101)
    edges = found["relative"]["edges"]
    assert edges[0] < 1 < edges[-1] < 2


def test_a_mere_premium_is_nothing_relatively() -> None:
    """Bins are the same shares of the mark on both sides: no bin differs, at the ends of the axis neither."""
    app = app_of(FakeExchange("cheap"), FakeExchange("dear", price=102.0))
    body = ask(app, PATH, a="cheap", b="dear", alignment="relative", bins=100)
    for side in ("long", "short"):
        assert np.abs(body[f"density_{side}"]).max() < 0.02 * body["agreement"][side]["common_share"]
        assert body["agreement"][side]["common_share"] > 0.99


@pytest.mark.parametrize("pair", [forth for forth, _ in PAIRS.values()], ids=PAIRS)
def test_neither_map_ends_before_the_other(diff: Any, pair: dict[str, Any]) -> None:
    """By price both are on one axis over both ranges: a wider one changes no bin, and leaves less outside of each."""
    narrow, wide = (diff(**pair, bin_size=500, range_pct=reach) for reach in (10, 40))
    prices = [narrow[side]["price"] for side in ("a", "b")]
    assert narrow["edges"][0] <= 0.9 * min(prices) < 1.1 * max(prices) <= narrow["edges"][-1]
    assert set(np.diff(narrow["edges"])) == {500.0}
    both = np.isin(wide["edges"][:-1], narrow["edges"][:-1])
    assert both.sum() == len(narrow["edges"]) - 1
    unit = narrow["resolution"] + wide["resolution"]
    for side in ("long", "short"):
        np.testing.assert_allclose(np.array(wide[f"usd_{side}"])[both], narrow[f"usd_{side}"], atol=unit)
        for one in ("a", "b"):
            name = f"outside_{side}_usd_{one}"
            assert 0 <= wide[name] < narrow[name]


def test_what_leaves_the_axis_is_outside(diff: Any) -> None:
    """At one price, what a wider axis shows more is what less is outside, valued at the price instead of the bin's."""
    narrow, wide = (diff(**PAIRS["assumptions"][0], bin_size=500, range_pct=reach) for reach in (10, 40))
    new = ~np.isin(wide["edges"][:-1], narrow["edges"][:-1])
    worth = narrow["a"]["price"] / (np.array(wide["edges"])[:-1][new] + 250)
    for side in ("long", "short"):
        a, b = (narrow[f"outside_{side}_usd_{one}"] - wide[f"outside_{side}_usd_{one}"] for one in ("a", "b"))
        assert np.array(wide[f"usd_{side}"])[new] @ worth == pytest.approx(a - b, rel=1e-3, abs=1e-4 * (a + b))


def test_consensus_takes_two_exchanges(diff: Any) -> None:
    """Every run is covered by zones of both; one exchange against itself confirms nothing."""
    body = diff(a="sim", b="sim2")
    assert body["consensus"]
    assert body["consensus_missing"] is None
    for zone in body["consensus"]:
        assert zone["maps"] == ["sim", "sim2"]
        assert zone["low"] < zone["high"]
        assert 0 < zone["score"] <= 2
    assert [zone["rank"] for zone in body["consensus"]] == list(range(1, len(body["consensus"]) + 1))
    alone = diff(a="sim", b="sim")
    assert alone["consensus"] == []
    assert alone["consensus_missing"].startswith("A single exchange is on both sides")


def test_consensus_looks_into_groups(diff: Any) -> None:
    """A side of several exchanges counts by each of them, and an exchange on both sides once."""
    body = diff(a="sim,sim2", b="sim")
    assert body["consensus"]
    for zone in body["consensus"]:
        assert sorted(zone["maps"]) == ["sim", "sim2"]


def test_one_exchange_of_a_side_missing_is_named() -> None:
    """The side goes on without it and says so; a side with none left is an error."""
    good, bad = FakeExchange("good"), FakeExchange("bad")
    bad.fail("ohlcv", ExchangeUnavailable("bad", "is down"))
    app = app_of(good, bad)
    body = ask(app, PATH, a="good,bad", b="good")
    assert body["a"]["sources"][1]["state"] == "missing"
    assert body["a"]["coverage"]["exchanges"] == 1
    assert refused(app, PATH, 503, a="good", b="bad")["exchange"] == "bad"


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "a"),
        ({"a": "sim"}, "b"),
        ({"b": "sim"}, "a"),
        ({"a": "sim", "b": "sim2", "exchange": "sim"}, "exchange"),
        ({"exchange": "sim", "as_of_a": EARLY, "as_of_b": LATE, "as_of": LATE}, "as_of"),
        ({"exchange": "sim", "mix_a": "retail", "mix_b": "degen", "mix": "conservative"}, "mix"),
        ({"exchange": "sim", "churn_a": 1, "churn_b": 2, "churn": 0.5}, "churn"),
        ({"a": "sim", "b": "sim2", "as_of_a": EARLY}, "as_of_a"),
        ({"a": "sim", "b": "sim2", "mix_a": "retail"}, "mix_a"),
        ({"as_of_a": EARLY, "churn_b": 1}, "churn_b"),
        ({"a": "sim,sim", "b": "sim"}, "a"),
        ({"a": "sim", "b": "sim,sim"}, "b"),
        ({"as_of_a": EARLY, "as_of_b": "2099-01-01T00:00:00Z"}, "as_of_b"),
        ({"as_of_a": EARLY, "as_of": "2099-01-01T00:00:00Z"}, "as_of"),
        ({"mix_b": "nonsense"}, "mix_b"),
        ({"as_of_a": EARLY, "exchange": "sim,sim"}, "exchange"),
        ({"a": "sim", "b": "sim2", "alignment": "middle"}, "alignment"),
        ({"churn_a": 0}, "churn_a"),
        ({"churn_b": 11}, "churn_b"),
        ({"mix_a": "nonsense"}, "mix_a"),
        ({"mix_a": "400:1"}, "mix_a"),
        ({"mix": "400:1", "churn_a": 1}, "mix"),
        ({"as_of_a": "2099-01-01T00:00:00Z"}, "as_of_a"),
        ({"as_of_b": "yesterday"}, "as_of_b"),
        ({"a": "sim", "b": "sim2", "bins": 1}, "bins"),
        ({"a": "sim", "b": "sim2", "bins": 2000, "lookback": "1y"}, "bins"),
        ({"a": "sim", "b": "sim2", "bins": 5, "bin_size": 5}, "bin_size"),
        ({"c": "sim"}, "c"),
    ],
)
def test_bad_input_names_the_field(
    sim_client: FlaskClient, problem: Problem, query: dict[str, object], field: str
) -> None:
    """No pair, half a pair, two kinds of pair, or a value out of range: 422 naming the parameter."""
    answer = sim_client.get(PATH, query_string=query)
    assert answer.status_code == 422
    assert named(problem(answer)) == [field]


def test_unknown_markets(sim_app: Flask) -> None:
    """An exchange or symbol that is not there is a 404."""
    for query, field in (
        ({"a": "sim", "b": "nope"}, "b"),
        ({"a": "sim,nope", "b": "sim"}, "a"),
        ({"as_of_a": EARLY, "exchange": "nope"}, "exchange"),
    ):
        body = refused(sim_app, PATH, 404, **query)
        assert (body["type"], named(body)) == ("/problems/unknown-exchange", [field])
    assert refused(sim_app, PATH, 404, a="sim", b="sim2", symbol="XYZ")["type"] == "/problems/unknown-symbol"


@pytest.mark.parametrize(
    "schema",
    [
        diff_schema.DiffSchema,
        diff_schema.AgreementSchema,
        diff_schema.AgreementsSchema,
        diff_schema.MapZoneSchema,
        diff_schema.SharedZoneSchema,
        diff_schema.ZonesDiffSchema,
        diff_schema.ConsensusZoneSchema,
        DiffQuery,
    ],
)
def test_every_figure_is_told(schema: type[Schema]) -> None:
    """Each field says what it is."""
    assert [name for name, field in schema().fields.items() if not field.metadata.get("description")] == []
