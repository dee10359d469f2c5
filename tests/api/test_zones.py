"""Zones through HTTP: whole, filtered, merged over timeframes, stable and deterministic."""

from itertools import pairwise
from statistics import median
from typing import Any, ClassVar

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.api.zones import ZonesSchema, ordered
from service.market.data import OrderBook
from service.market.exchange import ExchangeUnavailable
from service.market.simulated import sim
from tests.api.conftest import SIM_NOW, Problem
from tests.api.fake_apps import app_of, ask, named
from tests.market.fake_exchange import T0, Clock, FakeExchange

PATH = "/v1/zones"
HOUR = 3600.0
SYMBOLS = ("BTC", "ETH", "SOL", "THIN")
PAST = "2025-10-05T08:00:00Z"


@pytest.fixture
def zones(sim_app: Flask) -> Any:
    """Return a function that asks the simulated exchange for zones."""
    return lambda **query: ask(sim_app, PATH, **query)


def both(body: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the hot and the cold zones."""
    return [*body["hot"], *body["cold"]]


@pytest.mark.parametrize("symbol", SYMBOLS)
def test_every_zone_is_whole(zones: Any, symbol: str) -> None:
    """The answer fits its schema without a gap, and each zone's figures agree with each other."""
    body = zones(symbol=symbol)
    assert ZonesSchema().validate(body) == {}
    assert body["hot"]
    price, atr = body["price"], body["scale"]["atr"]
    for kind in ("hot", "cold"):
        assert [zone["rank"] for zone in body[kind]] == list(range(1, len(body[kind]) + 1))
        assert [zone["score"] for zone in body[kind]] == sorted((z["score"] for z in body[kind]), reverse=True)
        for zone in body[kind]:
            assert zone["kind"] == kind
            assert zone["low"] < zone["peak"] < zone["high"]
            near = zone["high"] if zone["side"] == "long" else zone["low"]
            away = max(price - near if zone["side"] == "long" else near - price, 0.0)
            assert zone["distance_pct"] == pytest.approx(100 * away / price)
            assert zone["distance_atr"] == pytest.approx(away / atr)
            chance = zone["touch_probability"]
            assert 0 <= chance["h1"] <= chance["h4"] <= chance["h24"] <= 1
            assert 0 <= zone["intensity"] <= 1
            assert zone["timeframe"] == "1h"
            assert zone["timeframes"] == ["1h"]
            assert zone["age"]["since"].endswith("Z")
            assert "support" not in zone
            parts = zone["score_parts"]
            if kind == "hot":
                assert zone["score"] == pytest.approx(parts["weight"] * parts["contrast"] * parts["confidence"])
                beyond = zone["low"] - zone["stop"]["price"], zone["stop"]["price"] - zone["high"]
                assert beyond[zone["side"] == "short"] == pytest.approx(zone["stop"]["atr_multiple"] * atr)
                assert zone["stop"]["atr_multiple"] == (0.5 if symbol in {"BTC", "ETH"} else 1.0)
                assert zone["average_leverage"] > 1
                assert zone["vacuum"] is None
            else:
                assert zone["stop"] is None
            for level in zone["confluence"]:
                assert level in body["levels"]
                assert level["low"] <= zone["high"]
                assert level["high"] >= zone["low"]
    assert sum(zone["share"] for zone in both(body)) <= 1


def test_zones_lie_on_bins_and_do_not_overlap(zones: Any) -> None:
    """Edges are whole multiples of the bin size asked for, and no two zones share a price."""
    body = zones(symbol="ETH", bin_size=5, range_pct=20)
    for zone in both(body):
        assert zone["low"] % 5 == zone["high"] % 5 == 0
    runs = sorted((zone["low"], zone["high"]) for zone in both(body))
    assert all(one[1] <= two[0] for one, two in pairwise(runs))


def test_notional_is_that_of_the_map(zones: Any, sim_app: Flask) -> None:
    """What a zone holds is what the heatmap's last column and the profile hold between its edges."""
    query = {"symbol": "SOL", "bin_size": 0.5, "range_pct": 20}
    body = zones(**query)
    grid = ask(sim_app, "/v1/heatmap", **query)["grid"]
    profile = ask(sim_app, "/v1/profile", **query)
    edges = np.array(grid["edges"])
    whole = sum(profile[side]["total"] for side in ("long", "short"))
    for zone in both(body):
        inside = (edges[:-1] >= zone["low"]) & (edges[1:] <= zone["high"])
        cells = np.array(grid[zone["side"]][-1])[inside].sum()
        assert zone["notional"] == pytest.approx(cells, rel=1e-3, abs=10 * grid["resolution"])
        assert zone["notional"] == pytest.approx(np.array(profile[zone["side"]]["notional"])[inside].sum(), rel=1e-3)
        assert zone["share"] == pytest.approx(zone["notional"] / whole, rel=1e-3)


class TestFilters:
    """Filters leave zones out; they do not change those that stay."""

    query: ClassVar[dict[str, Any]] = {"symbol": "ETH", "range_pct": 40, "lookback": "14d"}

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

    def test_together(self, zones: Any, whole: dict[str, Any]) -> None:
        """Filters combine, and the top is taken of what the others leave."""
        body = zones(**self.query, side="short", kind="hot", top=1)
        assert body["hot"] == [zone for zone in whole["hot"] if zone["side"] == "short"][:1]
        assert body["levels"] == whole["levels"]


class TestTimeframes:
    """Several timeframes are read together."""

    def test_a_zone_says_on_which_it_stands(self, zones: Any) -> None:
        """Every zone stands on its own timeframe, the finest; a zone on several is near one of the coarse answer."""
        body = zones(timeframes="1h,4h,1d", symbol="SOL")
        assert (body["timeframes"], body["timeframe"]) == (["1h", "4h", "1d"], "1h")
        coarse = {frame: zones(timeframe=frame, symbol="SOL") for frame in ("1h", "4h", "1d")}
        for zone in both(body):
            assert zone["timeframe"] == zone["timeframes"][0]
            assert zone["timeframes"] == [frame for frame in ("1h", "4h", "1d") if frame in zone["timeframes"]]
            for frame in zone["timeframes"]:
                assert any(
                    other["side"] == zone["side"] and other["low"] < zone["high"] and other["high"] > zone["low"]
                    for other in coarse[frame][zone["kind"]]
                )
        fine = {zone["id"] for zone in coarse["1h"]["hot"]}
        assert fine == {zone["id"] for zone in body["hot"] if zone["timeframe"] == "1h"}
        assert any(len(zone["timeframes"]) > 1 for zone in body["hot"])
        assert [zone["rank"] for zone in body["hot"]] == list(range(1, len(body["hot"]) + 1))

    def test_the_order_asked_in_does_not_matter(self, sim_client: FlaskClient) -> None:
        """Equal bytes, whichever is named first."""
        one, other = (sim_client.get(f"{PATH}?timeframes={frames}") for frames in ("4h,1h", "1h,4h"))
        assert one.data == other.data
        assert ordered({"timeframes": ["1d", "5m", "4h"], "timeframe": "1h"}) == ["5m", "4h", "1d"]
        assert ordered({"timeframes": None, "timeframe": "4h"}) == ["4h"]

    def test_all_are_read_from_the_newest_price(self, zones: Any) -> None:
        """Of the past there is no book, and a day's close may be hours old: distances count from the finest close."""
        query = {"symbol": "THIN", "as_of": "2025-10-05T17:00:00Z", "lookback": "30d", "range_pct": 30}
        body, daily = zones(**query, timeframes="1h,1d"), zones(**query, timeframe="1d")
        price = body["price"]
        assert price == zones(**query)["price"] != daily["price"]
        assert any(zone["timeframe"] == "1d" for zone in both(body))
        for zone in both(body):
            near = zone["high"] if zone["side"] == "long" else zone["low"]
            inside = zone["low"] <= price <= zone["high"]
            assert zone["distance_pct"] == pytest.approx(0 if inside else 100 * abs(price - near) / price)
            assert inside or (near < price) is (zone["side"] == "long")

    def test_what_a_coarser_one_lacks_is_said(self) -> None:
        """An exchange that fails on one of the timeframes alone is not silently missing from it."""
        poor = FakeExchange("poor")
        whole = poor.open_interest

        def no_days(symbol: str, timeframe: str, since: int, until: int) -> Any:
            if timeframe == "1d":
                raise ExchangeUnavailable("poor", "no days today")
            return whole(symbol, timeframe, since, until)

        poor.open_interest = no_days  # type: ignore[method-assign]  # one timeframe fails
        body = ask(app_of(FakeExchange("rich"), poor), PATH, exchange="rich,poor", timeframes="1h,1d")
        assert body["coverage"]["exchanges"] == 2
        said = [warning for warning in body["warnings"] if warning.startswith("1d: ")]
        assert any("poor" in warning and "no days today" in warning for warning in said)

    @pytest.mark.parametrize("frames", ["1h,1h", "1h,4h,1h"])
    def test_duplicates_are_refused(self, sim_client: FlaskClient, problem: Problem, frames: str) -> None:
        """A timeframe named twice is a mistake."""
        answer = sim_client.get(f"{PATH}?timeframes={frames}")
        assert answer.status_code == 422
        assert named(problem(answer)) == ["timeframes"]

    def test_a_grid_that_fits_is_chosen_for_the_finest(self, zones: Any) -> None:
        """A month of five-minute bars gets coarser bins instead of an error; too many asked for is one."""
        assert zones(timeframe="5m", lookback="30d", symbol="THIN")["hot"]


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
        assert body["context"][name] == {"value": None, "age_seconds": None}
    assert body["context"]["volume_z"]["age_seconds"] == 0
    assert body["sources"][0]["missing"].keys() == {"funding", "account_ratio", "order_book"}
    assert body["hot"]
    assert any("no order book" in note for note in body["notes"])


def test_vacuum_where_the_book_is_thin_too() -> None:
    """A cold zone inside the visible book is a vacuum if little rests in it, not if much does, unknown without book."""
    away = np.arange(1, 301) / 1000.0
    found = []
    for amounts in (np.where((away > 0.001) & (away < 0.2), 0.001, 100.0), np.full(300, 10.0), None):
        body = ask(app_of(Booked(away, amounts)), PATH, range_pct=25, kind="cold")
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


@pytest.mark.parametrize("query", [{}, {"uncertainty": "true"}, {"exchange": "sim,sim2"}])
def test_a_thin_market_is_not_to_be_trusted(zones: Any, query: dict[str, str]) -> None:
    """Little depth and few trades: confidence under a half with the reason, and a warning that it may be noise."""
    body = zones(symbol="THIN", **query)
    assert body["confidence"]["value"] < 0.5
    assert any("clusters on this map may be noise" in warning for warning in body["warnings"])
    sample = next(part for part in body["confidence"]["parts"] if part["name"] == "sample")
    assert "very little depth" in sample["reason"]
    assert zones(symbol="BTC", **query)["confidence"]["value"] > 0.5


def test_zones_keep_their_identity_from_bar_to_bar() -> None:
    """Refreshed with one more 5-minute bar, twelve times: most ids stay, and so do the bins (median Jaccard)."""
    clock = Clock(SIM_NOW)
    app = app_of(sim(clock=clock, seed=7), clock=clock)
    names, bins = [], []
    for _ in range(13):
        body = ask(app, PATH, timeframe="5m", lookback="2d", bin_size=100, kind="hot")
        names.append({zone["id"] for zone in body["hot"]})
        bins.append({(z["side"], p) for z in body["hot"] for p in range(round(z["low"]), round(z["high"]), 100)})
        clock.now += 300
    jaccard = [len(one & two) / len(one | two) for one, two in pairwise(bins)]
    assert median(jaccard) >= 0.85
    kept = [len(one & two) / len(one | two) for one, two in pairwise(names)]
    assert median(kept) >= 0.5


def test_the_same_inputs_give_the_same_bytes() -> None:
    """Two fresh applications answer alike to the byte, with one ETag, and a caller who has it gets a 304."""
    answers = []
    for _ in range(2):
        app = app_of(sim(clock=lambda: SIM_NOW, seed=7), clock=Clock(SIM_NOW))
        answers.append(app.test_client().get(f"{PATH}?uncertainty=true&timeframes=1h,4h&symbol=SOL"))
    assert answers[0].data == answers[1].data
    assert answers[0].headers["ETag"] == answers[1].headers["ETag"]
    again = app.test_client().get(answers[1].request.full_path, headers={"If-None-Match": answers[0].headers["ETag"]})
    assert again.status_code == 304


def test_the_past_has_no_book_and_says_so(zones: Any) -> None:
    """As of a past moment: that moment's bars, no book, no funding, no ratio, and zones ranked by volume instead."""
    body = zones(as_of=PAST)
    assert body["as_of"] == PAST
    assert not body["coverage"]["order_book"]
    assert body["sources"][0]["missing"]["order_book"] == "not published for the past"
    assert body["context"]["funding"] is None
    assert body["context"]["book_imbalance"]["value"] is None
    assert any("no order book" in note for note in body["notes"])
    assert body["hot"]
    for zone in body["hot"]:
        assert zone["depth_to_reach"] is None
        assert zone["score_parts"]["depth_source"] == "no book"
    for zone in body["cold"]:
        assert zone["vacuum"] is None


def test_the_past_is_what_it_was_then() -> None:
    """The answer as of a moment names the zones that were found at that moment, but for what the book had changed."""
    clock = Clock(SIM_NOW)
    app = app_of(sim(clock=clock, seed=7), clock=clock)
    at = int(SIM_NOW // HOUR * HOUR)
    clock.now = at + 0.0
    then = ask(app, PATH, lookback="7d", bin_size=100, range_pct=20, as_of=f"{at}000")
    clock.now = at + 30 * HOUR
    assert ask(app, PATH, lookback="7d", bin_size=100, range_pct=20, as_of=f"{at}000")["hot"] == then["hot"]


def test_uncertainty_gives_support_and_agreement(zones: Any) -> None:
    """Each hot zone stands in 0..1 of the members, the caller's own at least; agreement joins the confidence."""
    plain, body = zones(timeframes="1h,4h"), zones(timeframes="1h,4h", uncertainty="true")
    assert body["hot"]
    for zone in body["hot"]:
        assert zone["support"] in (0.2, 0.4, 0.6, 0.8, 1.0)
    assert [zone | {"support": 0} for zone in plain["hot"]] == [zone | {"support": 0} for zone in body["hot"]]
    assert all("support" not in zone for zone in body["cold"])
    names = [part["name"] for part in body["confidence"]["parts"]]
    assert names == [*(part["name"] for part in plain["confidence"]["parts"]), "agreement"]
    assert body["confidence"]["value"] < plain["confidence"]["value"]


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
        ("timeframes=", "timeframes"),
        ("timeframes=5m,15m,30m,1h,4h", "timeframes"),
        ("timeframes=1h,1d&lookback=1d", "lookback"),
        ("timeframes=5m,1h&lookback=1y", "lookback"),
        ("uncertainty=maybe", "uncertainty"),
        ("bins=1", "bins"),
        ("bin_size=1e8&range_pct=10", "bin_size"),
        ("bins=2000&timeframes=5m,1h&lookback=30d", "bins"),
        ("mix=400:1", "mix"),
        ("nope=1", "nope"),
    ],
)
def test_bad_input_names_the_field(sim_client: FlaskClient, problem: Problem, query: str, field: str) -> None:
    """Out of range, contradictory or unknown: 422 naming the parameter."""
    answer = sim_client.get(f"{PATH}?{query}")
    assert answer.status_code == 422
    assert {name.split(".")[0] for name in named(problem(answer))} == {field}
