"""Canvas: what everything on one picture is drawn with."""

from dataclasses import dataclass

from service.analysis.results.picture import PictureStyle
from service.api.pictures.frame import Sizes
from service.api.pictures.ink import Ink
from service.api.pictures.looks import Look, look_of


@dataclass(frozen=True)
class Canvas:
    """The ink of a picture, the colours of its theme, and the lengths that go with its size."""

    ink: Ink
    look: Look
    sizes: Sizes

    @classmethod
    def of(cls, style: PictureStyle) -> "Canvas":
        """Return an empty picture of that style."""
        look = look_of(style.theme, style.palette)
        return cls(Ink(style.size, look.background), look, Sizes.of(*style.size))
