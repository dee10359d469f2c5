"""The leverage mix in a query: presets and leverages with weights, and why others are refused."""

from typing import Any

import pytest
from marshmallow import ValidationError

from service.api.query.leverage_mix import LeverageMix
from service.heatmap import parse_mix
from service.heatmap.inventory import FITTED, PRESETS, Mix


def mix_of(text: str) -> Mix:
    """Return what a text is loaded as; marshmallow types it as the text itself."""
    mix: Any = LeverageMix().deserialize(text)
    assert isinstance(mix, Mix)
    return mix


@pytest.mark.parametrize("name", PRESETS)
def test_presets(name: str) -> None:
    """A name stands for the model's own mix."""
    assert mix_of(name).name == parse_mix(name).name == name


def test_fitted_starts_from_the_default() -> None:
    """It bears its name, and the weights that fitting starts from."""
    mix = mix_of(FITTED)
    assert mix.name == FITTED
    assert mix.weights.tolist() == parse_mix("default").weights.tolist()


def test_own_weights() -> None:
    """Leverage 1 is opened without any; the rest is in proportion."""
    mix = mix_of("1:1,5:3")
    assert mix.unlevered == pytest.approx(0.25)
    assert mix.weights.sum() == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1:1", "leverage above 1"),
        ("5:0.3," * 100, "at most 400 characters"),
        ("5:1,5:1", "twice"),
        ("900:1", "500"),
        (" 5:1", "plain leverage:weight"),
        ("none", "not a preset"),
    ],
)
def test_what_is_no_mix(text: str, says: str) -> None:
    """Each refusal says what would do."""
    with pytest.raises(ValidationError, match=says):
        LeverageMix().deserialize(text)
