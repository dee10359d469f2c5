"""Cells: a map's values 0 to 255 as pixels."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from service.analysis.maps.encoding import heat_bytes
from service.analysis.results.picture import PictureResult
from service.api.pictures.frame import Frame
from service.api.pictures.ink import Ink
from service.heatmap.base import Floats

# Amounts are as bright as their share of this quantile of all cells in which anything stands.
TOP = 0.995


def values_of(result: PictureResult, layer: str) -> NDArray[np.uint8]:
    """Return what a layer shows of each cell, uint8[T, B]."""
    if layer == "heat":
        return np.asarray(heat_bytes(result.heat)).astype(np.uint8)
    amounts = result.total.long + result.total.short
    return np.rint(255 * np.clip(amounts / brightest(amounts), 0.0, 1.0)).astype(np.uint8)


def brightest(amounts: Floats) -> float:
    """Return the amount from which on cells are as bright as can be; 1 where nothing stands."""
    standing = amounts[amounts > 0]
    return float(np.quantile(standing, TOP, method="lower")) if standing.size else 1.0


def draw_cells(ink: Ink, frame: Frame, values: NDArray[np.uint8], colours: NDArray[np.uint8]) -> None:
    """Draw uint8[T, B] over a frame, the lowest bin at its bottom, each cell its own colour."""
    left, top, right, bottom = (round(side) for side in frame.box)
    pixels = colours[values.T[::-1]]
    image = Image.fromarray(np.ascontiguousarray(pixels))
    ink.image.paste(image.resize((right - left, bottom - top), Image.Resampling.NEAREST), (left, top))
