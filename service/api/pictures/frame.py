"""Frame: the part of a picture that a map is drawn on, and where prices and columns lie in it."""

from dataclasses import dataclass

from service.api.pictures.ink import Box


@dataclass(frozen=True)
class Frame:
    """A box in pixels, over prices `low` to `high` from bottom to top and so many columns from left to right."""

    left: float
    top: float
    right: float
    bottom: float
    low: float
    high: float
    columns: int

    @property
    def box(self) -> Box:
        """Return left, top, right, bottom."""
        return self.left, self.top, self.right, self.bottom

    def y(self, price: float) -> float:
        """Return how far down a price is drawn, also of one beyond the frame."""
        return self.bottom - (price - self.low) / (self.high - self.low) * (self.bottom - self.top)

    def held(self, price: float) -> float:
        """Return the same, kept within the frame."""
        return min(max(self.y(price), self.top), self.bottom)

    def x(self, column: float) -> float:
        """Return where a column begins."""
        return self.left + column / self.columns * (self.right - self.left)

    def has(self, price: float) -> bool:
        """Tell whether a price is drawn."""
        return self.low <= price <= self.high


@dataclass(frozen=True)
class Sizes:
    """Lengths that grow with a picture: its text in pixels, and its margins."""

    text: int
    small: int
    title: int
    header: int
    footer: int
    axis: int
    room: int

    @classmethod
    def of(cls, width: int, height: int) -> "Sizes":
        """Return them for a picture of that size; nothing is written smaller than can be read."""
        unit = min(max(min(width / 1200, height / 675), 0.75), 2.0)
        text, small = round(13 * unit), round(11.5 * unit)
        return cls(
            text=text,
            small=small,
            title=round(18 * unit),
            header=round(44 * unit),
            footer=round((44 if width >= NARROW else 64) * unit),
            axis=round(62 * unit),
            room=round((128 if width >= NARROW else 40) * unit),
        )


# A narrower picture has its caption on two lines, and no words in its zones.
NARROW = 760
