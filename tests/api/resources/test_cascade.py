"""The cascade through HTTP: one shock, monotone, seeded, and nothing without an order book."""

from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.api.schemas.cascade import CascadeSchema
from service.market.contract import ExchangeUnavailable, OrderBook
from tests.conftest import Problem
from tests.support.fake_apps import app_of, ask, named, refused
from tests.support.fake_exchange import T0, FakeExchange

PATH = "/v1/cascade"


@pytest.fixture
def sim(sim_app: Flask) -> Any:
    """Return a function that asks the simulated exchange for a cascade."""

    def cascade(**query: object) -> dict[str, Any]:
        return ask(sim_app, PATH, exchange="sim", **query)

    return cascade


@pytest.mark.parametrize(
    ("shock", "direction"),
    [({"move_pct": -4}, "down"), ({"move_pct": 4}, "up"), ({"sell_usd": 5e7}, "down"), ({"buy_usd": 5e7}, "up")],
)
def test_each_kind_of_shock(sim: Any, shock: dict[str, float], direction: str) -> None:
    """A move or an order goes its way, at least as far as the shock itself, and the figures agree with each other."""
    body = sim(**shock)
    assert CascadeSchema().validate({**body}) == {}
    sign = -1 if direction == "down" else 1
    assert body["direction"] == direction
    assert sign * body["terminal_move_pct"] >= sign * shock.get("move_pct", 0.0)
    assert body["terminal_price"] == pytest.approx(body["start_price"] * (1 + body["terminal_move_pct"] / 100))
    assert body["start_price"] == body["price"]
    assert body["amplification"] >= 1.0
    assert body["executed_usd"] == pytest.approx(body["assumptions"]["executed"] * body["forced_usd"])
    stages = body["stages"]
    assert stages[0]["seconds"] == 0.0
    assert [stage["seconds"] for stage in stages] == sorted(stage["seconds"] for stage in stages)
    for name in ("forced_usd", "book_usd"):
        assert stages[-1][name] == pytest.approx(body[name])
        assert [stage[name] for stage in stages] == sorted(stage[name] for stage in stages)
    moves = [sign * stage["move_pct"] for stage in stages]
    assert moves == sorted(moves)
    assert stages[-1]["price"] == pytest.approx(body["terminal_price"])


def test_reproduction_along_the_path(sim: Any) -> None:
    """R is told bin by bin outward from the price; the critical price is the first where it reaches 1."""
    body = sim(move_pct=-8)
    found = body["reproduction"]
    assert len(found["near"]) == len(found["far"]) == len(found["r"]) > 0
    assert found["near"] == sorted(found["near"], reverse=True)
    assert all(near > far for near, far in zip(found["near"], found["far"], strict=True))
    assert min(found["r"]) >= 0
    first = next((near for near, r in zip(found["near"], found["r"], strict=True) if r >= 1), None)
    if first is not None:
        assert found["critical_price"] == pytest.approx(first)


@pytest.mark.parametrize("name", ["move_pct", "sell_usd", "buy_usd"])
def test_a_larger_shock_never_moves_price_less(sim: Any, name: str) -> None:
    """Terminal move, forced notional and every quantile of the odds rise with the shock."""
    shocks = [-1, -2, -3, -6, -12] if name == "move_pct" else [1e5, 1e6, 1e7, 1e8, 1e9]
    found = [sim(**{name: shock}, samples=50) for shock in shocks]
    for values in (
        [abs(body["terminal_move_pct"]) for body in found],
        [body["forced_usd"] for body in found],
        *([abs(body["odds"][f"move_pct_q{q}"]) for body in found] for q in (10, 50, 90)),
    ):
        assert values == sorted(values)
    reach = [[zone["probability"] for zone in body["zones"]] for body in found]
    assert (np.diff(np.array(reach), axis=0) >= 0).all()


def test_odds_are_probabilities_in_order(sim: Any) -> None:
    """Quantiles run from the mildest to the worst, shares and probabilities lie in 0..1, and members are the map's."""
    body = sim(move_pct=-3, samples=100)
    odds = body["odds"]
    assert 0 >= odds["move_pct_q10"] >= odds["move_pct_q50"] >= odds["move_pct_q90"]
    assert (odds["samples"], odds["members"], odds["seed"]) == (100, 7, 0)
    assert 0 <= odds["absorbed_share"] <= 1
    assert 0 <= odds["extrapolated_share"] <= 1
    assert body["zones"]
    for zone in body["zones"]:
        assert 0 <= zone["probability"] <= 1
        if zone["side"] == "short":
            assert zone["probability"] == 0


def test_a_zone_that_the_shock_itself_reaches_is_certain(sim: Any) -> None:
    """A move into the nearest long zone reaches it in every draw."""
    near = max((zone for zone in sim(move_pct=-1)["zones"] if zone["side"] == "long"), key=lambda zone: zone["high"])
    price = sim(move_pct=-1)["price"]
    body = sim(move_pct=100 * (near["high"] / price - 1) - 0.01)
    assert next(zone for zone in body["zones"] if zone["id"] == near["id"])["probability"] == 1.0


def test_the_seed_decides_the_draws(sim: Any) -> None:
    """The same seed draws the same; another changes the odds and nothing else."""
    one, again, other = (sim(move_pct=-3, samples=40, seed=seed) for seed in (1, 1, 2))
    assert one == again
    assert one["odds"] != other["odds"]
    for name in ("terminal_price", "forced_usd", "stages", "reproduction"):
        assert one[name] == other[name]


@pytest.mark.parametrize("shock", [{"move_pct": -5}, {"sell_usd": 5e8}, {"buy_usd": 5e8}])
def test_the_seed_hardly_matters_and_the_answer_is_the_middle(sim: Any, shock: dict[str, float]) -> None:
    """Quantiles differ by a few per cent from seed to seed, and half of the draws lie on either side of the answer."""
    found = [sim(**shock, state="calm", seed=seed) for seed in range(4)]
    for name in ("move_pct_q10", "move_pct_q50", "move_pct_q90"):
        values = np.abs([body["odds"][name] for body in found])
        assert np.ptp(values) <= 0.05 * values.mean()
    assert found[0]["odds"]["move_pct_q50"] == pytest.approx(found[0]["terminal_move_pct"], rel=0.05)


def test_the_book_of_a_crash(sim: Any) -> None:
    """Event and worst thin it as measured: the shock goes further, and R comes to 1 in more of the draws."""
    found = [sim(move_pct=-3, state=state) for state in ("calm", "event", "worst")]
    assert [body["assumptions"]["depth"] for body in found] == pytest.approx([1.0, 1 / 3.4, (17 * 114) ** -0.5])
    for name in ("move_pct_q50", "move_pct_q90"):
        moves = [-body["odds"][name] for body in found]
        assert moves == sorted(moves)
        assert moves[0] < moves[-1]
    shares = [body["odds"]["critical_share"] for body in found]
    assert shares == sorted(shares)
    assert shares[-1] > 0
    assert -13 <= found[-1]["odds"]["critical_pct"] <= -3
    assert [body["assumptions"]["state_given"] for body in found] == [True] * 3


def test_what_is_left_for_auto_deleveraging(sim: Any) -> None:
    """A fund that takes over everything leaves nothing; a worse book leaves more; never more than all."""
    shock = {"move_pct": -8, "executed": 0.05}
    none = sim(**shock, state="calm", insurance=1)["odds"]["auto_deleveraging"]
    assert none == {"usd": [0.0, 0.0, 0.0], "share": [0.0, 0.0, 0.0]}
    calm, worst = (sim(**shock, state=state, insurance=0)["odds"]["auto_deleveraging"] for state in ("calm", "worst"))
    for name in ("usd", "share"):
        assert worst[name] == sorted(worst[name])
        assert worst[name][2] > calm[name][2] >= 0.0
    assert worst["share"][2] <= 1.0
    told = sim(move_pct=-8)["assumptions"]
    assert told["insurance"] == 0.05
    assert 0.1 < told["margin_pct"] < 5.0
    assert told["insurance_usd"] == pytest.approx(2 * sim(move_pct=-8, insurance=0.025)["assumptions"]["insurance_usd"])


def test_where_it_would_begin_to_feed_itself(sim: Any) -> None:
    """The first price at which R comes to 1 lies as far as is said, and no nearer than the shock."""
    body = sim(move_pct=-3, state="worst", executed=0.2)
    odds = body["odds"]
    assert odds["critical_share"] > 0
    assert odds["critical_price"] == pytest.approx(body["start_price"] * (1 + odds["critical_pct"] / 100))
    assert odds["critical_price"] <= 0.97 * body["start_price"] * (1 + 1e-9)
    assert sim(move_pct=-3, executed=0)["odds"]["critical_price"] is None


@pytest.mark.parametrize("market", [{}, {"symbol": "ETH", "timeframe": "4h"}])
def test_zones_have_the_ids_that_the_zones_have(sim: Any, sim_app: Flask, market: dict[str, object]) -> None:
    """Whatever bins and range: a zone reached here is the zone of /v1/zones with that id, edges and all."""
    there = ask(sim_app, "/v1/zones", exchange="sim", kind="hot", top=200, **market)["hot"]
    known = {zone["id"]: (zone["side"], zone["low"], zone["high"]) for zone in there}
    for options in ({}, {"range_pct": 30, "bins": 100}):
        here = sim(move_pct=-3, **options, **market)["zones"]
        assert len(here) > 2
        found = {zone["id"]: (zone["side"], zone["low"], zone["high"]) for zone in here if zone["id"] in known}
        assert len(found) >= min(len(here), len(known)) - 1
        assert all(known[name] == zone for name, zone in found.items())


def test_the_state_follows_the_size_of_the_shock(sim: Any) -> None:
    """Half a usual day's move meets the book of an event, unless the caller says otherwise; worst is never assumed."""
    states = [sim(move_pct=move)["assumptions"] for move in (-0.3, -20)]
    assert [told["state"] for told in states] == ["calm", "event"]
    assert [told["state_given"] for told in states] == [False, False]


def test_the_base_rate_stands_apart(sim: Any) -> None:
    """How far moves as large went on in the past; what the cascade says of the shock does not hang on it."""
    body = sim(move_pct=-0.5, lookback="30d")
    told = body["base_rate"]
    assert told["moves"] >= told["days"] > 0
    assert all(reached <= -0.5 for reached in told["bar"])
    assert told["day"] == sorted(told["day"], reverse=True)
    assert 0 <= told["again_bar"] <= told["again_day"] <= 1
    assert told["swept"]["moves"] < told["moves"]
    assert 0 < told["swept"]["share"] < 1
    assert told["told_by"] == ("move" if told["swept"]["bar"] is None else "move_and_swept")
    rare = sim(move_pct=-40)["base_rate"]
    assert (rare["moves"], rare["bar"], rare["day"], rare["told_by"]) == (0, None, None, "move")


def test_a_percent_on_a_deep_market_stays_about_a_percent(sim: Any) -> None:
    """A move that sweeps hardly anything sets off hardly anything, also in the worst tenth of the draws."""
    odds = sim(move_pct=-1)["odds"]
    assert -1.2 < odds["move_pct_q90"] <= odds["move_pct_q10"] <= -1


def test_the_settings_are_told(sim: Any) -> None:
    """Executed share, depth, refill and the ranges of the draws stand among the assumptions, given or not."""
    told = sim(move_pct=-1)["assumptions"]
    assert (told["executed"], told["depth"], told["refill"], told["refill_minutes"]) == (0.029, 1.0, 0.1, 5.0)
    assert (told["executed_source"], told["executed_of"][:7]) == ("stand_in", "Binance")
    assert told["draws"] == {
        "executed": pytest.approx([0.011, 0.079]),
        "depth": pytest.approx([2 / 3, 1.5]),
        "refill": pytest.approx([0.1 / 1.5, 0.15]),
    }
    given = sim(move_pct=-1, executed=0.7, refill=0.3)["assumptions"]
    assert (given["executed"], given["refill"]) == (0.7, 0.3)
    assert (given["executed_source"], given["executed_of"]) == ("caller", None)
    assert given["draws"]["executed"] == pytest.approx([0.35, 1.0])
    assert given["draws"]["refill"] == pytest.approx([0.2, 0.45])
    assert given["refill_usd_per_pct"] == pytest.approx(3 * told["refill_usd_per_pct"])
    assert given["mix"] == told["mix"]


def test_the_refill_that_is_told_is_the_one_at_work() -> None:
    """Past a book of 50,499.5 USD down to 99, an order comes to where power law and refill have taken the rest."""
    body = ask(app_of(FakeExchange("fake")), PATH, exchange="fake", executed=0, sell_usd=60_000, refill_minutes=0)
    moved = -body["terminal_move_pct"]
    assert moved > 1
    taken = 50_499.5 * moved + body["assumptions"]["refill_usd_per_pct"] * (moved - 1)
    assert taken == pytest.approx(60_000, rel=1e-3)


def test_without_refill_the_book_is_as_it_is_seen(sim: Any) -> None:
    """Each share of turnover that comes to stand against the move shortens it; with none it goes furthest."""
    moves = [-sim(sell_usd=3e8, refill=refill)["terminal_move_pct"] for refill in (0, 0.05, 0.1, 1)]
    assert moves == sorted(moves, reverse=True)
    assert moves[0] > moves[-1]


def test_nothing_executed_is_the_shock_alone(sim: Any) -> None:
    """If nothing liquidated is traded, nothing is amplified."""
    body = sim(move_pct=-5, executed=0)
    assert body["terminal_move_pct"] == pytest.approx(-5)
    assert body["amplification"] == pytest.approx(1)
    assert body["executed_usd"] == 0
    assert body["forced_usd"] > 0


def test_an_order_walks_the_book_on_paper() -> None:
    """Of a book of 10 coin at 99.95 and 500 at 99, an order for 1,050 USD takes the first level and ends in the second.

    With nothing executed and nothing refilled, 999.5 USD rest at the first level.
    """
    app = app_of(FakeExchange("fake"))
    alone = {"exchange": "fake", "executed": 0, "refill": 0}
    for usd, price in ((900, 99.95), (1_050, 99.0), (50_000, 99.0)):
        assert ask(app, PATH, **alone, sell_usd=usd)["terminal_price"] == pytest.approx(price)
    beyond = ask(app, PATH, **alone, sell_usd=60_000)
    assert beyond["terminal_price"] < 99.0
    assert beyond["extrapolated"]
    assert beyond["book_end_price"] == pytest.approx(99.0)


def test_a_thin_coin_falls_further_and_says_why(sim: Any) -> None:
    """The same order in the simulated thin coin moves it more; what is not seen is told, and data quality is low."""
    thin, deep = (sim(symbol=symbol, sell_usd=30_000, samples=100) for symbol in ("THIN", "BTC"))
    assert thin["terminal_move_pct"] < deep["terminal_move_pct"] <= 0
    assert [caveat for caveat in deep["caveats"] if "executed" not in caveat] == []
    assert thin["data_quality"]["value"] < 0.5 < deep["data_quality"]["value"]
    assert any("may be noise" in warning for warning in thin["warnings"])
    assert thin["odds"]["extrapolated_share"] >= deep["odds"]["extrapolated_share"]
    far = sim(symbol="THIN", move_pct=-20)
    assert far["extrapolated"]
    assert any("past the visible book" in caveat for caveat in far["caveats"])


def test_what_cannot_be_absorbed_is_said() -> None:
    """A book of a hundred dollars takes no billion: the answer ends at the furthest price and says so."""

    class Tiny(FakeExchange):
        def order_book(self, symbol: str) -> OrderBook:
            self._called("order_book", symbol)
            return OrderBook(T0, np.array([[99.9, 1.0]]), np.array([[100.1, 1.0]]))

    body = ask(app_of(Tiny("fake")), PATH, exchange="fake", sell_usd=1e12, refill=0)
    assert not body["absorbed"]
    assert len(body["caveats"]) == 4
    assert any("range_pct" in caveat for caveat in body["caveats"])
    assert body["odds"]["absorbed_share"] < 1


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({}, "move_pct"),
        ({"move_pct": -3, "sell_usd": 1e6}, "move_pct"),
        ({"sell_usd": 1e6, "buy_usd": 1e6}, "move_pct"),
        ({"move_pct": 0}, "move_pct"),
        ({"move_pct": -51}, "move_pct"),
        ({"sell_usd": 0}, "sell_usd"),
        ({"buy_usd": -5}, "buy_usd"),
        ({"move_pct": -3, "executed": 1.1}, "executed"),
        ({"move_pct": -3, "refill": -0.1}, "refill"),
        ({"move_pct": -3, "samples": 9}, "samples"),
        ({"move_pct": -3, "insurance": 1.1}, "insurance"),
        ({"move_pct": -3, "refill_minutes": 61}, "refill_minutes"),
        ({"move_pct": -3, "seed": -1}, "seed"),
        ({"move_pct": -3, "range_pct": 0.5}, "range_pct"),
        ({"move_pct": -3, "bins": 1}, "bins"),
        ({"move_pct": -3, "bins": 2000, "lookback": "1y"}, "bins"),
        ({"move_pct": -3, "as_of": "2025-05-01T00:00:00Z"}, "as_of"),
        ({"move_pct": -3, "exchange": "sim,other"}, "exchange"),
        ({"move_pct": -3, "mix": "400:1"}, "mix"),
    ],
)
def test_bad_input_names_the_field(problem: Problem, query: dict[str, object], field: str) -> None:
    """No shock, two of them, one out of range, the past, several exchanges: 422 naming the field."""
    answer = app_of(FakeExchange("sim"), FakeExchange("other")).test_client().get(PATH, query_string=query)
    assert answer.status_code == 422
    assert named(problem(answer)) == [field]


def test_no_order_book_is_a_503_that_says_so(problem: Problem) -> None:
    """Without a book there is no cascade: the answer names the book, the reason, and when to try again."""
    fake = FakeExchange("sim")
    fake.fail("order_book", ExchangeUnavailable("sim", "refuses for now", 7))
    answer = app_of(fake).test_client().get(PATH, query_string={"move_pct": -3})
    assert answer.status_code == 503
    body = problem(answer)
    assert "order book" in body["detail"]
    assert "refuses for now" in body["detail"]
    assert answer.headers["Retry-After"]


def test_unknown_markets_are_404(sim_client: FlaskClient, sim_app: Flask) -> None:
    """An unknown exchange or symbol is said to be so."""
    assert refused(sim_app, PATH, 404, move_pct=-3, exchange="nope")["type"] == "/problems/unknown-exchange"
    assert refused(sim_app, PATH, 404, move_pct=-3, symbol="NOPE")["type"] == "/problems/unknown-symbol"
    assert sim_client.post(PATH).status_code == 405


def test_the_odds_follow_the_executed_share(sim: Any) -> None:
    """What reaches the book decides the draws too: nothing executed is never worse than everything."""
    none, most = (sim(move_pct=-5, executed=share)["odds"] for share in (0, 1))
    assert none["move_pct_q90"] > most["move_pct_q90"]


def test_a_move_past_the_map_is_said(sim: Any) -> None:
    """What stands beyond range_pct is not counted, and the answer says so."""
    assert any("range_pct" in caveat for caveat in sim(move_pct=-20, range_pct=5)["caveats"])
