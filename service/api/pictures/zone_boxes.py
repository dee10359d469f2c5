"""Zone boxes: zones beside the newest column, with the gap that price has swept and the price of now."""

from collections.abc import Iterable

from service.api.pictures.canvas import Canvas
from service.api.pictures.frame import Frame
from service.api.pictures.scales import price_text, signed
from service.heatmap import Zone
from service.heatmap.zones import Gap, ZoneMap

MOST_HOT, MOST_COLD = 6, 3


def shown_of(zones: ZoneMap | None) -> tuple[Zone, ...]:
    """Return the zones that a picture has room for, the first of each kind by rank."""
    return () if zones is None else (*zones.hot[:MOST_HOT], *zones.cold[:MOST_COLD])


def name_of(zone: Zone) -> str:
    """Return a zone's short name: H1 is the first hot one."""
    return f"{zone.kind[0].upper()}{zone.rank}"


def middle_of(zone: Zone) -> float:
    """Return the middle of a zone's core."""
    return (zone.core.low + zone.core.high) / 2


def way_to(zone: Zone, price: float) -> str:
    """Return the way from the price to a zone's near edge, as a zone's `distance_pct` tells it: +0.93 %, or `here`."""
    if zone.low <= price <= zone.high:
        return "here"
    return signed((zone.low if price < zone.low else zone.high) / price - 1)


def draw_zone_boxes(canvas: Canvas, frame: Frame, right: float, zones: Iterable[Zone], price: float) -> None:
    """Draw zones from the frame's right edge on to `right`: edge to edge, the core filled, rank and way there in it."""
    ink, look, sizes = canvas.ink, canvas.look, canvas.sizes
    left = frame.right + 2
    for zone in zones:
        colour = look.of(zone.kind)
        top, bottom = frame.held(zone.high), max(frame.held(zone.low), frame.held(zone.high) + 3)
        if not (frame.has(zone.low) or frame.has(zone.high)):
            continue
        ink.tint((left, top, right, bottom), colour, 0.16)
        ink.tint((left, frame.held(zone.core.high), right, frame.held(zone.core.low)), colour, 0.4)
        ink.outline((left, top, right, bottom), colour)
        words = f"{name_of(zone)}   {way_to(zone, price)}"
        if left + 8 + ink.width(words, sizes.small) > right:
            words = name_of(zone)
        ink.haloed((left + 5, (top + bottom) / 2), words, look.text, sizes.small, look.background)


def draw_gap(canvas: Canvas, frame: Frame, gap: Gap) -> None:
    """Draw the span around the price in which nothing is left to liquidate, as a bracket."""
    ink, look, sizes = canvas.ink, canvas.look, canvas.sizes
    left, top, bottom = frame.right + 2, frame.held(gap.high), frame.held(gap.low)
    ink.fill((left, top, left + 1, bottom), look.gap)
    for y in (top, bottom):
        ink.fill((left, y, left + 7, y + 1), look.gap)
    if bottom - top > sizes.small + 2 and sizes.room > 4 * sizes.small:
        ink.text((left + 11, top + (bottom - top) / 4), "gap", look.gap, sizes.small)


def draw_labels(
    canvas: Canvas, frame: Frame, left: float, zones: Iterable[Zone], price: float, step: float
) -> list[float]:
    """Write the prices of zones' cores and of now on the axis, none over another; the nearest to the price win.

    Returns how far down each is, for other figures to keep away.
    """
    ink, look, sizes = canvas.ink, canvas.look, canvas.sizes
    high = sizes.small + 7
    taken: list[float] = []
    wanted = [(price, look.price), *sorted(((middle_of(zone), look.of(zone.kind)) for zone in zones),
                                           key=lambda one: abs(one[0] - price))]  # fmt: skip
    for value, colour in wanted:
        y = frame.y(value)
        if not frame.has(value) or any(abs(y - other) < high for other in taken):
            continue
        taken.append(y)
        ink.fill((left, y - high / 2, left + sizes.axis, y + high / 2), colour)
        ink.text((left + 6, y), price_text(value, step), look.background, sizes.small)
    return taken
