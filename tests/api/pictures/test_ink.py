"""Ink: boxes, tints and text where they were asked for."""

import numpy as np
from PIL import ImageFont

from service.api.pictures.ink import Ink, font_of

BLACK, WHITE = (0, 0, 0), (255, 255, 255)


def pixels(ink: Ink) -> np.ndarray:
    """Return the red channel."""
    return np.asarray(ink.image)[:, :, 0]


def test_a_box_ends_before_its_right_and_bottom() -> None:
    """Boxes side by side neither overlap nor leave a gap."""
    ink = Ink((10, 10), BLACK)
    ink.fill((2, 3, 5, 7), WHITE)
    assert np.argwhere(pixels(ink)).min(axis=0).tolist() == [3, 2]
    assert np.argwhere(pixels(ink)).max(axis=0).tolist() == [6, 4]


def test_a_flat_box_is_a_pixel_high() -> None:
    """A candle that closed where it opened is still seen."""
    ink = Ink((10, 10), BLACK)
    ink.fill((2, 3, 5, 3), WHITE)
    assert pixels(ink).sum() == 3 * 255


def test_a_tint_lets_through() -> None:
    """Half of white on black is grey."""
    ink = Ink((4, 4), BLACK)
    ink.tint((0, 0, 4, 4), WHITE, 0.5)
    assert set(pixels(ink).ravel()) <= {127, 128}


def test_the_font_is_the_bundled_one() -> None:
    """Not one that this machine happens to have."""
    font = font_of(13)
    assert isinstance(font, ImageFont.FreeTypeFont)
    assert font.getname() == ("Aileron", "Regular")


def test_words_are_as_wide_as_is_said() -> None:
    """Nothing is written beyond it."""
    ink = Ink((200, 30), BLACK)
    ink.text((5, 15), "H1 58,971", WHITE, 13)
    last = int(np.argwhere(pixels(ink))[:, 1].max())
    assert 5 + 0.9 * ink.width("H1 58,971", 13) < last < 5 + ink.width("H1 58,971", 13)


def test_words_over_a_line_have_an_edge() -> None:
    """The line ends before them, and their own colour stands."""
    ink = Ink((200, 30), BLACK)
    ink.fill((0, 15, 200, 16), (90, 90, 90))
    ink.haloed((50, 15), "H1", WHITE, 13, BLACK)
    row = pixels(ink)[15]
    assert {int(red) for red in row[:45]} == {90}
    assert row[49] == 0
    assert pixels(ink).max() == 255


def test_dots_stay_between_their_ends() -> None:
    """From the left one to before the right one."""
    ink = Ink((40, 5), BLACK)
    ink.dotted(5, 30, 2, WHITE)
    across = np.argwhere(pixels(ink))[:, 1]
    assert across.min() == 5
    assert across.max() < 30
    assert ink.png().startswith(b"\x89PNG")
