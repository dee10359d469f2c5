"""Looks: the colours of a theme and the scales of heat, from the file that the viewer reads too."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

PALETTE = Path(__file__).resolve().parents[2] / "web" / "palette.json"
Colour = tuple[int, int, int]


@dataclass(frozen=True)
class Look:
    """The colours of one theme; `up` and `down` those of candles."""

    background: Colour
    panel: Colour
    text: Colour
    dim: Colour
    line: Colour
    edge: Colour
    price: Colour
    hot: Colour
    cold: Colour
    gap: Colour
    long: Colour
    short: Colour
    warn: Colour
    up: Colour
    down: Colour

    def of(self, kind: str) -> Colour:
        """Return the colour of hot or of cold zones."""
        return self.hot if kind == "hot" else self.cold


def look_of(theme: str, palette: str) -> Look:
    """Return the colours of a theme, with the candles that go with a palette."""
    colours = _stored()["themes"][theme]
    candles = colours["candles"][palette]
    names = [name for name in Look.__dataclass_fields__ if name not in candles]
    return Look(
        **{name: channels(colours[name]) for name in names},
        **{name: channels(value) for name, value in candles.items()},
    )


def scale(palette: str, theme: str) -> NDArray[np.uint8]:
    """Return the colours of heat 0 to 255, uint8[256, 3]: straight lines between the palette's stops."""
    stops = np.array([channels(stop) for stop in _stored()["scales"][palette][theme]], dtype=float)
    at = np.arange(256) / 255 * (len(stops) - 1)
    low = np.minimum(at.astype(int), len(stops) - 2)
    mixed = stops[low] + (at - low)[:, None] * (stops[low + 1] - stops[low])
    # JavaScript's rounding: half goes up.
    colours: NDArray[np.uint8] = np.floor(mixed + 0.5).astype(np.uint8)
    return colours


def channels(text: str) -> Colour:
    """Return #rrggbb as three numbers."""
    red, green, blue = bytes.fromhex(text.removeprefix("#"))
    return red, green, blue


@cache
def _stored() -> Any:  # noqa: ANN401 - parsed JSON
    return json.loads(PALETTE.read_text(encoding="utf-8"))
