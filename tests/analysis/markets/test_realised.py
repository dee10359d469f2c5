"""Realised liquidations beside bars, and the mix that is fitted to them without looking ahead."""

from typing import Any

import numpy as np
import pytest
from flask import Flask

from service.analysis.markets.realised import by_bar
from service.market.contract import ExchangeUnavailable, Liquidations, Market
from service.market.feed import SETTLE_MS
from service.market.sim import sim
from tests.conftest import SIM_NOW
from tests.support.fake_apps import Publishing, app_of, ask, named, refused
from tests.support.fake_exchange import SYMBOL, T0, Clock, FakeExchange
from tests.support.hand_made import HOUR, MIDNIGHT, steady

FITTED = {"mix": "fitted", "lookback": "20d", "bins": 20}
NOTHING_GAINED = "Fitting gains nothing that matters out of sample"


def rows(hours: list[int], *amounts: tuple[float, float]) -> Liquidations:
    """Return rows of liquidations that open so many hours after midnight."""
    table = np.array(amounts, dtype=np.float64).reshape(-1, 2)
    return Liquidations(MIDNIGHT + HOUR * np.array(hours, dtype=np.int64), *table.T)


def test_rows_are_matched_by_their_time() -> None:
    """Hours without a row are unknown, rows without a bar are left out, and NaN stays NaN."""
    found = rows([-1, 1, 2, 4, 9], (9, 9), (1, 10), (np.nan, 20), (4, 40), (9, 9))
    long, short = by_bar(steady(6), found)
    np.testing.assert_array_equal(long, [np.nan, 1, np.nan, np.nan, 4, np.nan])
    np.testing.assert_array_equal(short, [np.nan, 10, 20, np.nan, 40, np.nan])


@pytest.mark.parametrize("found", [rows([]), rows([-5], (1, 1)), rows([50], (1, 1))])
def test_no_row_in_range_is_all_unknown(found: Liquidations) -> None:
    """None at all, or only before or after the bars."""
    for side in by_bar(steady(4), found):
        assert np.isnan(side).all()


def test_a_row_off_the_bars_grid_is_not_moved() -> None:
    """A row that opens half an hour later belongs to no hourly bar."""
    late = Liquidations(np.array([MIDNIGHT + HOUR // 2]), *np.ones((2, 1)))
    assert np.isnan([*by_bar(steady(2), late)]).all()


def test_bars_with_a_gap_keep_their_own_rows() -> None:
    """A missing bar does not shift what comes after it."""
    bars = steady(5)
    bars.time[3:] += 2 * HOUR
    found = rows(list(range(8)), *[(n, 10.0 * n) for n in range(8)])
    long, _ = by_bar(bars, found)
    np.testing.assert_array_equal(long, [0, 1, 2, 5, 6])


@pytest.mark.parametrize("path", ["heatmap", "profile", "zones"])
def test_a_fit_that_gains_is_used_and_told(sim_app: Flask, path: str) -> None:
    """On the simulated market, which publishes its liquidations, the mix in the answer is the fitted one."""
    # zones are cut on prices of their own: there are no bins to choose
    query = {name: value for name, value in FITTED.items() if (path, name) != ("zones", "bins")} | {"lookback": "30d"}
    body = ask(sim_app, f"/v1/{path}", symbol="BTC", **query)
    (fit,) = body["assumptions"]["fits"]
    mix = fit["mix"]
    assert fit["gains"]
    assert fit["rank_gain"]["low"] > 0
    assert (fit["exchange"], body["assumptions"]["mix"]["name"]) == ("sim", "fitted")
    assert mix["name"] == "fitted"
    assert sum(mix["share"]) + mix["unlevered"] == pytest.approx(1.0, abs=1e-4)
    usual = ask(sim_app, f"/v1/{path}", symbol="BTC", **(query | {"mix": "default"}))
    assert body["assumptions"]["mix"]["share"] != usual["assumptions"]["mix"]["share"]
    assert "fits" not in usual["assumptions"]
    assert not any(NOTHING_GAINED in warning for warning in body["warnings"])
    assert fit["at_edge"] is any("the best may lie beyond" in warning for warning in body["warnings"])


def test_a_fit_that_gains_nothing_says_so() -> None:
    """On liquidations that are luck the default stays, to the last cell, with a warning."""
    app = app_of(Publishing("fake"))
    body = ask(app, "/v1/heatmap", exchange="fake", **FITTED)
    usual = ask(app, "/v1/heatmap", exchange="fake", **(FITTED | {"mix": "default"}))
    (fit,) = body["assumptions"]["fits"]
    assert not fit["gains"]
    assert fit["note"].startswith(NOTHING_GAINED)
    assert fit["note"] in body["warnings"]
    assert body["assumptions"]["mix"] == usual["assumptions"]["mix"]
    assert body["grid"] == usual["grid"]


def test_nothing_is_fitted_to_the_future() -> None:
    """As of a moment, liquidations after it change nothing and are not even asked for; before it, they do."""
    at = T0 - 5 * 24 * HOUR
    found: dict[str, dict[str, Any]] = {}
    for name, changed in (("as it was", 2**62), ("later", at), ("earlier", at - 9 * 24 * HOUR)):
        fake = Publishing("fake")
        fake.changed, fake.factor = changed, 1e6
        found[name] = ask(app_of(fake), "/v1/heatmap", exchange="fake", **FITTED, as_of=at)
        assert all(until <= at for _, _, _, until in fake.asked("liquidations"))
    assert found["as it was"] == found["later"]
    assert found["as it was"]["assumptions"]["fits"] != found["earlier"]["assumptions"]["fits"]


def test_the_past_fits_as_it_did_then() -> None:
    """The fit as of a moment is the one that was made at that moment."""
    clock = Clock((T0 - 3 * 24 * HOUR + SETTLE_MS) / 1000)
    then = ask(app_of(Publishing("fake"), clock=clock), "/v1/profile", exchange="fake", **FITTED)
    now = ask(app_of(Publishing("fake")), "/v1/profile", exchange="fake", **FITTED, as_of=T0 - 3 * 24 * HOUR)
    assert then["assumptions"]["fits"] == now["assumptions"]["fits"]


def test_one_fit_serves_all_paths_until_a_bar_closes() -> None:
    """Liquidations are asked for once, and the fit is made again when there is a new bar."""
    clock, fake = Clock(), Publishing("fake")
    app = app_of(fake, clock=clock)
    first = ask(app, "/v1/heatmap", exchange="fake", **FITTED)["assumptions"]["fits"]
    assert ask(app, "/v1/profile", exchange="fake", **FITTED)["assumptions"]["fits"] == first
    assert len(fake.asked("liquidations")) == 1
    clock.now += 3600
    assert ask(app, "/v1/heatmap", exchange="fake", **FITTED)["as_of"].endswith("01:00:00Z")
    assert len(fake.asked("liquidations")) == 2


@pytest.mark.parametrize("path", ["heatmap", "profile", "zones", "cascade"])
def test_an_exchange_that_publishes_none(path: str) -> None:
    """404 of its own kind, before anything is asked of it."""
    fake = FakeExchange("fake")
    query = {"exchange": "fake", "mix": "fitted"} | ({"move_pct": -3} if path == "cascade" else {})
    body = refused(app_of(fake), f"/v1/{path}", 404, **query)
    assert body["type"] == "/problems/not-published"
    assert fake.calls == []


def test_too_few_days_name_the_mix() -> None:
    """Two days are no basis for a fit."""
    app = app_of(Publishing("fake"))
    body = refused(app, "/v1/heatmap", 422, exchange="fake", mix="fitted", lookback="2d")
    assert named(body) == ["mix"]
    assert "Too little to fit" in body["detail"]
    assert "longer lookback" in body["detail"]


def test_of_several_all_stay_and_those_that_can_be_fitted_are() -> None:
    """An exchange that publishes none, or too little, or does not answer, keeps the default mix and says so."""
    young, mute = Publishing("young", listed=T0 - 9 * 24 * HOUR), Publishing("mute")
    mute.fail("liquidations", ExchangeUnavailable("mute", "is down"))
    app = app_of(Publishing("open"), FakeExchange("closed"), young, mute)
    body = ask(app, "/v1/profile", exchange="open,closed,young,mute", **FITTED)
    assert {source["state"] for source in body["sources"]} == {"used"}
    fits = {fit["exchange"]: fit for fit in body["assumptions"]["fits"]}
    assert list(fits) == ["open", "closed", "young", "mute"]
    assert fits["open"]["days"] > 12
    for name, reason in (
        ("closed", "publishes no realised liquidations"),
        ("young", "Too little to fit"),
        ("mute", "is down"),
    ):
        assert reason in fits[name]["note"]
        assert fits[name]["note"].endswith("The default mix is used.")
        assert (fits[name]["gains"], fits[name]["rank_gain"]) == (False, None)
        assert fits[name]["mix"]["name"] == "default"
        assert f"{name}: {fits[name]['note']}" in body["warnings"]


def test_of_several_each_map_is_made_with_its_own_mix() -> None:
    """The sum is that of the maps made alone: the fitted one and the one that cannot be."""
    clock = Clock(SIM_NOW)
    market = sim(clock=clock, seed=7)
    closed = FakeExchange("closed", price=60_000.0)
    last, own = (
        ask(app_of(each, clock=clock), "/v1/heatmap", exchange=each.id, candles="true")["candles"]["close"][-1]
        for each in (market, closed)
    )
    closed.price *= last / own
    closed.simulated = True
    app = app_of(market, closed, clock=clock)
    asked = FITTED | {"lookback": "30d", "exchange": "sim,closed", "split": "true"}
    both, usual = (ask(app, "/v1/profile", **(asked | {"mix": mix})) for mix in ("fitted", "default"))
    mixes = {fit["exchange"]: fit["mix"]["name"] for fit in both["assumptions"]["fits"]}
    assert mixes == {"sim": "fitted", "closed": "default"}
    assert both["split"]["closed"] == usual["split"]["closed"]
    assert both["split"]["sim"] != usual["split"]["sim"]
    assert "fits" not in usual["assumptions"]


def test_a_side_of_a_diff_is_alone() -> None:
    """Nothing stands in for it there: 404 as anywhere else."""
    app = app_of(Publishing("open"), FakeExchange("closed"))
    body = refused(app, "/v1/diff", 404, a="open", b="closed", mix="fitted", lookback="20d")
    assert body["type"] == "/problems/not-published"


def test_a_scan_goes_on_without_what_cannot_be_fitted() -> None:
    """One symbol with too little history does not spoil the scan of the others."""

    class Two(Publishing):
        def markets(self) -> dict[str, Market]:
            market = super().markets()[SYMBOL]
            young = Market("NEW/USDT:USDT", "NEW", "USDT", "USDT", 0.001, 0.1, 0.0005, 100.0)
            return {SYMBOL: market, young.symbol: young}

        def ohlcv(self, symbol: str, timeframe: str, since: int, until: int) -> Any:
            late = T0 - 5 * 24 * HOUR if symbol.startswith("NEW") else 0
            return super().ohlcv(symbol, timeframe, max(since, late), until)

    body = ask(app_of(Two("fake")), "/v1/scan", exchange="fake", mix="fitted", lookback="20d")
    assert [row["symbol"] for row in body["symbols"]] == [SYMBOL]
    assert [row["symbol"] for row in body["failed"]] == ["NEW/USDT:USDT"]
    assert "Too little to fit" in body["failed"][0]["reason"]
