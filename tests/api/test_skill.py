"""Skill through HTTP: the scorer's own figures, where liquidations are public, and none where they are not."""

from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.api.skill import SkillSchema
from service.heatmap.assumptions import Assumptions, Venue
from service.heatmap.bars import Bars, Floats
from service.heatmap.day_bootstrap import Estimate
from service.heatmap.leverage import parse_mix
from service.heatmap.predict import swept
from service.heatmap.skill import score, verdict
from service.heatmap.skill_score import Score
from service.market.exchange import ExchangeUnavailable
from service.market.feed import MarketFeed, Query
from service.market.simulated import sim
from tests.api.conftest import SIM_NOW, Problem
from tests.api.fake_apps import Publishing, app_of, ask, named, refused
from tests.market.fake_exchange import T0, Clock, FakeExchange

PATH = "/v1/skill"
HOUR = 3_600_000
DAYS = 20


def figure(found: Estimate) -> dict[str, Any]:
    """Return a figure as the answer has it, to rounding."""
    return {
        "value": pytest.approx(found.value),
        "low": pytest.approx(found.low),
        "high": pytest.approx(found.high),
        "standing": found.standing,
    }


def scored_directly(mix: str, seed: int) -> tuple[Bars, tuple[Floats, Floats], tuple[Floats, Floats], Score]:
    """Score the simulated market without the HTTP edge, matching liquidations to bars one by one."""
    exchange = sim(clock=lambda: SIM_NOW, seed=7)
    data = MarketFeed({"sim": exchange}, lambda: SIM_NOW).load(Query("sim", "ETH", "1h", DAYS * 24))
    rows = exchange.liquidations(data.symbol, "1h", int(data.bars.time[0]), int(data.bars.time[-1]) + HOUR)
    by_time = {int(t): (long, short) for t, long, short in zip(rows.time, rows.long, rows.short, strict=True)}
    table = np.array([by_time[int(time)] for time in data.bars.time])
    real = table[:, 0].copy(), table[:, 1].copy()
    venue = Venue(data.rule, data.tiers, data.taker_fee)
    predicted = swept(data.bars, Assumptions(mix=parse_mix(mix)), venue)
    burn = len(data.bars) - DAYS * 24
    return data.bars, real, predicted, score(data.bars, *real, *predicted, burn=burn, boot=100, seed=seed)


@pytest.mark.parametrize(("mix", "seed"), [("default", 0), ("retail", 3)])
def test_figures_are_the_scorers_own(sim_app: Flask, mix: str, seed: int) -> None:
    """H1, H2 and EXT, their intervals, every predictor and the verdict equal the scorer called on the same arrays."""
    bars, real, predicted, direct = scored_directly(mix, seed)
    body = ask(sim_app, PATH, symbol="ETH", lookback=f"{DAYS}d", draws=100, seed=seed, mix=mix)
    assert SkillSchema().validate(body) == {}
    assert body["verdict"] == verdict(direct)
    for name in ("h1", "h2", "partial_spearman"):
        assert body[name] == figure(getattr(direct, name))
    assert body["extremes"]["bars"] == direct.extremes.bars
    for name in ("lead_wick", "lead_wick_excursion", "lead_new_extreme"):
        assert body["extremes"][name] == figure(getattr(direct.extremes, name))
    assert [row["name"] for row in body["predictors"]] == [row.name for row in direct.predictors]
    for row, wanted in zip(body["predictors"], direct.predictors, strict=True):
        assert (row["spearman"], row["capture"]) == (figure(wanted.spearman), figure(wanted.capture))
    assert (body["days"], body["bars_scored"]) == (direct.days, DAYS * 24)
    worth = sum(float((side * bars.close)[-DAYS * 24 :].sum()) for side in predicted)
    reported = sum(float(side[-DAYS * 24 :].sum()) for side in real)
    assert body["reported_share"] == pytest.approx(reported / worth)
    assert body["timeframe"] == "1h"


def test_it_says_in_words_what_it_found(sim_app: Flask) -> None:
    """The verdict is a sentence with H1, H2 and EXT; the fit says whether it gains."""
    body = ask(sim_app, PATH, symbol="ETH", lookback=f"{DAYS}d", draws=100)
    assert all(name in body["verdict"] for name in ("H1:", "H2:", "EXT:", "95 % interval"))
    fit = body["fit"]
    assert fit["gains"] is (fit["gain"]["standing"] == "better")
    assert len(fit["tilts"]) == 5
    assert fit["days"] == body["days"]


def test_too_few_days_to_fit_leave_the_fit_out(sim_app: Flask) -> None:
    """Ten days are enough to score and not to fit."""
    body = ask(sim_app, PATH, symbol="ETH", lookback="10d", draws=50)
    assert body["fit"] is None
    assert body["days"] == 11


def test_the_past_is_scored_as_it_was_then(sim_app: Flask) -> None:
    """As of a past moment the answer is the one that was given at that moment."""
    at = int(SIM_NOW) // 3600 * 3600 - 48 * 3600
    clock = Clock(float(at))
    then = app_of(sim(clock=clock, seed=7), clock=clock)
    query = {"symbol": "ETH", "lookback": "12d", "draws": 50}
    now, past = ask(sim_app, PATH, **query, as_of=f"{at}000"), ask(then, PATH, **query)
    for name in ("as_of", "h1", "h2", "extremes", "predictors", "verdict", "reported_share", "fit"):
        assert now[name] == past[name]


def test_an_exchange_that_publishes_none(problem: Problem) -> None:
    """404 of its own kind, naming the exchange, and liquidations are not asked for."""
    fake = FakeExchange("fake")
    answer = app_of(fake).test_client().get(PATH, query_string={"exchange": "fake"})
    assert answer.status_code == 404
    body = problem(answer)
    assert body["type"] == "/problems/not-published"
    assert "fake" in body["detail"]
    assert fake.asked("liquidations") == []


def test_liquidations_that_do_not_come_are_a_503() -> None:
    """Failing to send them is not the same as not publishing them."""
    fake = Publishing("fake")
    fake.fail("liquidations", ExchangeUnavailable("fake", "is down"))
    assert refused(app_of(fake), PATH, 503, exchange="fake")["type"] == "/problems/exchange-unavailable"


def test_luck_is_no_skill() -> None:
    """Liquidations that have nothing to do with the map score nothing, and the fit gains nothing."""
    body = ask(app_of(Publishing("fake")), PATH, exchange="fake", lookback="30d", draws=50)
    assert body["h1"]["standing"] != "better"
    assert not body["fit"]["gains"]
    assert "skill beyond" not in body["verdict"]


def test_nothing_liquidated_cannot_be_scored() -> None:
    """Liquidations that are all alike tell nothing: 422 that says so."""

    class Quiet(Publishing):
        def liquidations(self, symbol: str, timeframe: str, since: int, until: int) -> Any:
            found = super().liquidations(symbol, timeframe, since, until)
            found.long[:] = found.short[:] = 0.0
            return found

    body = refused(app_of(Quiet("fake")), PATH, 422, exchange="fake", lookback="30d")
    assert named(body) == ["lookback"]
    assert "must differ" in body["detail"]


def test_the_reported_share_is_of_hours_that_are_known() -> None:
    """Hours whose liquidations are not known count on neither side of the ratio."""

    class Late(Publishing):
        """Publishes from ten days ago on, and a constant: a million a side and hour."""

        def liquidations(self, symbol: str, timeframe: str, since: int, until: int) -> Any:
            found = super().liquidations(symbol, timeframe, max(since, T0 - 24 * 12 * HOUR), until)
            found.long[:] = np.where(found.time % (2 * HOUR) == 0, 1e6, 2e6)
            found.short[:] = found.long
            return found

    late = Late("fake")
    app = app_of(late)
    body = ask(app, PATH, exchange="fake", lookback="30d", draws=50)
    assert body["bars_scored"] == 12 * 24
    bars = MarketFeed({"fake": late}, Clock()).load(Query("fake", "BTC", "1h", 30 * 24)).bars
    venue = Venue("binance", late.tiers("BTC/USDT:USDT"), 0.0005)
    predicted = swept(bars, Assumptions(), venue)
    expected = sum(float((side * bars.close)[-12 * 24 :].sum()) for side in predicted)
    assert body["reported_share"] == pytest.approx(2 * 12 * 24 * 1.5e6 / expected)


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("lookback=2d", "lookback", "at least 10 are needed"),
        ("lookback=12h", "lookback", "Too little to score"),
        ("lookback=1h", "lookback", "12h to 1y"),
        ("draws=49", "draws", "50"),
        ("draws=1001", "draws", "1000"),
        ("seed=-1", "seed", "0"),
        ("mix=fitted", "mix", "scored on what it was fitted to"),
        ("lookback=1y&draws=1000", "draws", "at most 205"),
        ("mix=400:1", "mix", "the most this market allows"),
        ("timeframe=5m", "timeframe", "Unknown parameter"),
        ("exchange=sim,sim2", "exchange", "one of them"),
        ("as_of=2099-01-01T00:00:00Z", "as_of", "future"),
    ],
)
def test_bad_input_names_the_field(
    sim_client: FlaskClient, problem: Problem, query: str, field: str, words: str
) -> None:
    """Too short, out of range, or circular: 422 naming the parameter and why."""
    answer = sim_client.get(f"{PATH}?{query}")
    assert answer.status_code == 422
    body = problem(answer)
    assert named(body) == [field]
    assert words in body["detail"]
