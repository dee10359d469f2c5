"""How far zones can be relied on: thin markets, identity, determinism, the past, and uncertainty."""

from itertools import pairwise
from statistics import median
from typing import Any

import pytest
from flask import Flask

from service.market.feed import SETTLE_MS
from service.market.sim import sim
from tests.conftest import SIM_NOW
from tests.support.fake_apps import app_of, ask
from tests.support.fake_exchange import Clock

PATH = "/v1/zones"
HOUR = 3600.0
PAST = "2025-10-05T08:00:00Z"


@pytest.fixture
def zones(sim_app: Flask) -> Any:
    """Return a function that asks the simulated exchange for zones."""
    return lambda **query: ask(sim_app, PATH, **query)


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
        body = ask(app, PATH, timeframe="5m", lookback="2d", kind="hot")
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
        assert zone["depth_to_reach"] > 0
        assert zone["depth_source"] == "volume"
        assert zone["score_parts"]["depth_source"] == "volume"
    for zone in body["cold"]:
        assert zone["vacuum"] is None


def test_the_past_is_what_it_was_then() -> None:
    """The answer as of a moment names the zones that were found at that moment, but for what the book had changed."""
    clock = Clock(SIM_NOW)
    app = app_of(sim(clock=clock, seed=7), clock=clock)
    at = int(SIM_NOW // HOUR * HOUR)
    clock.now = at + SETTLE_MS / 1000
    then = ask(app, PATH, lookback="7d", range_pct=20, as_of=f"{at}000")
    clock.now = at + 30 * HOUR
    assert ask(app, PATH, lookback="7d", range_pct=20, as_of=f"{at}000")["hot"] == then["hot"]


def test_uncertainty_gives_support_and_agreement(zones: Any) -> None:
    """Each zone stands in some of the members, the caller's own at least, which holds what it holds within q0..q100."""
    plain, body = (zones(timeframes="1h,4h", mix="degen", **more) for more in ({}, {"uncertainty": "true"}))
    for kind in ("hot", "cold"):
        assert body[kind]
        for zone, same in zip(body[kind], plain[kind], strict=True):
            assert zone.pop("support") in {round(number / 7, 4) for number in range(1, 8)}
            low, middle, high = (zone["notional_quantiles"][name] for name in ("q10", "q50", "q90"))
            assert 0 <= low <= middle <= high
            assert 0.5 * low <= zone["notional"] <= 2 * high
            del zone["notional_quantiles"]
            assert zone == same
    names = [part["name"] for part in body["confidence"]["parts"]]
    assert names == [*(part["name"] for part in plain["confidence"]["parts"]), "agreement"]
    assert body["confidence"]["value"] < plain["confidence"]["value"]


def test_a_thin_sum_is_warned_of_once(zones: Any) -> None:
    """Two thin markets together: one warning with the reasons of both, not one more for each."""
    body = zones(symbol="THIN", exchange="sim,sim2")
    low = [warning for warning in body["warnings"] if "Low confidence" in warning]
    assert body["confidence"]["value"] < 0.5
    assert len(low) == 1
    assert "sim: " in low[0]
    assert "sim2: " in low[0]
