"""Figures in JSON: nothing that JSON cannot say."""

import numpy as np
import pytest

from service.api.figures import FigureSchema, FitSchema, figure_body, fit_body
from service.heatmap.day_bootstrap import Estimate
from service.heatmap.fitting import Fit
from service.heatmap.leverage import preset

NAN = float("nan")


@pytest.mark.parametrize(
    ("figure", "standing"),
    [
        (Estimate(0.2, 0.1, 0.3), "better"),
        (Estimate(0.2, -0.1, 0.3), "indistinguishable"),
        (Estimate(-0.2, -0.3, -0.1), "worse"),
    ],
)
def test_a_figure_with_its_interval(figure: Estimate, standing: str) -> None:
    """Value, interval and in words where it lies."""
    body = figure_body(figure)
    assert body == {"value": figure.value, "low": figure.low, "high": figure.high, "standing": standing}
    assert FigureSchema().validate(body) == {}


@pytest.mark.parametrize("figure", [Estimate(NAN, NAN, NAN), Estimate(0.5, NAN, NAN), Estimate(np.inf, 0.0, np.inf)])
def test_what_is_not_defined_is_null(figure: Estimate) -> None:
    """NaN and infinity become null, and the figure is undefined."""
    body = figure_body(figure)
    assert body["standing"] == "undefined"
    assert body["high"] is None
    assert FigureSchema().validate(body) == {}


def test_a_fit() -> None:
    """What was chosen before each fold, and whether it gains, which is the interval's word."""
    for gain in (Estimate(0.02, 0.01, 0.03), Estimate(0.02, -0.01, 0.03)):
        body = fit_body(Fit(preset("default"), preset("default"), gain, (0.25, -0.5), 40))
        assert FitSchema().validate(body) == {}
        assert (body["tilts"], body["days"]) == ([0.25, -0.5], 40)
        assert body["gains"] is (gain.low > 0)
        assert body["gain"] == figure_body(gain)
