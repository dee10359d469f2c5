"""GET /v1/profile: the newest column in detail, consistent with the heatmap and with itself."""

from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient

AXIS = "lookback=3d&bin_size=0.5&range_pct=20"


@pytest.fixture
def body(client: FlaskClient) -> dict[str, Any]:
    """Return a profile."""
    answer: dict[str, Any] = client.get(f"/v1/profile?{AXIS}").get_json()
    return answer


@pytest.mark.parametrize("side", ["long", "short"])
def test_it_is_the_heatmaps_last_column(client: FlaskClient, body: dict[str, Any], side: str) -> None:
    """Same bins, same amounts, to the resolution, as far as the live price has not passed them."""
    grid, edges = client.get(f"/v1/heatmap?{AXIS}").get_json()["grid"], np.array(body["edges"])
    assert grid["edges"] == body["edges"]
    ahead = edges[1:] <= body["price"] if side == "long" else edges[:-1] >= body["price"]
    tolerance = grid["resolution"] + body["resolution"]
    last = np.array(grid[side][-1])
    np.testing.assert_allclose(np.array(body[side]["notional"])[ahead], last[ahead], atol=tolerance)
    left_out = float(last.sum() - np.sum(body[side]["notional"]))
    assert body[side]["passed"] == pytest.approx(left_out, rel=0.02, abs=len(last) * tolerance)
    assert body[side]["standing"] > body[side]["total"] > 0.0


@pytest.mark.parametrize("side", ["long", "short"])
def test_bands_add_up(body: dict[str, Any], side: str) -> None:
    """Split by leverage, each bin is the sum of its bands, and the bands follow on each other."""
    bands = body[side]["by_leverage"]
    total = np.sum([band["notional"] for band in bands], axis=0)
    np.testing.assert_allclose(total, body[side]["notional"], atol=body["resolution"] * len(bands), rtol=1e-6)
    assert [band["over"] for band in bands[1:]] == [band["upto"] for band in bands[:-1]]
    assert bands[-1]["upto"] is None


def test_cumulative_runs_away_from_the_price(body: dict[str, Any]) -> None:
    """Longs downwards, shorts upwards; the far end is the total."""
    tolerance = body["resolution"] * len(body["edges"])
    long, short = body["long"], body["short"]
    np.testing.assert_allclose(long["cumulative"], np.cumsum(long["notional"][::-1])[::-1], atol=tolerance)
    np.testing.assert_allclose(short["cumulative"], np.cumsum(short["notional"]), atol=tolerance)
    assert long["cumulative"][0] == pytest.approx(long["total"], abs=tolerance)
    assert short["cumulative"][-1] == pytest.approx(short["total"], abs=tolerance)


def test_longs_stand_below_the_price_and_shorts_above(body: dict[str, Any]) -> None:
    """Nothing stands on the wrong side, a bin apart."""
    edges = np.array(body["edges"])
    assert np.array(body["long"]["notional"])[edges[:-1] > body["price"] * 1.03].sum() == 0
    assert np.array(body["short"]["notional"])[edges[1:] < body["price"] * 0.97].sum() == 0


def test_max_pain_is_where_heat_peaks(client: FlaskClient, body: dict[str, Any]) -> None:
    """Its bin's amount, and its signed distance from the price; where the axis ends does not matter."""
    sides = [side for side in ("long", "short") if body[side]["max_pain"] is not None]
    assert sides
    for side in sides:
        assert_is_where_heat_peaks(client, body, side)


def assert_is_where_heat_peaks(client: FlaskClient, body: dict[str, Any], side: str) -> None:
    """Assert it of one side."""
    pain, notional, edges = body[side]["max_pain"], np.array(body[side]["notional"]), np.array(body["edges"])
    worst = int(np.searchsorted(edges, pain["price"])) - 1
    assert body["heat"][worst] > 0.5
    assert pain["notional"] == pytest.approx(notional[worst], abs=0.011 + body["resolution"])
    wider = client.get("/v1/profile?lookback=3d&bin_size=0.5&range_pct=60").get_json()
    assert wider[side]["max_pain"]["price"] == pain["price"]
    assert pain["distance_pct"] == pytest.approx(100 * (pain["price"] / body["price"] - 1), abs=1e-3)
    assert (pain["distance_pct"] < 0) == (side == "long")


def test_imbalance(body: dict[str, Any]) -> None:
    """(short - long) / (short + long)."""
    long, short = body["long"]["total"], body["short"]["total"]
    assert body["imbalance"] == pytest.approx((short - long) / (short + long), abs=1e-5)


@pytest.mark.parametrize("side", ["long", "short"])
def test_leverage_grows_towards_the_price(body: dict[str, Any], side: str) -> None:
    """Near bins hold the high leverage; empty bins say 0, and none exceeds what the market allows."""
    leverage, notional = np.array(body[side]["average_leverage"]), np.array(body[side]["notional"])
    assert (leverage[notional == 0] >= 0).all()
    assert leverage.max() <= 100
    filled = leverage[notional > notional.max() / 100]
    near, far = (filled[-1], filled[0]) if side == "long" else (filled[0], filled[-1])
    assert near > far


def test_an_axis_on_which_nothing_stands(client: FlaskClient) -> None:
    """A side without positions has no max pain, and everything adds up to 0."""
    body = client.get("/v1/profile?mix=1.1:1&range_pct=0.1&lookback=12h").get_json()
    for side in ("long", "short"):
        assert body[side]["total"] == 0
        assert body[side]["max_pain"] is None
    assert body["imbalance"] == 0


def test_heat_is_that_of_the_map(client: FlaskClient) -> None:
    """Of each bin, as the last column of /v1/heatmap has it in steps of 5; at the price more may have been passed."""
    query = "lookback=3d&bin_size=0.5&range_pct=15"
    profile, heatmap = (client.get(f"/v1/{name}?{query}").get_json() for name in ("profile", "heatmap"))
    grid = heatmap["grid"]
    first = grid["edges"].index(profile["edges"][0])
    last = np.array(grid["heat"][-1][first : first + len(profile["heat"])])
    far = np.abs(np.array(profile["edges"][:-1]) / profile["price"] - 1) > 0.07
    np.testing.assert_allclose((np.array(profile["heat"]) * 255)[far], last[far], atol=4.0)
    assert max(profile["heat"]) > 0.8
