"""Bars: a candle from open to close, a wick from high to low."""

import numpy as np

from service.analysis.results.heatmap import Candles
from service.api.pictures.bars import draw_bars
from service.api.pictures.canvas import Canvas
from service.api.pictures.frame import Frame, Sizes
from service.api.pictures.ink import Ink
from service.api.pictures.looks import look_of

LOOK = look_of("dark", "fire")
FRAME = Frame(left=0, top=0, right=30, bottom=100, low=0, high=100, columns=3)


def test_candles_are_drawn_where_there_are_bars() -> None:
    """One rises, one is not there, one falls."""
    nan = np.nan
    opens, closes = np.array([20.0, nan, 80.0]), np.array([60.0, nan, 40.0])
    candles = Candles(opens, np.array([90.0, nan, 85.0]), np.array([10.0, nan, 5.0]), closes, opens, opens)
    canvas = Canvas(Ink((30, 100), LOOK.background), LOOK, Sizes.of(1200, 675))
    draw_bars(canvas, FRAME, candles)
    made = np.asarray(canvas.ink.image)
    rising, falling = (np.argwhere((made == colour).all(axis=2)) for colour in (LOOK.up, LOOK.down))
    assert rising[:, 0].min() == 10
    assert rising[:, 0].max() == 89
    assert rising[:, 1].max() < 10
    assert falling[:, 0].min() == 15
    assert falling[:, 1].min() >= 20
    assert (made[:, 10:19] == LOOK.background).all()
    assert (made[50, 2:9] == LOOK.up).all()
