"""The paths as a program reads them that was written from CoinGlass' documentation, against our own answers."""

from typing import Any

import numpy as np
import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import MultiDict

from service.analysis.concurrency.cost import Work, checked_cost
from service.analysis.markets.many_symbols import MOST_LOADS, USUAL
from service.analysis.results.max_pain import PASSES
from service.api.coinglass.query import MODELS, PAIN_RANGES, MaxPainQuery
from service.api.coinglass.routes import UNDER
from service.market.venues import VENUE_IDS

PAIR = {"exchange": "Sim", "symbol": "BTCUSDT"}
AXIS = {"timeframe": "15m", "lookback": "3d", "bins": 200}


class Documented:
    """What docs.coinglass.com says to do: send a key, look at `code`, read `data`."""

    def __init__(self, client: FlaskClient) -> None:
        """Ask this service in place of theirs."""
        self._client = client

    def get(self, path: str, **query: str) -> Any:
        """Return the data of an answer that must be a success."""
        answer = self._client.get(f"{UNDER}/{path}", query_string=query, headers={"CG-API-KEY": "any"})
        body = answer.get_json()
        assert (answer.status_code, body["code"], body["msg"]) == (200, "0", "success"), body
        return body["data"]

    def grid(self, path: str, **query: str) -> tuple[np.ndarray, list[float], list[list[float]]]:
        """Return a heatmap as a matrix of candles by price levels, the levels, and candles as numbers."""
        data = self.get(path, **query)
        candles = [[row[0], *map(float, row[1:])] for row in data["price_candlesticks"]]
        matrix = np.zeros((len(candles), len(data["y_axis"])))
        for x, y, amount in data["liquidation_leverage_data"]:
            matrix[x, y] = amount
        return matrix, data["y_axis"], candles


@pytest.fixture
def documented(sim_client: FlaskClient) -> Documented:
    """Return that program, asking the simulated exchanges."""
    return Documented(sim_client)


@pytest.mark.parametrize(
    ("path", "query", "exchange"),
    [("heatmap", PAIR, "sim"), ("aggregated-heatmap", {"symbol": "BTC"}, "all")],
)
@pytest.mark.parametrize(("model", "mix"), MODELS.items())
def test_a_heatmap_is_ours(
    documented: Documented,
    sim_client: FlaskClient,
    path: str,
    query: dict[str, str],
    exchange: str,
    model: str,
    mix: str,
) -> None:
    """Both sides of /v1/heatmap together, on the same columns and bins, with its candles."""
    matrix, levels, candles = documented.grid(f"{path}/{model}", **query, range="3d")
    own = sim_client.get("/v1/heatmap", query_string=AXIS | {"exchange": exchange, "mix": mix, "candles": "true"})
    ours, grid = own.get_json()["candles"], own.get_json()["grid"]
    both = np.array(grid["long"]) + np.array(grid["short"])
    np.testing.assert_allclose(matrix, both, atol=1.5 * 10.0 * grid["resolution"])
    np.testing.assert_allclose(levels, np.array(grid["edges"][:-1]) + grid["bin_size"] / 2)
    assert [row[0] * 1000 for row in candles] == grid["time"]
    for at, name in enumerate(("open", "high", "low", "close"), 1):
        np.testing.assert_allclose([row[at] for row in candles], ours[name])


def test_models_differ(documented: Documented) -> None:
    """Each is another map of the same market."""
    maps = [documented.grid(f"heatmap/{model}", **PAIR)[0].sum(axis=0) for model in MODELS]
    assert not any(np.allclose(maps[a], maps[b], rtol=0.05) for a, b in ((0, 1), (0, 2), (1, 2)))


def test_a_map_is_our_profile(documented: Documented, sim_client: FlaskClient) -> None:
    """By price and leverage, keys as text and again as numbers; over all exchanges without leverage."""
    asked = {"timeframe": "30m", "lookback": "7d", "bins": 200}
    for path, query, exchange in (("map", PAIR, "sim"), ("aggregated-map", {"symbol": "BTC"}, "all")):
        levels = documented.get(path, **query, range="7d")["data"]
        own = sim_client.get("/v1/profile", query_string=asked | {"exchange": exchange}).get_json()
        both = np.array(own["long"]["notional"]) + np.array(own["short"]["notional"])
        middles = np.array(own["edges"][:-1]) + own["bin_size"] / 2
        found = [sum(row[1] for row in levels.get(f"{middle:.12g}", ())) for middle in middles]
        np.testing.assert_allclose(found, both, atol=20 * own["resolution"], rtol=1e-6)
        rows = [(key, row) for key, each in levels.items() for row in each]
        assert all(float(key) == row[0] and row[3] is None for key, row in rows)
        assert {row[2] is None for _, row in rows} == {path == "aggregated-map"}


def test_it_is_kept_and_compressed_as_all_answers_are(sim_client: FlaskClient) -> None:
    """Under its own ETag, although /v1/heatmap may be asked for the very same map."""
    path = f"{UNDER}/heatmap/model1?exchange=Sim&symbol=BTC&range=12h"
    answer = sim_client.get(path)
    assert sim_client.get(path, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert sim_client.get(path, headers={"Accept-Encoding": "gzip"}).headers["Content-Encoding"] == "gzip"
    ours = sim_client.get(
        "/v1/heatmap?exchange=sim&symbol=BTC&timeframe=5m&lookback=12h&bins=200&candles=true&layers=long,short"
    )
    assert ours.headers["ETag"] != answer.headers["ETag"]
    assert "grid" in ours.get_json()


def test_public_clients_that_leave_out_the_range(documented: Documented) -> None:
    """SnakeO/Coinglass-APIv4 sends the symbol alone: its heatmaps and map of a coin are answered, with 3 and 7 days."""
    usual, given = (documented.get("aggregated-heatmap/model1", symbol="BTC", **more) for more in ({}, {"range": "3d"}))
    assert usual == given
    assert documented.get("aggregated-map", symbol="BTC") == documented.get("aggregated-map", symbol="BTC", range="7d")


def test_max_pain_is_that_of_our_profiles(documented: Documented, sim_client: FlaskClient) -> None:
    """A row for each coin listed, or the one asked for: longs below the price, shorts above."""
    rows = {row["symbol"]: row for row in documented.get("max-pain", exchange="Sim", range="7d")}
    assert {"BTC", "ETH", "SOL"} <= rows.keys()
    for coin in ("BTC", "ETH", "SOL"):
        own = sim_client.get(f"/v1/profile?exchange=sim&symbol={coin}&lookback=7d&bins=200").get_json()
        row = rows[coin]
        assert row["price"] == own["price"]
        for side in ("long", "short"):
            pain = own[side]["max_pain"] or {"price": None, "notional": None}
            assert row[f"{side}_max_pain_liq_price"] == pain["price"]
            assert row[f"{side}_max_pain_liq_level"] == pain["notional"]
    assert documented.get("max-pain", exchange="Sim", range="7d", symbol="ETHUSDT") == [rows["ETH"]]
    assert documented.get("max-pain")


def test_max_pain_of_the_large_coins_on_every_exchange_is_admitted() -> None:
    """A dozen coins on eight exchanges, over any range, are not too much work."""
    for span in PAIN_RANGES:
        request = MaxPainQuery().load(MultiDict({"range": span}))
        work = Work(exchanges=len(VENUE_IDS), markets=len(USUAL) * len(VENUE_IDS), passes=PASSES)
        assert len(USUAL) * len(VENUE_IDS) <= MOST_LOADS
        checked_cost(work, request.bars)
