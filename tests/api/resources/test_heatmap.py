"""GET /v1/heatmap: the grid says what the model says, for the market and the moment asked for."""

from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.heatmap.base.axis import PriceAxis
from service.heatmap.inventory.assumptions import Assumptions, VenueTerms
from service.heatmap.inventory.inventory import heatmap_of, take_inventory
from service.market.contract import ExchangeUnavailable
from service.market.feed import SETTLE_MS, FeedQuery, MarketFeed
from service.settings import Settings
from tests.conftest import SIM_NOW
from tests.support.fake_exchange import HOUR, NOW, T0, Clock, FakeExchange

QUERY = "/v1/heatmap?lookback=3d&bin_size=0.5&range_pct=20"


def ask(client: FlaskClient, path: str) -> dict[str, Any]:
    """Return the answer's body."""
    response = client.get(path)
    assert response.status_code == 200, response.text
    body: dict[str, Any] = response.get_json()
    return body


def test_the_grid_is_the_models(client: FlaskClient, clock: Clock) -> None:
    """Cell by cell what the kernel gives on the same data, to the resolution the answer states."""
    body = ask(client, QUERY)
    data = MarketFeed({"sim": FakeExchange("sim")}, clock).load(FeedQuery("sim", "BTC", "1h", 72))
    axis = PriceAxis(0.5, round(body["grid"]["edges"][0] / 0.5), len(body["grid"]["edges"]) - 1)
    made = heatmap_of(
        take_inventory(data.bars, Assumptions(), VenueTerms(data.rule, data.tiers, data.taker_fee), axis, 72)
    )
    grid = body["grid"]
    for side, cells in (("long", made.long), ("short", made.short)):
        np.testing.assert_allclose(np.array(grid[side]), cells, atol=grid["resolution"], rtol=1e-6)
    assert grid["largest"] == pytest.approx(max(made.long.max(), made.short.max()))
    assert grid["time"] == data.bars.time[-72:].tolist()


def test_edges_are_whole_multiples_of_the_bin_size(client: FlaskClient) -> None:
    """Two requests that share a bin size share their edges, whatever else they ask."""
    wide, narrow = (ask(client, f"/v1/heatmap?bin_size=0.25&range_pct={r}")["grid"]["edges"] for r in (20, 5))
    assert set(narrow) < set(wide)
    assert [round(edge / 0.25) * 0.25 for edge in wide] == wide


@pytest.mark.parametrize("bins", [1, 2, 37, 400, 2000])
def test_at_most_that_many_bins(client: FlaskClient, bins: int) -> None:
    """However the edges fall; and they cover the range."""
    grid = ask(client, f"/v1/heatmap?lookback=12h&bins={bins}&range_pct=10")["grid"]
    assert len(grid["edges"]) - 1 <= bins
    assert grid["edges"][0] <= 90.0 + 1e-9
    assert grid["edges"][-1] >= 110.0 - 1e-9
    assert {len(row) for row in grid["long"]} == {len(grid["edges"]) - 1}


def test_open_interest_is_accounted_for(client: FlaskClient) -> None:
    """By side, what is in the grid, outside it and unlevered adds up to the exchange's open interest."""
    body = ask(client, QUERY)
    for account in body["accounting"].values():
        parts = account["in_grid"] + account["outside_grid"] + account["unlevered"]
        assert parts == pytest.approx(account["open_interest"], rel=1e-9)
    assert body["accounting"]["long"]["open_interest"] == body["accounting"]["short"]["open_interest"]


def test_nothing_stands_on_the_wrong_side(client: FlaskClient) -> None:
    """In every column no long stands above the bar's close and no short below it, an internal bin apart."""
    body = ask(client, QUERY + "&candles=true")
    edges = np.array(body["grid"]["edges"])
    for column, close in enumerate(body["candles"]["close"]):
        long, short = (np.array(body["grid"][side][column]) for side in ("long", "short"))
        assert long[edges[:-1] > close * 1.001].sum() == 0
        assert short[edges[1:] < close * 0.999].sum() == 0


def test_candles_are_the_columns_bars(client: FlaskClient) -> None:
    """One for each column, and only when asked for."""
    body = ask(client, QUERY + "&candles=true")
    bars = FakeExchange("sim").ohlcv("BTC/USDT:USDT", "1h", T0 - 72 * HOUR, T0)
    assert body["candles"]["close"] == pytest.approx(bars.close.tolist())
    assert body["candles"]["volume"] == pytest.approx(bars.volume.tolist())
    assert len(body["candles"]["open_interest"]) == 72
    assert "candles" not in ask(client, QUERY)


def test_segments_are_the_same_map(client: FlaskClient) -> None:
    """Drawn again, every cell that is not faint is within the square root of the class ratio, rounding apart."""
    dense, sent = ask(client, QUERY)["grid"], ask(client, QUERY + "&encoding=segments")["grid"]
    assert "long" not in sent
    for side in ("long", "short"):
        grid, runs = np.array(dense[side]), sent[f"{side}_segments"]
        again = np.zeros_like(grid, dtype=float)
        for bin_, first, last, kind in zip(*(runs[n] for n in ("bin", "from", "to", "class")), strict=True):
            again[first : last + 1, bin_] = runs["levels"][kind]
        rounded = 0.5 * dense["resolution"]
        strong = grid > 1e-3 * dense["largest"] + 2 * rounded
        allowed = np.exp(0.5 * np.log(1.25) + 1e-3)
        assert (again[strong] < allowed * (grid[strong] + rounded)).all()
        assert (again[strong] * allowed > grid[strong] - rounded).all()
        assert (again[grid + rounded < 0.99e-3 * dense["largest"]] == 0).all()


SIM = "/v1/heatmap?exchange=sim&lookback=1d&bins=40"


@pytest.mark.parametrize("since", ["", "&since=2025-05-31T12:00:00Z"])
def test_deltas_are_the_same_map(sim_client: FlaskClient, since: str) -> None:
    """Summed up they are the cells of the dense answer, heat too, whatever is left out; and far shorter."""
    url = f"/v1/heatmap?exchange=sim{since}"
    dense, sent = ask(sim_client, url)["grid"], ask(sim_client, f"{url}&encoding=deltas")["grid"]
    for name, unit in ("long", sent["resolution"]), ("short", sent["resolution"]), ("heat", 5):
        assert name not in sent
        assert (np.cumsum(sent[f"{name}_deltas"], axis=0) * unit).tolist() == dense[name]
    zipped = {"Accept-Encoding": "gzip"}
    long, short = (len(sim_client.get(each, headers=zipped).data) for each in (url, f"{url}&encoding=deltas"))
    assert short < 0.6 * long


def test_a_large_map_is_short_as_deltas(sim_client: FlaskClient) -> None:
    """A thousand columns in some 200 kB: 190 to 205, by the market."""
    url = "/v1/heatmap?exchange=sim&lookback=1000h&bins=500&encoding=deltas"
    assert len(sim_client.get(url, headers={"Accept-Encoding": "gzip"}).data) < 215_000


def test_layers_are_chosen(sim_client: FlaskClient) -> None:
    """Only what is asked for is sent, and heat alone is the same heat."""
    whole = ask(sim_client, SIM)["grid"]
    assert {"long", "short", "heat"} <= set(whole)
    only = ask(sim_client, f"{SIM}&layers=heat")["grid"]
    assert "long" not in only
    assert "short" not in only
    assert only["heat"] == whole["heat"]
    assert "heat" not in ask(sim_client, f"{SIM}&layers=short,long")["grid"]


def test_heat_is_of_its_cells(sim_client: FlaskClient) -> None:
    """One number a cell, 0 to 255; empty around the price, and not a level fog; as segments the same."""
    query = "/v1/heatmap?exchange=sim&bins=100"
    grid = ask(sim_client, query)["grid"]
    heat = np.array(grid["heat"])
    assert heat.shape == (len(grid["time"]), len(grid["edges"]) - 1)
    assert heat.min() >= 0
    assert heat.max() <= 255
    assert 0.01 < (heat > 217).mean() < 0.2
    assert (heat < 38).mean() < 0.2
    runs = ask(sim_client, f"{query}&encoding=segments")["grid"]["heat_segments"]
    again = np.zeros(heat.shape)
    for bin_, first, last, kind in zip(*(runs[n] for n in ("bin", "from", "to", "class")), strict=True):
        again[first : last + 1, bin_] = runs["levels"][kind]
    assert np.abs(again - heat / 255).max() < 0.5 / 31 + 0.5 / 51 + 1e-3


def test_heat_depends_on_no_bins(sim_client: FlaskClient) -> None:
    """Coarser bins have the mean heat of the finer ones in them, whatever range is shown."""
    fine = ask(sim_client, "/v1/heatmap?exchange=sim&bin_size=50&range_pct=10")["grid"]
    coarse = ask(sim_client, "/v1/heatmap?exchange=sim&bin_size=500&range_pct=6")["grid"]
    for edge, column in zip(coarse["edges"][1:-2], np.array(coarse["heat"])[:, 1:-1].T, strict=True):
        at = fine["edges"].index(edge)
        mean = np.array(fine["heat"])[:, at : at + 10].mean(axis=1)
        assert np.abs(mean - column).max() < 6


def test_a_column_says_when_it_was_known(client: FlaskClient) -> None:
    """The close of its bar stands beside the open."""
    grid = ask(client, QUERY)["grid"]
    assert grid["close_time"] == [time + HOUR for time in grid["time"]]


def test_cells_have_three_digits(sim_client: FlaskClient) -> None:
    """Amounts are whole multiples of the resolution, which is three digits of the largest cell; answers stay small."""
    for coding, most in (("gzip", 60_000), ("zstd", 70_000), ("br", 70_000)):
        response = sim_client.get("/v1/heatmap?exchange=sim", headers={"Accept-Encoding": coding})
        assert len(response.data) < most, coding
    grid = ask(sim_client, "/v1/heatmap?exchange=sim")["grid"]
    assert 100 <= grid["largest"] / grid["resolution"] < 1000
    cells = np.array([grid["long"], grid["short"]]) / grid["resolution"]
    np.testing.assert_allclose(cells, np.rint(cells), atol=1e-6)


def test_percentiles_are_of_the_cells_that_hold_something(client: FlaskClient) -> None:
    """For those who scale colours by amounts themselves."""
    grid = ask(client, QUERY)["grid"]
    for side in ("long", "short"):
        cells = np.array(grid[side])
        told = [grid["percentiles"][side][name] for name in ("p50", "p90", "p99")]
        np.testing.assert_allclose(told, np.percentile(cells[cells > 0], (50, 90, 99)), rtol=0.02)


@pytest.mark.parametrize("hours", [1, 10, 30])
def test_the_past_is_what_was_answered_then(fake: FakeExchange, hours: int) -> None:
    """No look-ahead: as_of an earlier close gives the very grid that was answered at that close."""
    fake.fail("order_book", ExchangeUnavailable("sim", "no book: the price is the last close in both"))
    now = create_app(Settings(), exchanges={"sim": fake}, clock=Clock()).test_client()
    then = create_app(Settings(), exchanges={"sim": fake}, clock=Clock(NOW - 3600 * hours)).test_client()
    one, other = ask(now, f"/v1/heatmap?exchange=sim&as_of={T0 - hours * HOUR}"), ask(then, "/v1/heatmap?exchange=sim")
    for part in ("grid", "accounting", "as_of", "price", "assumptions", "coverage"):
        assert one[part] == other[part]


@pytest.mark.parametrize("symbol", ["BTC", "THIN"])
def test_the_simulated_past_is_what_was_answered_then(sim_client: FlaskClient, symbol: str) -> None:
    """The same on the simulated market, whose book is there: columns on a shared bin size are equal."""
    hours = 7
    then = create_app(Settings(exchanges=("sim",)), clock=lambda: SIM_NOW - 3600 * hours).test_client()
    size = {"BTC": 200, "THIN": 0.002}[symbol]
    moment = int(SIM_NOW * 1000) - hours * HOUR
    query = f"/v1/heatmap?exchange=sim&symbol={symbol}&bin_size={size}&lookback=3d"
    one, other = ask(sim_client, f"{query}&as_of={moment}"), ask(then, query)
    assert one["grid"]["time"] == other["grid"]["time"]
    shared = sorted(set(one["grid"]["edges"]) & set(other["grid"]["edges"]))
    assert len(shared) > 100
    for side in ("long", "short"):
        columns = [
            np.array(body["grid"][side])[
                :, body["grid"]["edges"].index(shared[0]) : body["grid"]["edges"].index(shared[-1])
            ]
            for body in (one, other)
        ]
        np.testing.assert_allclose(columns[0], columns[1], atol=1.01)


def test_a_moment_inside_a_bar_is_the_bars_before_it(client: FlaskClient) -> None:
    """as_of anywhere in an hour gives the map at its beginning."""
    whole, inside = (ask(client, f"/v1/heatmap?as_of={T0 - 5 * HOUR + ms}") for ms in (0, HOUR - 1))
    assert whole["grid"] == inside["grid"]
    assert whole["as_of"] == inside["as_of"] == "2025-05-31T19:00:00Z"


def test_the_envelope_says_what_was_used(client: FlaskClient, clock: Clock) -> None:
    """Time, age, source, assumptions and coverage are those of the request."""
    clock.now += 90
    body = ask(client, "/v1/heatmap?lookback=2d&mix=5:1,10:1&churn=0.5&position_notional=2000")
    assert (body["exchange"], body["symbol"], body["timeframe"]) == ("sim", "BTC/USDT:USDT", "1h")
    assert (body["as_of"], body["age_seconds"], body["stale"], body["simulated"]) == (
        "2025-06-01T00:00:00Z",
        90 + SETTLE_MS / 1000,
        False,
        False,
    )
    assert body["price"] == 100.0
    assert body["sources"][0]["state"] == "used"
    assert (body["assumptions"]["churn"], body["assumptions"]["position_notional"]) == (0.5, 2000.0)
    assert body["assumptions"]["mix"]["name"] == "5:1,10:1"
    assert sum(body["assumptions"]["mix"]["share"]) == pytest.approx(1.0)
    coverage = body["coverage"]
    assert (coverage["columns_wanted"], coverage["columns"], coverage["warm_up_bars"]) == (48, 48, 168)
    assert (coverage["open_interest_share"], coverage["mark_price_share"], coverage["gaps"]) == (1.0, 1.0, 0)
    assert coverage["last_bar"] == "2025-05-31T23:00:00Z"


def test_a_young_market_says_how_far_its_data_reaches(client: FlaskClient, fake: FakeExchange) -> None:
    """Fewer columns than asked for come with a warning and with both numbers."""
    fake.listed = T0 - 60 * HOUR
    body = ask(client, "/v1/heatmap?lookback=7d")
    assert (body["coverage"]["columns_wanted"], body["coverage"]["columns"]) == (168, 36)
    assert len(body["grid"]["time"]) == 36
    assert any("36 of the 168" in warning for warning in body["warnings"])


@pytest.mark.parametrize("bars", [1, 2, 3, 25])
def test_a_market_listed_a_few_bars_ago(client: FlaskClient, fake: FakeExchange, bars: int) -> None:
    """Even a single bar gives a map."""
    fake.listed = T0 - bars * HOUR
    body = ask(client, "/v1/heatmap")
    assert len(body["grid"]["time"]) == max(bars - 24, 1)
    assert body["coverage"]["bars"] == bars


def test_simulated_markets_say_so(sim_client: FlaskClient) -> None:
    """In a field and in words."""
    body = ask(sim_client, "/v1/heatmap?lookback=12h&bins=50")
    assert body["simulated"] is True
    assert "This market is simulated." in body["warnings"]


@pytest.mark.parametrize("timeframe", ["5m", "15m", "30m", "1h", "4h", "1d"])
def test_every_timeframe(sim_client: FlaskClient, timeframe: str) -> None:
    """Columns are as far apart as the timeframe says."""
    step = {"5m": 5, "15m": 15, "30m": 30, "1h": 60, "4h": 240, "1d": 1440}[timeframe] * 60_000
    grid = ask(sim_client, f"/v1/heatmap?timeframe={timeframe}&lookback=2d&bins=50")["grid"]
    assert set(np.diff(grid["time"]).tolist()) == {step}
    assert len(grid["time"]) == 172_800_000 // step


@pytest.mark.slow
def test_the_usual_bins_fit_with_the_split(sim_client: FlaskClient) -> None:
    """Whoever gives no bins is never refused for their number."""
    grid = ask(sim_client, "/v1/heatmap?exchange=sim,sim2&lookback=1y&split=true&layers=heat")["grid"]
    assert 3 * len(grid["time"]) * (len(grid["edges"]) - 2) <= 2_000_000


def test_since_brings_the_end_of_the_same_map(sim_client: FlaskClient) -> None:
    """The columns from that close on, cell by cell those of the whole map, under the same scale."""
    url = "/v1/heatmap?exchange=sim&candles=true&bins=60"
    whole = sim_client.get(url).get_json()
    grid = whole["grid"]
    since = grid["close_time"][-5]
    end = sim_client.get(f"{url}&since={since}").get_json()
    for name in ("time", "close_time", "long", "short", "heat"):
        assert end["grid"][name] == grid[name][-5:]
    for name in ("edges", "resolution", "largest", "percentiles"):
        assert end["grid"][name] == grid[name]
    assert end["candles"]["close"] == whole["candles"]["close"][-5:]
    assert end["accounting"] == whole["accounting"]


@pytest.mark.parametrize("encoding", ["dense", "deltas", "segments"])
def test_since_after_the_last_close(sim_client: FlaskClient, encoding: str) -> None:
    """There is nothing new, and the answer says so by having no column."""
    body = sim_client.get(f"/v1/heatmap?exchange=sim&encoding={encoding}&since=2999-01-01T00:00:00Z").get_json()
    assert body["grid"]["time"] == []
    assert body["grid"]["largest"] > 0
