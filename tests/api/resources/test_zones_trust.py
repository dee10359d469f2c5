"""How far zones can be relied on: thin markets, identity, determinism, the past, and uncertainty."""

from itertools import pairwise
from statistics import median
from typing import Any

import pytest
from flask import Flask

from service.heatmap.inventory import MIXES
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
    """Little depth and few trades: data quality under a half with the reason, and a warning that it may be noise."""
    body = zones(symbol="THIN", **query)
    assert body["data_quality"]["value"] < 0.5
    assert any("clusters on this map may be noise" in warning for warning in body["warnings"])
    sample = next(part for part in body["data_quality"]["parts"] if part["name"] == "sample")
    assert "very little depth" in sample["reason"]
    assert zones(symbol="BTC", **query)["data_quality"]["value"] > 0.5


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
    assert (body["data_quality"], body["confidence"]) == (plain["data_quality"], plain["confidence"])


@pytest.mark.parametrize("symbol", ["BTC", "SOL"])
def test_what_one_mix_alone_says_is_trusted_least(zones: Any, symbol: str) -> None:
    """Of four mixes: a zone's agreement is the share of their answers that have it, and only what all have is sure."""
    answers = {mix: zones(symbol=symbol, mix=mix, top=200) for mix in MIXES}
    shares = set()
    for mix, body in answers.items():
        quality = body["data_quality"]["value"]
        for kind in ("hot", "cold"):
            for zone in body[kind]:
                others = [other[kind] for name, other in answers.items() if name != mix]
                having = 1 + sum(any(meets(each, zone) for each in rows) for rows in others)
                assert zone["agreement"] == having / 4, (mix, zone["id"])
                assert zone["confidence"] == round(quality * having / 4, 2)
                shares.add(having)
    assert shares >= {1, 4}
    told = {mix: (body["confidence"]["value"], body["data_quality"]["value"]) for mix, body in answers.items()}
    assert all(value <= quality for value, quality in told.values())
    assert sum(value < quality for value, quality in told.values()) >= 2
    assert all(name in answers["retail"]["confidence"]["reason"] for name in set(MIXES) - {"retail"})


def meets(other: dict[str, Any], zone: dict[str, Any]) -> bool:
    """Tell whether a zone meets another one's core."""
    core = zone["core"]
    return other["side"] == zone["side"] and other["low"] < core["high"] and core["low"] < other["high"]


def test_ones_own_mix_is_compared_with_all_four(zones: Any) -> None:
    """It is a fifth."""
    body = zones(symbol="BTC", mix="20:1")
    assert all(name in body["confidence"]["reason"] for name in MIXES)
    assert {zone["agreement"] for zone in body["hot"] + body["cold"]} <= {0.2, 0.4, 0.6, 0.8, 1.0}


def test_a_thin_sum_is_warned_of_once(zones: Any) -> None:
    """Two thin markets together: one warning with the reasons of both, not one more for each."""
    body = zones(symbol="THIN", exchange="sim,sim2")
    low = [warning for warning in body["warnings"] if "Low data quality" in warning]
    assert body["data_quality"]["value"] < 0.5
    assert len(low) == 1
    assert "sim: " in low[0]
    assert "sim2: " in low[0]
