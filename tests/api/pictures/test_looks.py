"""Looks: colours come from the viewer's own file."""

import json

import numpy as np
import pytest

from service.api.pictures.looks import PALETTE, Look, channels, look_of, scale

STORED = json.loads(PALETTE.read_text())


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("palette", ["fire", "safe", "diff"])
def test_a_scale_runs_through_its_stops(theme: str, palette: str) -> None:
    """First, last and every stop between are met, to the rounding of 255 steps."""
    stops, colours = [channels(stop) for stop in STORED["scales"][palette][theme]], scale(palette, theme)
    assert colours.shape == (256, 3)
    for at, stop in enumerate(stops):
        place = at / (len(stops) - 1) * 255
        assert np.abs(colours[round(place)].astype(int) - stop).max() <= 3
    assert colours[0].tolist() == list(stops[0])
    assert colours[-1].tolist() == list(stops[-1])


def _lightness(colour: np.ndarray) -> float:
    """Return how light a colour looks: its relative luminance as WCAG has it."""
    linear = np.where(colour / 255 <= 0.04045, colour / 255 / 12.92, ((colour / 255 + 0.055) / 1.055) ** 2.4)
    return float(linear @ [0.2126, 0.7152, 0.0722])


@pytest.mark.parametrize("palette", ["fire", "safe"])
def test_more_heat_is_never_darker_on_dark_nor_lighter_on_light(palette: str) -> None:
    """So that whoever sees no hues still reads the order."""
    dark, light = ([_lightness(colour) for colour in scale(palette, theme)] for theme in ("dark", "light"))
    assert all(np.diff(dark) > -2e-3)
    assert all(np.diff(light) < 2e-3)


@pytest.mark.parametrize("theme", ["dark", "light"])
def test_words_can_be_read(theme: str) -> None:
    """Text and zones' colours have at least 4.5 : 1 against the background, as WCAG asks of small text."""
    look = look_of(theme, "fire")
    back = _lightness(np.array(look.background))
    for name in ("text", "dim", "hot", "cold", "warn"):
        fore = _lightness(np.array(getattr(look, name)))
        assert (max(fore, back) + 0.05) / (min(fore, back) + 0.05) >= 4.5, name


def test_a_palette_brings_its_candles() -> None:
    """Green and red go with fire; safe has neither."""
    fire, safe = look_of("dark", "fire"), look_of("dark", "safe")
    assert isinstance(fire, Look)
    assert fire.up != safe.up
    assert fire.of("hot") != fire.of("cold")
