"""The table of a map has a row for each cell in which anything stands, with the amounts of JSON."""

from typing import Any

import numpy as np
import pytest

from service.analysis.requests import CoveringAxisRequest
from service.analysis.results.heatmap import HeatmapRequest, HeatmapResult, prepare_heatmap
from service.api.formats import cells
from service.api.formats.cells import COLUMNS, cells_of, envelope_text, heat_of
from service.api.schemas.heatmap import HeatmapSchema, heatmap_body
from service.heatmap import BadInput
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.rendered import rendered
from tests.support.requests import market_request


def result_of(**given: Any) -> HeatmapResult:
    """Return a small map of the fake exchange."""
    request = HeatmapRequest(
        market=market_request(exchange="a"), axis=CoveringAxisRequest(bins=40), split=False, uncertainty=False,
        candles=False, encoding="dense", **given,
    )  # fmt: skip
    return prepare_heatmap(services_of(FakeExchange("a")), request).compute()


def test_each_row_is_a_cell_of_the_grid() -> None:
    """In time, prices and amounts; cells without a row are empty on both sides."""
    result = result_of()
    table = cells_of(result)
    assert tuple(table) == COLUMNS
    grid = rendered(heatmap_body(result, ("long", "short"), "dense"), HeatmapSchema())["grid"]
    column = {time: place for place, time in enumerate(grid["time"])}
    at = np.array([column[time] for time in table["time"].tolist()])
    bins = np.searchsorted(grid["edges"], table["low"])
    for side in ("long", "short"):
        whole = np.array(grid[side], dtype=float)
        np.testing.assert_array_equal(whole[at, bins], table[side])
        whole[at, bins] = 0.0
        assert not whole.any()
    np.testing.assert_array_equal(table["close_time"] - table["time"], 3_600_000)
    np.testing.assert_allclose(table["heat"], heat_of(result)[at, bins], atol=1e-4)


def test_too_many_rows_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the parameter that makes them."""
    monkeypatch.setattr(cells, "MOST_ROWS", 10)
    with pytest.raises(BadInput, match="bins"):
        cells_of(result_of())


def test_heat_has_to_be_asked_for() -> None:
    """A result without it is no table."""
    with pytest.raises(ValueError, match="heat"):
        heat_of(result_of(layers=("long", "short")))


def test_the_envelope_has_no_age() -> None:
    """It would make other bytes of the same map."""
    assert b'"as_of"' in envelope_text(result_of())
    assert b"age_seconds" not in envelope_text(result_of())
