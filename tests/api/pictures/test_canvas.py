"""Canvas: an empty picture of a style."""

import numpy as np

from service.analysis.results.picture import PictureStyle
from service.api.pictures.canvas import Canvas
from service.api.pictures.frame import Sizes
from service.api.pictures.looks import look_of


def test_it_has_the_style_s_size_and_colours_and_nothing_on_it() -> None:
    """Its lengths are those of that size."""
    style = PictureStyle(size=(640, 400), theme="light", palette="safe", layer="heat", candles=True)
    canvas = Canvas.of(style)
    assert canvas.look == look_of("light", "safe")
    assert canvas.sizes == Sizes.of(640, 400)
    made = np.asarray(canvas.ink.image)
    assert made.shape == (400, 640, 3)
    assert (made == canvas.look.background).all()
