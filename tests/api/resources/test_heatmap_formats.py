"""Each form is read by the program that it is for, with nothing in between, and holds the map of /v1/heatmap."""

import io
from typing import Any

import numpy as np
import orjson
import pandas as pd
import pyarrow as pa
import pytest
from flask import Flask

from service.app import create_app
from service.settings import Settings
from tests.conftest import SIM_NOW
from tests.support.fake_apps import ask, refused

QUERY = {"exchange": "sim", "symbol": "ETH", "lookback": "2d", "bins": 40}
FORMS = ("csv", "rows", "lwc", "npz", "arrow")


@pytest.fixture(scope="module")
def grid(sim_app: Flask) -> dict[str, Any]:
    """Return the map as JSON has it."""
    return {name: np.array(value) for name, value in ask(sim_app, "/v1/heatmap", **QUERY)["grid"].items()}


def body(app: Flask, form: str, **more: object) -> bytes:
    """Return the map in a form."""
    answer = app.test_client().get(f"/v1/heatmap.{form}", query_string=QUERY | more)
    assert answer.status_code == 200, answer.text
    return answer.data


def same_as(grid: dict[str, Any], table: pd.DataFrame) -> None:
    """Assert that a table is the map: pivoted, it has the grid's columns, bins and amounts."""
    for side in ("long", "short"):
        pivoted = table.pivot_table(index="time", columns="low", values=side, fill_value=0.0)
        whole = np.zeros(grid[side].shape)
        rows, columns = np.searchsorted(grid["time"], pivoted.index), np.searchsorted(grid["edges"], pivoted.columns)
        whole[np.ix_(rows, columns)] = pivoted.to_numpy()
        np.testing.assert_array_equal(whole, grid[side])
    np.testing.assert_allclose(table["high"] - table["low"], grid["bin_size"])
    assert table["heat"].between(0, 1).all()


def test_pandas_reads_csv(sim_app: Flask, grid: dict[str, Any]) -> None:
    """Types and names as they stand."""
    same_as(grid, pd.read_csv(io.BytesIO(body(sim_app, "csv"))))


def test_rows_are_a_flat_table(sim_app: Flask, grid: dict[str, Any]) -> None:
    """A list of objects with plain values: what Infinity, or pandas, makes a table of."""
    rows = orjson.loads(body(sim_app, "rows"))
    assert {type(value) for value in rows[0].values()} <= {int, float}
    same_as(grid, pd.DataFrame(rows))


def test_numpy_reads_npz(sim_app: Flask, grid: dict[str, Any]) -> None:
    """Without pickles; the envelope is beside the arrays."""
    with np.load(io.BytesIO(body(sim_app, "npz")), allow_pickle=False) as read:
        for name in ("time", "close_time", "edges", "long", "short"):
            np.testing.assert_array_equal(read[name], grid[name])
        np.testing.assert_allclose(read["heat"], grid["heat"] / 255, atol=0.02)
        assert orjson.loads(read["envelope"].item())["exchange"] == "sim"


def test_arrow_reads_its_stream(sim_app: Flask, grid: dict[str, Any]) -> None:
    """Into pandas, with the envelope in the schema."""
    table = pa.ipc.open_stream(body(sim_app, "arrow")).read_all()
    same_as(grid, table.to_pandas())
    assert orjson.loads(table.schema.metadata[b"envelope"])["symbol"] == "ETH/USDT:USDT"


def test_the_chart_series_has_its_shape(sim_app: Flask, grid: dict[str, Any]) -> None:
    """A column for each bar in seconds, ascending; cells with a low, a high and the amount of both sides."""
    columns = orjson.loads(body(sim_app, "lwc"))
    assert [column["time"] for column in columns] == (grid["time"] // 1000).tolist()
    for column, total in zip(columns, grid["long"] + grid["short"], strict=True):
        assert [cell["low"] for cell in column["cells"]] == grid["edges"][:-1][total > 0].tolist()
        assert [cell["high"] for cell in column["cells"]] == grid["edges"][1:][total > 0].tolist()
        assert [cell["amount"] for cell in column["cells"]] == total[total > 0].tolist()


@pytest.mark.parametrize("form", FORMS)
def test_what_is_usual_is_answered(sim_app: Flask, form: str) -> None:
    """A week of five-minute bars in the usual bins, of which a table has fewer: with 400 it would be too many rows."""
    query = {"exchange": "sim", "timeframe": "5m"}
    answer = sim_app.test_client().get(f"/v1/heatmap.{form}", query_string=query)
    assert answer.status_code == 200, answer.text
    assert form == "npz" or refused(sim_app, f"/v1/heatmap.{form}", 422, **query, bins=400)


@pytest.mark.parametrize("form", FORMS)
def test_the_same_map_is_the_same_bytes(sim_app: Flask, form: str) -> None:
    """Made by another process an instant later, under the same ETag; a caller that has it is told so."""
    other = create_app(Settings(exchanges=("sim", "sim2")), clock=lambda: SIM_NOW + 0.5)
    assert body(other, form) == body(sim_app, form)
    answer = sim_app.test_client().get(f"/v1/heatmap.{form}", query_string=QUERY)
    again = sim_app.test_client().get(
        f"/v1/heatmap.{form}", query_string=QUERY, headers={"If-None-Match": answer.headers["ETag"]}
    )
    assert again.status_code == 304


def test_without_pyarrow_it_is_said(sim_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """406, with how to have it."""
    monkeypatch.setitem(__import__("sys").modules, "pyarrow", None)
    answer = sim_app.test_client().get("/v1/heatmap.arrow", query_string=QUERY | {"bins": 41})
    assert answer.status_code == 406
    assert answer.get_json(force=True)["type"] == "/problems/not-acceptable"
    assert "liquidation-heatmap[arrow]" in answer.text
