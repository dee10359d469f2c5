"""The scan through HTTP: ranked, bounded, and what failed is named."""

from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.api.schemas.scan import ScanSchema
from service.market.contract import ExchangeUnavailable, Market
from tests.conftest import Problem
from tests.support.fake_apps import app_of, ask, named, refused
from tests.support.fake_exchange import SYMBOL, FakeExchange

PATH = "/v1/scan"
SIM_SYMBOLS = {"BTC", "ETH", "SOL", "THIN"}


class Many(FakeExchange):
    """A fake that lists several bases, all alike."""

    def __init__(self, exchange_id: str = "sim", bases: tuple[str, ...] = ("BTC", "ETH", "SOL")) -> None:
        """List them."""
        super().__init__(exchange_id)
        self.bases = bases
        self.failing: dict[str, Exception] = {}

    def markets(self) -> dict[str, Market]:
        """Return a market for each base."""
        market = super().markets()[SYMBOL]
        names = {base: f"{base}/USDT:USDT" for base in self.bases}
        return {
            symbol: Market(symbol, base, "USDT", "USDT", market.contract_size, 0.1, 0.0005, 100.0)
            for base, symbol in names.items()
        }

    def ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Any:
        """Return bars, or fail for those symbols that are to."""
        if symbol in self.failing:
            raise self.failing[symbol]
        return super().ohlcv(symbol, timeframe, since, until)


@pytest.fixture(scope="module")
def scanned(sim_app: Flask) -> dict[str, Any]:
    """Return a scan of all that the simulated exchange lists."""
    return ask(sim_app, PATH)


def test_the_answer_is_whole_and_ranked(scanned: dict[str, Any]) -> None:
    """It fits its schema, holds every symbol once, and ranks by attention."""
    assert ScanSchema().validate(scanned) == {}
    rows = scanned["symbols"]
    assert {row["symbol"].split("/")[0] for row in rows} == SIM_SYMBOLS
    assert [row["rank"] for row in rows] == [1, 2, 3, 4]
    attention = [row["attention"] for row in rows]
    assert attention == sorted(attention, reverse=True)
    assert (scanned["complete"], scanned["failed"], scanned["simulated"]) == (True, [], True)


def test_each_row_is_what_zones_answers(sim_app: Flask, scanned: dict[str, Any]) -> None:
    """Attention is the largest touch probability x score of the hot zones; the next zone is the nearest of its side."""
    for row in scanned["symbols"]:
        body = ask(sim_app, "/v1/zones", symbol=row["symbol"], kind="hot")
        products = [zone["touch_probability"]["h24"] * zone["score"] for zone in body["hot"]]
        assert row["attention"] == pytest.approx(max(products, default=0.0), abs=1e-6)
        assert (row["price"], row["as_of"]) == (body["price"], body["as_of"])
        for name in ("price", "as_of", "age_seconds", "coverage", "data_quality", "sources", "exchange"):
            assert row[name] == body[name]
        assert row.get("assumptions", scanned["assumptions"]) == body["assumptions"]
        assert row["warnings"] == body["warnings"]
        for side in ("long", "short"):
            mine = sorted((z for z in body["hot"] if z["side"] == side), key=lambda zone: zone["distance_pct"])
            if not mine:
                assert row[side] is None
                continue
            assert row[side]["touch_probability_24h"] == mine[0]["touch_probability"]["h24"]
            for name in ("id", "low", "high", "notional", "distance_pct", "score"):
                assert row[side][name] == mine[0][name]


def test_all_is_every_exchange_that_is_served(sim_app: Flask) -> None:
    """The exchanges are named in the answer, in the rows and in none of the failures."""
    body = ask(sim_app, PATH, exchange="all", symbols="BTC")
    assert body["exchange"] == body["symbols"][0]["exchange"] == "sim,sim2"
    assert body["complete"]


def test_a_thin_market_is_warned_of(scanned: dict[str, Any]) -> None:
    """Its row says that its clusters may be noise."""
    thin = next(row for row in scanned["symbols"] if row["symbol"].startswith("THIN"))
    assert thin["data_quality"]["value"] < 0.5
    assert any("may be noise" in warning for warning in thin["warnings"])


def test_top_takes_the_first(sim_app: Flask, scanned: dict[str, Any]) -> None:
    """The first rows, ranks as they were."""
    assert ask(sim_app, PATH, top=2)["symbols"] == scanned["symbols"][:2]


def test_the_most_fragile_first(sim_app: Flask, scanned: dict[str, Any]) -> None:
    """By the more fragile side; the rows are the same, and the thin market leads or is named."""
    body = ask(sim_app, PATH, exchange="sim", rank_by="fragility")
    rows = body["symbols"]
    ratios = [max(side["ratio"] for side in row["fragility"].values()) for row in rows]
    assert ratios == sorted(ratios, reverse=True)
    assert [row["rank"] for row in rows] == [1, 2, 3, 4]
    assert {row["symbol"] for row in rows} == {row["symbol"] for row in scanned["symbols"]}
    for row in rows:
        for name, side in row["fragility"].items():
            assert 0 < side["seen_share"] <= 1
            assert side["could_run_away"] == (side["critical_share"] >= 0.1)
            assert (side["critical_price"] is None) == (side["critical_share"] == 0)
            if side["critical_price"] is not None:
                assert (side["critical_price"] <= row["price"]) == (name == "long")


def test_symbols_are_asked_for_by_name_each_once(sim_app: Flask) -> None:
    """Three ways to write one symbol are one row."""
    body = ask(sim_app, PATH, symbols="BTC,ETH,BTCUSDT,BTC/USDT:USDT")
    assert sorted(row["symbol"] for row in body["symbols"]) == ["BTC/USDT:USDT", "ETH/USDT:USDT"]
    assert body["complete"]


def test_what_failed_is_named_and_the_rest_stands() -> None:
    """One unknown, one whose exchange fails: 200 with the others, and each failure with its reason."""
    fake = Many()
    fake.failing["ETH/USDT:USDT"] = ExchangeUnavailable("sim", "refuses for now")
    body = ask(app_of(fake), PATH, symbols="BTC,ETH,XYZ,SOL")
    assert {row["symbol"] for row in body["symbols"]} == {"BTC/USDT:USDT", "SOL/USDT:USDT"}
    assert not body["complete"]
    reasons = {row["symbol"]: row["reason"] for row in body["failed"]}
    assert {row["exchange"] for row in body["failed"]} == {"sim"}
    assert reasons.keys() == {"ETH", "XYZ"}
    assert "refuses for now" in reasons["ETH"]
    assert "no perpetual swap 'XYZ'" in reasons["XYZ"]


def test_several_exchanges_are_added_up(sim_app: Flask, scanned: dict[str, Any]) -> None:
    """Zones of the sum: what zones answers for both; the price lies between theirs."""
    body = ask(sim_app, PATH, exchange="sim,sim2", symbols="BTC,SOL")
    assert body["exchange"] == "sim,sim2"
    for row in body["symbols"]:
        zones = ask(sim_app, "/v1/zones", exchange="sim,sim2", symbol=row["symbol"], kind="hot")
        ids = {zone["id"] for zone in zones["hot"]}
        assert {row[side]["id"] for side in ("long", "short") if row[side]} <= ids
        alone = next(other for other in scanned["symbols"] if other["symbol"] == row["symbol"])
        assert row["price"] != alone["price"]
        assert row["data_quality"] == zones["data_quality"]
        assert [source["exchange"] for source in row["sources"]] == ["sim", "sim2"]


def test_one_exchange_of_several_failing_is_named() -> None:
    """The rows stand on the other, are warned of what is missing, and the scan is not complete."""
    one, other = Many("one"), Many("other")
    other.fail("ohlcv", ExchangeUnavailable("other", "is down"))
    body = ask(app_of(one, other), PATH, exchange="one,other", symbols="BTC,ETH")
    assert len(body["symbols"]) == 2
    assert not body["complete"]
    assert [(row["symbol"], row["exchange"]) for row in body["failed"]] == [("BTC", "other"), ("ETH", "other")]
    assert all("is down" in row["reason"] for row in body["failed"])
    for row in body["symbols"]:
        assert any(warning.startswith("other is missing") for warning in row["warnings"])


@pytest.mark.parametrize("down", ["one", "other"])
def test_the_listing_may_come_from_any_of_them(down: str) -> None:
    """Without symbols, the first exchange that lists anything decides what is scanned."""
    both = {name: Many(name, ("BTC", "ETH")) for name in ("one", "other")}
    both[down].fail("markets", ExchangeUnavailable(down, "is down"))
    body = ask(app_of(*both.values()), PATH, exchange="one,other")
    assert {row["symbol"] for row in body["symbols"]} == {"BTC/USDT:USDT", "ETH/USDT:USDT"}
    assert not body["complete"]


def test_everything_failing_is_the_error(problem: Problem) -> None:
    """An exchange that is down is a 503 with Retry-After; one that lists none of them a 404."""
    fake = Many()
    fake.fail("ohlcv", ExchangeUnavailable("sim", "is down", 9))
    answer = app_of(fake).test_client().get(PATH)
    assert answer.status_code == 503
    assert problem(answer)["exchange"] == "sim"
    assert answer.headers["Retry-After"] == "9"
    unknown = refused(app_of(Many()), PATH, 404, symbols="X,Y")
    assert (unknown["type"], named(unknown)) == ("/problems/unknown-symbol", ["symbols"])
    assert refused(app_of(fake), PATH, 503, symbols="BTC,XYZ")["exchange"] == "sim"
    fake.fail("markets", ExchangeUnavailable("sim", "is down"))
    assert refused(app_of(fake), PATH, 503)["exchange"] == "sim"


def test_an_assumption_that_no_market_allows_is_the_callers_fault() -> None:
    """If every symbol fails for the same parameter, it is named; if some do, they are listed."""
    app = app_of(Many())
    assert named(refused(app, PATH, 422, mix="400:1")) == ["mix"]


def test_many_markets_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """An exchange that lists more than can be scanned at once is scanned for a dozen large ones that it has."""
    names = tuple(f"A{n}" for n in range(60))
    fake = Many(bases=(*names, "SOL", "BTC"))
    body = ask(app_of(fake), PATH)
    assert {row["symbol"] for row in body["symbols"]} == {"BTC/USDT:USDT", "SOL/USDT:USDT"}
    monkeypatch.setattr("service.analysis.markets.many_symbols.MOST_LOADS", 5)
    several = [Many(name) for name in ("one", "two")]
    assert len(ask(app_of(*several), PATH, exchange="one,two")["symbols"]) == 2
    assert named(refused(app_of(*several), PATH, 422, exchange="one,two", symbols="BTC,ETH,SOL")) == ["symbols"]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("symbols=" + ",".join(f"S{n}" for n in range(51)), "symbols"),
        ("symbols=", "symbols"),
        ("symbols=" + "A" * 41, "symbols"),
        ("top=0", "top"),
        ("top=51", "top"),
        ("symbol=BTC", "symbol"),
        ("bin_size=5", "bin_size"),
        ("bins=60", "bins"),
        ("lookback=1h", "lookback"),
        ("exchange=sim,sim", "exchange"),
    ],
)
def test_bad_input_names_the_field(sim_client: FlaskClient, problem: Problem, query: str, field: str) -> None:
    """Too many, out of range or unknown: 422 naming the parameter."""
    answer = sim_client.get(f"{PATH}?{query}")
    assert answer.status_code == 422
    assert {name.split(".")[0] for name in named(problem(answer))} == {field}


def test_an_unknown_exchange(sim_app: Flask) -> None:
    """404 that lists those served."""
    body = refused(sim_app, PATH, 404, exchange="nope")
    assert body["type"] == "/problems/unknown-exchange"
    assert "sim2" in body["errors"][0]["message"]


def test_spellings_of_a_symbol_are_loaded_once() -> None:
    """However often and however it is written, a symbol costs one load and one row."""
    fake = Many()
    body = ask(app_of(fake), PATH, exchange="sim", symbols="BTC,btc,BTCUSDT,BTC/USDT:USDT,ETH")
    assert {row["symbol"] for row in body["symbols"]} == {"BTC/USDT:USDT", "ETH/USDT:USDT"}
    assert body["complete"]


def test_split_gives_each_exchange_its_own_zones(sim_app: Flask) -> None:
    """With several exchanges a row can hold the next zones of each one's own map."""
    row = ask(sim_app, PATH, exchange="sim,sim2", symbols="BTC", split="true")["symbols"][0]
    assert set(row["split"]) == {"sim", "sim2"}
    assert row["split"]["sim"]["long"]["id"].startswith("hot-long-")
    assert "split" not in ask(sim_app, PATH, exchange="sim,sim2", symbols="BTC")["symbols"][0]
