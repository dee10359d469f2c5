"""Ink: text, lines, boxes and tints on one image, in the one font that Pillow brings along.

The font and its hinting are part of the locked wheel, so that every machine writes the same letters. It has ASCII and
the middle dot, no dashes and no arrows.
"""

import io
from functools import cache

from PIL import Image, ImageDraw, ImageFont

from service.api.pictures.looks import Colour

Box = tuple[float, float, float, float]
# zlib's own middle: smaller files than these cost several times the work.
COMPRESSION = 6
# Pixels.
HALO = 2


@cache
def font_of(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    """Return the font at a size in pixels."""
    return ImageFont.load_default(size)


class Ink:
    """Draws on one RGB image; places are in pixels from its top left."""

    def __init__(self, size: tuple[int, int], background: Colour) -> None:
        """Begin with an empty picture."""
        self.image = Image.new("RGB", size, background)
        self._draw = ImageDraw.Draw(self.image)

    def text(self, at: tuple[float, float], words: str, colour: Colour, size: int, anchor: str = "lm") -> None:
        """Write words at a place; the anchor is Pillow's: left, middle or right, then ascender, middle or descender."""
        self._draw.text((round(at[0]), round(at[1])), words, fill=colour, font=font_of(size), anchor=anchor)

    def haloed(self, at: tuple[float, float], words: str, colour: Colour, size: int, halo: Colour) -> None:
        """Write words over lines that they must stand out from, with an edge of another colour."""
        place = round(at[0]), round(at[1])
        self._draw.text(place, words, fill=colour, font=font_of(size), anchor="lm", stroke_width=HALO, stroke_fill=halo)

    def width(self, words: str, size: int) -> float:
        """Return how wide words are."""
        return float(self._draw.textlength(words, font=font_of(size)))

    def fill(self, box: Box, colour: Colour) -> None:
        """Fill a box: left, top, right, bottom, the last two left out, and at least a pixel either way."""
        left, top, right, bottom = (round(side) for side in box)
        self._draw.rectangle((left, top, max(right - 1, left), max(bottom - 1, top)), fill=colour)

    def tint(self, box: Box, colour: Colour, share: float) -> None:
        """Lay a colour over a box, letting what is under it through."""
        left, top, right, bottom = (round(side) for side in box)
        sides = (left, top, max(right, left + 1), max(bottom, top + 1))
        under = self.image.crop(sides)
        self.image.paste(Image.blend(under, Image.new("RGB", under.size, colour), share), sides)

    def outline(self, box: Box, colour: Colour) -> None:
        """Draw the edge of a box, a pixel wide."""
        left, top, right, bottom = (round(side) for side in box)
        self._draw.rectangle((left, top, max(right - 1, left), max(bottom - 1, top)), outline=colour)

    def dotted(self, left: float, right: float, y: float, colour: Colour) -> None:
        """Draw a dotted level."""
        for x in range(round(left), round(right), 5):
            self._draw.line((x, round(y), min(x + 1, round(right) - 1), round(y)), fill=colour)

    def png(self) -> bytes:
        """Return the picture as PNG: of the same picture the same bytes, with no time or name in it."""
        out = io.BytesIO()
        self.image.save(out, "PNG", compress_level=COMPRESSION)
        return out.getvalue()
