"""Bars: candles over the columns of a frame."""

import numpy as np

from service.analysis.results.heatmap import Candles
from service.api.pictures.canvas import Canvas
from service.api.pictures.frame import Frame

# Wider columns leave room for a dark edge around their candle, in pixels.
EDGED = 5


def draw_bars(canvas: Canvas, frame: Frame, candles: Candles) -> None:
    """Draw a candle on each column that has a bar."""
    ink, look = canvas.ink, canvas.look
    wide = (frame.right - frame.left) / frame.columns
    body = max(1, round(wide * 0.7))
    rows = zip(candles.open, candles.high, candles.low, candles.close, strict=True)
    for column, (first, high, low, last) in enumerate(rows):
        if np.isnan(last):
            continue
        middle = round(frame.x(column + 0.5))
        colour = look.up if last >= first else look.down
        top, bottom = frame.held(max(first, last)), frame.held(min(first, last))
        left = middle - body // 2
        if wide >= EDGED:
            ink.fill((left - 1, top - 1, left + body + 1, max(bottom, top + 1) + 1), look.edge)
        ink.fill((middle, frame.held(high), middle + 1, frame.held(low)), colour)
        ink.fill((left, top, left + body, max(bottom, top + 1)), colour)
