"""Figures in JSON: nothing that JSON cannot say."""

import numpy as np
import pytest

from service.analysis.markets.realised import MixFit
from service.api.schemas.figures import (
    FitSchema,
    GainSchema,
    IntervalSchema,
    fit_body,
    gain_body,
    interval_body,
)
from service.heatmap.inventory.leverage import preset
from service.heatmap.skill import Fit
from service.heatmap.stats import Interval

NAN = float("nan")


@pytest.mark.parametrize(
    ("figure", "judgement"),
    [
        (Interval(0.2, 0.1, 0.3), "better"),
        (Interval(0.2, -0.1, 0.3), "indistinguishable"),
        (Interval(-0.2, -0.3, -0.1), "worse"),
    ],
)
def test_a_figure_with_its_interval(figure: Interval, judgement: str) -> None:
    """Value and interval; of what the map adds also where it lies."""
    numbers = {"value": figure.value, "low": figure.low, "high": figure.high}
    assert interval_body(figure) == numbers
    assert gain_body(figure) == numbers | {"judgement": judgement}
    assert IntervalSchema().validate(interval_body(figure)) == {}
    assert GainSchema().validate(gain_body(figure)) == {}


@pytest.mark.parametrize("figure", [Interval(NAN, NAN, NAN), Interval(0.5, NAN, NAN), Interval(np.inf, 0.0, np.inf)])
def test_what_is_not_defined_is_null(figure: Interval) -> None:
    """NaN and infinity become null, and the figure is undefined."""
    body = gain_body(figure)
    assert body["judgement"] == "undefined"
    assert body["high"] is None
    assert GainSchema().validate(body) == {}


@pytest.mark.parametrize("gain", [Interval(0.02, 0.01, 0.03), Interval(0.02, -0.01, 0.03)])
def test_a_fit(gain: Interval) -> None:
    """What was chosen before each fold, what it gains, and whether and why it is used."""
    made = Fit(preset("default"), preset("default"), gain, Interval(0.1, 0.0, 0.2), (0.5, -2.0), -2.0, 40)
    body = fit_body(MixFit(made, made.note))
    assert FitSchema().validate(body) == {}
    assert (body["tilt"], body["tilts"], body["days"]) == (-2.0, [0.5, -2.0], 40)
    assert body["gains"] is (gain.low > 0)
    assert body["at_edge"]
    assert body["note"] == made.note
    assert (body["rank_gain"], body["r2_gain"]) == (gain_body(gain), gain_body(made.r2_gain))


def test_no_fit_has_the_same_shape() -> None:
    """A reason in place of figures."""
    mix, gain = preset("default"), Interval(0, 0, 0)
    made = Fit(mix, mix, gain, gain, (), 0.0, 1)
    body = fit_body(MixFit(None, "Too little."))
    assert FitSchema().validate(body) == {}
    assert body.keys() == fit_body(MixFit(made, made.note)).keys()
    assert (body["gains"], body["note"], body["rank_gain"]) == (False, "Too little.", None)
