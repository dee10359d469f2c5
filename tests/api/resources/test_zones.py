"""Zones through HTTP: whole, filtered, merged over timeframes, stable and deterministic."""

from itertools import pairwise
from typing import Any, ClassVar

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.api.schemas.zones import ZonesSchema
from service.market.contract import ExchangeUnavailable, OrderBook
from service.market.feed import SETTLE_MS
from tests.conftest import SIM_NOW, Problem
from tests.support.fake_apps import app_of, ask, both, named
from tests.support.fake_exchange import T0, FakeExchange

PATH = "/v1/zones"
HOUR = 3600.0
SYMBOLS = ("BTC", "ETH", "SOL", "THIN")


@pytest.fixture
def zones(sim_app: Flask) -> Any:
    """Return a function that asks the simulated exchange for zones."""
    return lambda **query: ask(sim_app, PATH, **query)


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_every_zone_is_whole(zones: Any, sim_client: FlaskClient, symbol: str) -> None:
    """The answer fits its schema without a gap, and each zone's figures agree with each other."""
    body = zones(symbol=symbol)
    listed = sim_client.get("/v1/markets?exchange=sim").get_json()["markets"]
    tick = next(market["price_tick"] for market in listed if market["base"] == symbol)
    assert ZonesSchema().validate(body) == {}
    assert body["hot"]
    price, atr = body["price"], body["scale"]["atr"]
    for kind in ("hot", "cold"):
        assert [zone["rank"] for zone in body[kind]] == list(range(1, len(body[kind]) + 1))
        assert [zone["score"] for zone in body[kind]] == sorted((z["score"] for z in body[kind]), reverse=True)
        for zone in body[kind]:
            assert zone["kind"] == kind
            core = zone["core"]
            assert zone["low"] <= core["low"] < zone["peak"] < core["high"] <= zone["high"]
            near = zone["high"] if zone["side"] == "long" else zone["low"]
            away = max(price - near if zone["side"] == "long" else near - price, 0.0)
            assert zone["distance_pct"] == pytest.approx(100 * away / price)
            assert zone["distance_atr"] == pytest.approx(away / atr)
            chance = zone["touch_probability"]
            assert 0 <= chance["h1"] <= chance["h4"] <= chance["h24"] <= 1
            assert 0 <= zone["heat"] <= 1
            assert zone["timeframe"] == "1h"
            assert zone["timeframes"] == ["1h"]
            assert zone["age"]["since"].endswith("Z")
            assert "support" not in zone
            parts = zone["score_parts"]
            if kind == "hot":
                assert zone["score"] == pytest.approx(parts["weight"] * parts["heat"] * parts["data_quality"])
                beyond = zone["core"]["low"] - zone["stop"]["price"], zone["stop"]["price"] - zone["core"]["high"]
                assert -1e-6 < (beyond[zone["side"] == "short"] - zone["stop"]["atr_multiple"] * atr) / tick < 1
                assert (zone["stop"]["price"] / tick + 1e-6) % 1 < 2e-6
                assert zone["stop"]["atr_multiple"] == 0.5
                assert zone["core"]["high"] - zone["core"]["low"] <= 0.5 * atr * (1 + 1e-6)
                assert zone["average_leverage"] > 1
                assert zone["vacuum"] is None
            else:
                assert zone["stop"] is None
            for level in zone["confluence"]:
                assert level in body["levels"]
                assert level["low"] <= zone["high"]
                assert level["high"] >= zone["low"]
    assert sum(zone["share"] for zone in both(body)) <= 1


def test_zones_do_not_overlap_and_leave_the_gap(zones: Any) -> None:
    """No two zones share a price, and no cold one lies in what price has just emptied."""
    body = zones(symbol="ETH", range_pct=20, mix="degen")
    runs = sorted((zone["low"], zone["high"]) for zone in both(body))
    assert all(one[1] <= two[0] for one, two in pairwise(runs))
    gap = body["gap"]
    assert gap["low"] < body["price"] < gap["high"]
    assert all(zone["high"] <= gap["low"] or zone["low"] >= gap["high"] for zone in body["cold"])


@pytest.mark.parametrize("other", [{"range_pct": 40}, {"range_pct": 5}])
def test_zones_do_not_hang_on_the_axis(zones: Any, other: dict[str, Any]) -> None:
    """Whatever the range, a zone that lies within it is the same one, to the last figure."""
    usual, asked = zones(symbol="ETH", mix="degen"), zones(symbol="ETH", mix="degen", **other)
    share, price = min(other.get("range_pct", 15), 15) / 100, usual["price"]
    within = price * (1 - share), price * (1 + share)
    for kind in ("hot", "cold"):
        here, there = (
            {
                zone["id"]: zone | {"rank": 0}
                for zone in body[kind]
                if within[0] < zone["low"] and zone["high"] < within[1]
            }
            for body in (usual, asked)
        )
        assert here == there
        assert here or kind == "cold"
    assert asked["gap"] == usual["gap"]


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_one_name_everywhere(zones: Any, sim_app: Flask, symbol: str) -> None:
    """A zone has the same id on /v1/zones, /v1/cascade, /v1/scan and /v1/diff and in a split, however each is cut."""
    query = {"symbol": symbol, "mix": "degen", "range_pct": 15}
    hot = {zone["id"]: (zone["low"], zone["high"]) for zone in zones(**query)["hot"]}
    cascade = ask(sim_app, "/v1/cascade", **query, move_pct=-3, bins=300)
    assert {zone["id"]: (zone["low"], zone["high"]) for zone in cascade["zones"]} == hot
    (row,) = ask(sim_app, "/v1/scan", symbols=symbol, mix="degen", range_pct=15)["symbols"]
    for side in ("long", "short"):
        assert row[side] is None or hot[row[side]["id"]] == (row[side]["low"], row[side]["high"])
    diff = ask(sim_app, "/v1/diff", **query, a="sim", b="sim2")
    named = [pair["a"]["id"] for pair in diff["zones"]["in_both"]]
    named += [zone["id"] for group in ("faint_in_b", "only_a") for zone in diff["zones"][group]]
    assert set(named) == set(hot)
    split = zones(**query, exchange="sim,sim2", split="true")["split"]["sim"]["hot"]
    assert {zone["id"] for zone in split} == set(hot)


def test_zones_are_narrower_on_a_finer_timeframe(zones: Any) -> None:
    """A zone reaches one ATR of its timeframe from its peak at most."""
    fine, coarse = (zones(symbol="BTC", timeframe=frame, lookback="3d") for frame in ("5m", "1h"))
    widths = [max(zone["high"] - zone["low"] for zone in body["hot"]) for body in (fine, coarse)]
    assert widths[0] <= 2 * fine["scale"]["atr"] + 1.2e-3 * fine["price"]
    assert widths[0] < widths[1]


def test_notional_is_that_of_the_map(zones: Any, sim_app: Flask) -> None:
    """What a zone holds is what the heatmap's last column and the profile hold between its edges."""
    query = {"symbol": "SOL", "range_pct": 20}
    body = zones(**query)
    grid = ask(sim_app, "/v1/heatmap", **query, bin_size=0.25)["grid"]
    profile = ask(sim_app, "/v1/profile", **query, bin_size=0.25)
    edges = np.array(grid["edges"])
    whole = sum(profile[side]["standing"] for side in ("long", "short"))
    for zone in both(body):
        inner = (edges[:-1] >= zone["low"]) & (edges[1:] <= zone["high"])
        outer = (edges[1:] > zone["low"]) & (edges[:-1] < zone["high"])
        for held in (np.array(grid[zone["side"]][-1]), np.array(profile[zone["side"]]["notional"])):
            slack = len(held[outer]) * grid["resolution"]
            assert held[inner].sum() - slack <= zone["notional"] <= held[outer].sum() + slack
        assert zone["share"] == pytest.approx(zone["notional"] / whole, rel=1e-3)
        assert len(str(zone["share"]).partition("e")[0].replace(".", "").lstrip("0")) <= 4


class TestFilters:
    """Filters leave zones out; they do not change those that stay."""

    query: ClassVar[dict[str, Any]] = {"symbol": "ETH", "range_pct": 40, "lookback": "14d", "mix": "degen"}

    @pytest.fixture
    def whole(self, zones: Any) -> dict[str, Any]:
        """Return the unfiltered answer, which has something to filter."""
        body: dict[str, Any] = zones(**self.query)
        assert {zone["side"] for zone in body["hot"]} == {"long", "short"}
        assert body["cold"]
        return body

    @pytest.mark.parametrize(("kind", "other"), [("hot", "cold"), ("cold", "hot")])
    def test_kind(self, zones: Any, whole: dict[str, Any], kind: str, other: str) -> None:
        """One kind alone, as it was."""
        body = zones(**self.query, kind=kind)
        assert body[kind] == whole[kind]
        assert body[other] == []

    @pytest.mark.parametrize("side", ["long", "short"])
    def test_side(self, zones: Any, whole: dict[str, Any], side: str) -> None:
        """One side alone, with the ranks of the whole list."""
        body = zones(**self.query, side=side)
        for kind in ("hot", "cold"):
            assert body[kind] == [zone for zone in whole[kind] if zone["side"] == side]

    @pytest.mark.parametrize("top", [1, 2])
    def test_top(self, zones: Any, whole: dict[str, Any], top: int) -> None:
        """The first of each kind."""
        body = zones(**self.query, top=top)
        assert (body["hot"], body["cold"]) == (whole["hot"][:top], whole["cold"][:top])

    def test_within_and_share(self, zones: Any, whole: dict[str, Any]) -> None:
        """A limit that lies between two zones leaves those on its near side, ranks as they were."""
        for name, field, sign in (("within_pct", "distance_pct", 1), ("min_share", "share", -1)):
            values = sorted({zone[field] for zone in both(whole)})
            limit = (values[0] + values[-1]) / 2
            body = zones(**self.query, **{name: limit})
            for kind in ("hot", "cold"):
                assert body[kind] == [zone for zone in whole[kind] if sign * (limit - zone[field]) >= 0]
            assert 0 < len(both(body)) < len(both(whole))

    def test_ranked_by_fragility(self, zones: Any, whole: dict[str, Any]) -> None:
        """The same hot zones, by what they force over what the book takes; cold ones as they were."""
        body = zones(**self.query, rank_by="fragility")
        ratios = [zone["cascade_ratio"] for zone in body["hot"]]
        assert ratios == sorted(ratios, reverse=True)
        assert min(ratios) > 0
        assert [zone["rank"] for zone in body["hot"]] == list(range(1, len(ratios) + 1))
        assert {zone["id"] for zone in body["hot"]} == {zone["id"] for zone in whole["hot"]}
        assert body["cold"] == whole["cold"]
        assert {zone["cascade_ratio"] for zone in body["cold"]} == {None}

    def test_together(self, zones: Any, whole: dict[str, Any]) -> None:
        """Filters combine, and the top is taken of what the others leave."""
        body = zones(**self.query, side="short", kind="hot", top=1)
        assert body["hot"] == [zone for zone in whole["hot"] if zone["side"] == "short"][:1]
        assert body["levels"] == whole["levels"]


def test_context_and_ages(zones: Any) -> None:
    """Snapshots are as old as the simulated minute, bars as old as their close: 20 and 3,200 seconds at this clock."""
    context = zones()["context"]
    for name in ("funding", "long_short_ratio", "book_imbalance"):
        assert context[name]["age_seconds"] == 20
    for name in ("open_interest_change_1h", "open_interest_change_24h", "volume_z"):
        assert context[name]["age_seconds"] == SIM_NOW % HOUR
        assert context[name]["value"] is not None
    funding = context["funding"]
    assert funding["annualised"] == pytest.approx(funding["rate"] * 3 * 365)
    assert context["long_short_ratio"]["value"] > 0
    assert -1 <= context["book_imbalance"]["value"] <= 1


def test_context_that_is_not_public_is_null() -> None:
    """An exchange without funding, ratio or book: nulls with the reason in `missing`, and the zones stand."""
    fake = FakeExchange("sim")
    for method in ("funding", "account_ratio", "order_book"):
        fake.fail(method, ExchangeUnavailable("sim", f"{method} is down"))
    body = ask(app_of(fake), PATH)
    assert body["context"]["funding"] is None
    for name in ("long_short_ratio", "book_imbalance"):
        reading = body["context"][name]
        assert (reading["value"], reading["age_seconds"]) == (None, None)
        assert "is down" in reading["reason"]
    assert body["context"]["volume_z"]["age_seconds"] == SETTLE_MS / 1000
    assert body["sources"][0]["missing"].keys() == {"funding", "account_ratio", "order_book"}
    assert body["hot"]
    assert any("no order book" in note for note in body["notes"])


def test_vacuum_where_the_book_is_thin_too() -> None:
    """A cold zone inside the visible book is a vacuum if little rests in it, not if much does, unknown without book."""
    away = np.arange(1, 301) / 1000.0
    found = []
    for amounts in (np.where((away > 0.001) & (away < 0.2), 0.001, 100.0), np.full(300, 10.0), None):
        body = ask(app_of(Booked(away, amounts)), PATH, range_pct=15, kind="cold", mix="degen")
        assert body["cold"]
        found.append({zone["vacuum"] for zone in body["cold"]})
    assert found == [{True}, {False}, {None}]


class Booked(FakeExchange):
    """A fake with a book of its own."""

    def __init__(self, away: np.ndarray, amounts: np.ndarray | None) -> None:
        """Rest `amounts` at each distance on both sides; None is no book."""
        super().__init__("sim")
        self._away, self._amounts = away, amounts

    def order_book(self, symbol: str) -> OrderBook:
        """Return it."""
        self._called("order_book", symbol)
        if self._amounts is None:
            raise ExchangeUnavailable(self.id, "no book")
        sides = (np.column_stack((self.price * (1 + sign * self._away), self._amounts)) for sign in (-1, 1))
        return OrderBook(T0, *sides)


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("kind=warm", "kind"),
        ("side=up", "side"),
        ("top=0", "top"),
        ("top=201", "top"),
        ("within_pct=91", "within_pct"),
        ("min_share=1.1", "min_share"),
        ("timeframes=2h", "timeframes"),
        ("timeframe=15m&timeframes=1h,4h", "timeframes"),
        ("timeframes=", "timeframes"),
        ("timeframes=5m,15m,30m,1h,4h", "timeframes"),
        ("timeframes=1h,1d&lookback=1d", "lookback"),
        ("timeframes=5m,1h&lookback=1y", "lookback"),
        ("uncertainty=maybe", "uncertainty"),
        ("bins=60", "bins"),
        ("bin_size=100", "bin_size"),
        ("mix=400:1", "mix"),
        ("nope=1", "nope"),
    ],
)
def test_bad_input_names_the_field(sim_client: FlaskClient, problem: Problem, query: str, field: str) -> None:
    """Out of range, contradictory or unknown: 422 naming the parameter."""
    answer = sim_client.get(f"{PATH}?{query}")
    assert answer.status_code == 422
    assert {name.split(".")[0] for name in named(problem(answer))} == {field}


def test_split_gives_each_exchange_its_own_zones(zones: Any) -> None:
    """Each exchange's zones are those that it has alone on the same axis; without being asked for they are left out."""
    whole = zones(exchange="sim,sim2", split="true")
    assert set(whole["split"]) == {"sim", "sim2"}
    alone = zones(exchange="sim")
    assert [zone["id"] for zone in whole["split"]["sim"]["hot"]] == [zone["id"] for zone in alone["hot"]]
    assert "split" not in zones(exchange="sim,sim2")


@pytest.mark.slow
def test_ids_are_unique_over_timeframes(zones: Any) -> None:
    """No two zones of one answer share an id, whatever the timeframes read together."""
    for moment in ("2025-05-18T00:00:00Z", "2025-05-20T08:00:00Z"):
        for symbol in SYMBOLS:
            body = zones(symbol=symbol, timeframes="1h,4h,1d", lookback="14d", as_of=moment)
            ids = [zone["id"] for zone in both(body)]
            assert len(set(ids)) == len(ids)


def test_levels_do_not_hang_on_the_axis(zones: Any) -> None:
    """What traded where is the same however far the map reaches."""
    wide, narrow = zones(range_pct=20), zones(range_pct=3)
    assert {"point_of_control", "value_area_low", "high_volume_node"} <= {level["kind"] for level in wide["levels"]}
    assert wide["levels"] == narrow["levels"]
