"""Skill through HTTP: the scorer's own figures, where liquidations are public, and none where they are not."""

from typing import Any

import numpy as np
import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.api.schemas.skill import SkillSchema
from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.base.side import BySide
from service.heatmap.inventory.assumptions import Assumptions, VenueTerms
from service.heatmap.inventory.leverage import parse_mix
from service.heatmap.lift import flat_map
from service.heatmap.skill.figures import Score, SideScore
from service.heatmap.skill.known_only import predict_known
from service.heatmap.skill.score import score_predictions
from service.heatmap.skill.verdict import verdict_on
from service.heatmap.stats.bootstrap import Interval
from service.market.contract import ExchangeUnavailable
from service.market.feed import SETTLE_MS, FeedQuery, MarketFeed
from service.market.sim import sim
from service.market.venues import build_venue
from tests.conftest import SIM_NOW, Problem
from tests.support.fake_apps import Publishing, app_of, ask, named, refused
from tests.support.fake_exchange import T0, Clock, FakeExchange

PATH = "/v1/skill"
HOUR = 3_600_000
DAYS = 20


def level(found: Interval) -> dict[str, Any]:
    """Return a figure as the answer has it, to rounding."""
    return {name: pytest.approx(getattr(found, name)) for name in ("value", "low", "high")}


def gain(found: Interval | None) -> dict[str, Any] | None:
    """Return what the map adds as the answer has it, to rounding."""
    return None if found is None else level(found) | {"judgement": found.judgement}


def side(found: SideScore) -> dict[str, Any]:
    """Return one side as the answer has it, to rounding."""
    figures = ("r2_path", "r2_with_map", "r2_gain", "partial_spearman")
    counts = {"bars": found.bars, "extreme_bars": found.extreme_bars}
    return counts | {name: pytest.approx(getattr(found, name)) for name in figures}


def scored_directly(mix: str, seed: int) -> tuple[Bars, BySide[Floats], BySide[Floats], Score]:
    """Score the simulated market without the HTTP edge, matching liquidations to bars one by one."""
    exchange = sim(clock=lambda: SIM_NOW, seed=7)
    data = MarketFeed({"sim": exchange}, lambda: SIM_NOW).load(FeedQuery("sim", "ETH", "1h", DAYS * 24))
    rows = exchange.liquidations(data.symbol, "1h", int(data.bars.time[0]), int(data.bars.time[-1]) + HOUR)
    by_time = {int(t): (long, short) for t, long, short in zip(rows.time, rows.long, rows.short, strict=True)}
    table = np.array([by_time[int(time)] for time in data.bars.time])
    real = BySide(table[:, 0].copy(), table[:, 1].copy())
    venue = VenueTerms(data.rule, data.tiers, data.taker_fee)
    predicted = predict_known(data.bars, Assumptions.of(parse_mix(mix)), venue)
    burn = len(data.bars) - DAYS * 24
    return (
        data.bars,
        real,
        predicted,
        score_predictions(data.bars, real, predicted, burn=burn, resamples=100, seed=seed),
    )


@pytest.mark.parametrize(("mix", "seed"), [("default", 0), ("retail", 3)])
def test_figures_are_the_scorers_own(sim_app: Flask, mix: str, seed: int) -> None:
    """H1, H2, EXT, their baselines, intervals and samples equal the scorer called on the same arrays."""
    bars, real, predicted, direct = scored_directly(mix, seed)
    body = ask(sim_app, PATH, symbol="ETH", lookback=f"{DAYS}d", resamples=100, seed=seed, mix=mix)
    assert SkillSchema().validate(body) == {}
    assert body["verdict"] == verdict_on(direct)
    for name in ("r2_gain", "rank_gain", "extreme_rank_gain", "partial_spearman"):
        assert body[name] == gain(getattr(direct, name))
    for name in ("r2_path", "r2_with_map"):
        assert body[name] == level(getattr(direct, name))
    assert (body["long"], body["short"]) == tuple(map(side, direct.sides))
    assert body["predictors"] == [
        {"name": row.name, "spearman": level(row.spearman), "capture": level(row.capture)}
        | {"spearman_lead": gain(row.spearman_lead), "capture_lead": gain(row.capture_lead)}
        for row in direct.predictors
    ]
    assert body["extreme_predictors"] == [
        {"name": row.name, "spearman": level(row.spearman), "spearman_lead": gain(row.lead)} for row in direct.extremes
    ]
    assert (body["days"], body["resamples"], body["long"]["bars"]) == (direct.days, 100, DAYS * 24)
    worth = sum(float((one * bars.close)[-DAYS * 24 :].sum()) for one in predicted)
    reported = sum(float(one[-DAYS * 24 :].sum()) for one in real)
    assert body["reported_share"] == pytest.approx(reported / worth)
    assert body["timeframe"] == "1h"


def test_lifts_stand_beside_their_nulls(sim_app: Flask) -> None:
    """Of bands and zones, each with hours and days; the flat map has H1, H2 and EXT of its own on the same hours."""
    body = ask(sim_app, PATH, symbol="ETH", lookback=f"{DAYS}d", resamples=100)
    lift = body["lift"]
    assert set(lift) == {"bands", "bands_flat", "bands_at_equal_flat", "zones", "zones_placebo"}
    assert lift["bands"]["low"] < lift["bands"]["value"] < lift["bands"]["high"]
    assert lift["bands"]["hours"] > 30
    assert lift["bands"]["days"] > 10
    # On the simulated exchange positions are where the map says, so that this holds on any of its markets.
    assert lift["bands"]["value"] > 1.3
    bars, real, _, direct = scored_directly("default", 0)
    burn = len(bars) - DAYS * 24
    flat = score_predictions(bars, real, flat_map(bars).swept, burn=burn, resamples=100, seed=0)
    for name in ("r2_gain", "rank_gain", "extreme_rank_gain"):
        assert body["flat_map"][name] == gain(getattr(flat, name))
        assert body["flat_map"][name] != gain(getattr(direct, name))
    reported = body["reported"]
    assert 0 <= reported["q10"] < reported["q50"] < reported["q90"]
    assert 0.5 < reported["covered"] <= 1


def test_it_says_in_words_what_it_found(sim_app: Flask) -> None:
    """The verdict is a sentence with H1, H2 and EXT; the fit says whether it gains."""
    body = ask(sim_app, PATH, symbol="ETH", lookback=f"{DAYS}d", resamples=100)
    assert all(name in body["verdict"] for name in ("H1:", "H2:", "EXT:", "95 % interval"))
    fit = body["fit"]
    assert fit["gains"]
    assert "the fitted mix is the better one" in fit["note"]
    assert fit["rank_gain"]["low"] > 0
    assert len(fit["tilts"]) == 5
    assert fit["days"] == body["days"]


def test_too_few_days_to_fit_say_so(sim_app: Flask) -> None:
    """Ten days are enough to score and not to fit: the reason stands in the fit's place."""
    body = ask(sim_app, PATH, symbol="ETH", lookback="10d", resamples=50)
    assert body["days"] == 11
    fit = body["fit"]
    assert fit["note"] == "Too little to fit: liquidations are known on 11 days, at least 12 are needed."
    assert not fit["gains"]
    assert (fit["rank_gain"], fit["r2_gain"], fit["tilt"], fit["days"], fit["tilts"]) == (None, None, None, None, [])


def test_the_past_is_scored_as_it_was_then(sim_app: Flask) -> None:
    """As of a past moment the answer is the one that was given at that moment."""
    at = int(SIM_NOW) // 3600 * 3600 - 48 * 3600
    clock = Clock(at + SETTLE_MS / 1000)
    then = app_of(sim(clock=clock, seed=7), clock=clock)
    query = {"symbol": "ETH", "lookback": "12d", "resamples": 50}
    now, past = ask(sim_app, PATH, **query, as_of=f"{at}000"), ask(then, PATH, **query)
    for name in (
        "as_of",
        "r2_gain",
        "rank_gain",
        "extreme_rank_gain",
        "predictors",
        "verdict",
        "reported_share",
        "fit",
    ):
        assert now[name] == past[name]


def test_an_exchange_that_publishes_none(problem: Problem) -> None:
    """404 of its own kind, naming the exchange, and nothing is asked of it."""
    fake = FakeExchange("fake")
    answer = app_of(fake).test_client().get(PATH, query_string={"exchange": "fake"})
    assert answer.status_code == 404
    body = problem(answer)
    assert body["type"] == "/problems/not-published"
    assert "fake" in body["detail"]
    assert fake.calls == []


def test_an_exchange_that_publishes_none_need_not_even_answer() -> None:
    """Down or not, what it does not publish is a 404 and never a 503 to be tried again."""
    down = build_venue("binance", "http://127.0.0.1:1")
    body = refused(app_of(down), PATH, 404, exchange="binance")
    assert body["type"] == "/problems/not-published"
    assert "Retry-After" not in body


def test_liquidations_that_do_not_come_are_a_503() -> None:
    """Failing to send them is not the same as not publishing them."""
    fake = Publishing("fake")
    fake.fail("liquidations", ExchangeUnavailable("fake", "is down"))
    assert refused(app_of(fake), PATH, 503, exchange="fake")["type"] == "/problems/exchange-unavailable"


def test_luck_is_no_skill() -> None:
    """Liquidations that have nothing to do with the map score nothing, and the fit gains nothing."""
    body = ask(app_of(Publishing("fake")), PATH, exchange="fake", lookback="30d", resamples=50)
    assert body["r2_gain"]["judgement"] != "better"
    assert not body["fit"]["gains"]
    assert "skill beyond" not in body["verdict"]


@pytest.mark.parametrize(
    ("amount", "says"),
    [
        (5.0, "liquidations of longs are all the same in a half of the scored bars."),
        (0.0, "liquidations of longs are known in 0 scored bars on 0 days, at least 120 bars on 10 days are needed."),
    ],
)
def test_what_tells_nothing_cannot_be_scored(amount: float, says: str) -> None:
    """Liquidations that are all alike, and weeks without any, of which nothing is known: 422 that says so."""

    class Quiet(Publishing):
        def liquidations(self, symbol: str, timeframe: str, since: int, until: int) -> Any:
            found = super().liquidations(symbol, timeframe, since, until)
            found.long[:] = found.short[:] = amount
            return found

    body = refused(app_of(Quiet("fake")), PATH, 422, exchange="fake", lookback="30d")
    assert named(body) == ["lookback"]
    assert body["detail"] == f"lookback: Too little to score: {says}"


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
    body = ask(app, PATH, exchange="fake", lookback="30d", resamples=50)
    assert body["long"]["bars"] == body["short"]["bars"] == 12 * 24
    bars = MarketFeed({"fake": late}, Clock()).load(FeedQuery("fake", "BTC", "1h", 30 * 24)).bars
    venue = VenueTerms("binance", late.tiers("BTC/USDT:USDT"), 0.0005)
    predicted = predict_known(bars, Assumptions(), venue)
    expected = sum(float((one * bars.close)[-12 * 24 :].sum()) for one in predicted)
    assert body["reported_share"] == pytest.approx(2 * 12 * 24 * 1.5e6 / expected)


def test_bars_before_open_interest_was_known_are_not_scored() -> None:
    """The map before the first known one would rest on what nobody knew then."""

    class Young(Publishing):
        """Publishes open interest from twelve days ago on."""

        def open_interest(self, symbol: str, timeframe: str, since: int, until: int) -> Any:
            return super().open_interest(symbol, timeframe, max(since, T0 - 12 * 24 * HOUR), until)

    app = app_of(Young("fake"))
    body = ask(app, PATH, exchange="fake", lookback="20d", resamples=50)
    assert body["long"]["bars"] == body["short"]["bars"] == 12 * 24
    assert body["fit"]["days"] == 12
    assert body["reported_share"] > 0
    assert body["coverage"]["columns"] == 20 * 24


@pytest.mark.parametrize(
    ("query", "field", "words"),
    [
        ("lookback=2d", "lookback", "Too little to score: the bars to score lie on 3 days, at least 10 are needed"),
        ("lookback=12h", "lookback", "Too little to score"),
        ("lookback=1h", "lookback", "12h to 1y"),
        ("resamples=49", "resamples", "50"),
        ("resamples=1001", "resamples", "1000"),
        ("seed=-1", "seed", "0"),
        ("draws=100", "draws", "Unknown parameter"),
        ("mix=fitted", "mix", "scored on what it was fitted to"),
        ("lookback=1y&resamples=1000", "resamples", "at most 205"),
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
