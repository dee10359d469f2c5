"""Uncertainty in answers: quantiles of each bin, in order, rounded as the map is."""

import numpy as np
import pytest
from flask import Flask

from service.api.schemas.uncertainty import UncertaintySchema, uncertainty_body
from service.heatmap.inventory.ensemble import Ensemble
from tests.support.fake_apps import ask

QUERY = {"symbol": "ETH", "lookback": "3d", "bins": 100}


def test_the_body_on_paper() -> None:
    """Five members 0, 1, 2, 3, 40 in one bin: 0.4, 2 and 25.2, at a unit of a tenth; agreement is what is in both."""
    values = np.array([[0.0], [1.0], [2.0], [3.0], [40.0]])
    body = uncertainty_body(Ensemble(values, np.zeros((5, 1))), 0.1)
    plain = {side: {name: row.tolist() for name, row in body[side].items()} for side in ("long", "short")}
    assert plain["long"] == {"q10": [0.4], "q50": [2.0], "q90": [25.2]}
    assert plain["short"] == {"q10": [0.0], "q50": [0.0], "q90": [0.0]}
    assert (body["members"], body["agreement"]) == (5, pytest.approx(0.4 / 25.2, abs=1e-6))


@pytest.mark.parametrize("path", ["heatmap", "profile"])
@pytest.mark.parametrize("exchange", ["sim", "sim,sim2"])
def test_quantiles_lie_around_the_map(sim_app: Flask, path: str, exchange: str) -> None:
    """q10 <= q50 <= q90 in every bin, the map shown lies between the least and the most, and only if asked for."""
    plain = ask(sim_app, f"/v1/{path}", **QUERY, exchange=exchange)
    body = ask(sim_app, f"/v1/{path}", **QUERY, exchange=exchange, uncertainty="true")
    found = body.pop("uncertainty")
    assert UncertaintySchema().validate(found) == {}
    assert found["members"] == 7
    assert 0 < found["agreement"] < 1
    for side in ("long", "short"):
        low, middle, high = (np.array(found[side][name]) for name in ("q10", "q50", "q90"))
        assert (low <= middle).all()
        assert (middle <= high).all()
        shown = np.array(body["grid"][side][-1] if path == "heatmap" else body[side]["notional"])
        assert low.shape == shown.shape
        inside = (shown >= low - body_unit(body)) & (shown <= high + body_unit(body))
        assert inside.mean() > 0.7
    assert body["confidence"]["agreement"] == pytest.approx(found["agreement"], abs=1e-3)
    assert body["confidence"]["value"] == pytest.approx(body["data_quality"]["value"] * found["agreement"], abs=0.01)
    assert plain["confidence"] is None
    body["confidence"] = None
    assert body == plain


def body_unit(body: dict[str, object]) -> float:
    """Return what the answer's amounts are rounded to."""
    grid = body.get("grid", body)
    assert isinstance(grid, dict)
    return float(grid["resolution"])
