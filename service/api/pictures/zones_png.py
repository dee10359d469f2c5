"""The picture of /v1/zones.png: what stands now by price, and its zones told in words."""

import numpy as np

from service.analysis.results.picture import PictureResult, PictureStyle
from service.api.pictures.canvas import Canvas
from service.api.pictures.cells import values_of
from service.api.pictures.frame import NARROW, Frame
from service.api.pictures.lettering import draw_caption, draw_title
from service.api.pictures.looks import scale
from service.api.pictures.overlay import draw_overlay
from service.api.pictures.scales import price_text, usd_text
from service.api.pictures.zone_boxes import name_of, shown_of
from service.heatmap import Zone
from service.heatmap.base import Floats

# Of the bins of a profile the fullest but these reach its edge; a spike does not flatten all others.
REACHES = 0.99
HOW_TO_READ = (
    "Bars: what would be force-closed there.",
    "Warm: more than around it.",
    "Bright stripe in a box: the core.",
)


def zones_png(result: PictureResult, style: PictureStyle) -> bytes:
    """Return the newest column as a profile, with zones and their figures, as PNG."""
    canvas, zones, axis = Canvas.of(style), shown_of(result.zones), result.total.axis
    sizes, (width, height) = canvas.sizes, style.size
    words = round(22 * sizes.text) if width >= NARROW and zones else 0
    axis_left = width - words - sizes.axis
    frame = Frame(
        left=0,
        top=sizes.header,
        right=axis_left - sizes.room if zones else axis_left - 4,
        bottom=height - sizes.footer,
        low=float(axis.edges[0]),
        high=float(axis.edges[-1]),
        columns=len(result.total.time),
    )
    _draw_profile(canvas, frame, result, style)
    draw_overlay(canvas, frame, axis_left, result, candles=style.candles)
    if words:
        _tell(canvas, (width - words + sizes.text, sizes.header), zones, axis.bin_size / 10)
        _explain(canvas, width - words + sizes.text)
    draw_title(canvas, result, "Liquidation zones")
    draw_caption(canvas, result.envelope)
    return canvas.ink.png()


def _draw_profile(canvas: Canvas, frame: Frame, result: PictureResult, style: PictureStyle) -> None:
    """Draw what stands in each bin as a bar from the right, as long as its amount and coloured by the layer."""
    amounts: Floats = result.total.long[-1] + result.total.short[-1]
    most = float(np.quantile(amounts, REACHES)) or 1.0
    colours, edges = scale(style.palette, style.theme)[values_of(result, style.layer)[-1]], result.total.axis.edges
    reach = 0.45 * (frame.right - frame.left)
    canvas.ink.fill(frame.box, canvas.look.panel)
    for place, (amount, colour) in enumerate(zip(amounts, colours, strict=True)):
        length = reach * min(float(amount) / most, 1.0)
        top, bottom = frame.y(float(edges[place + 1])), frame.y(float(edges[place]))
        if length >= 1:
            red, green, blue = (int(channel) for channel in colour[:3])
            canvas.ink.fill((frame.right - length, top, frame.right, bottom), (red, green, blue))


def _explain(canvas: Canvas, left: float) -> None:
    """Write how to read the picture, from its lower edge up."""
    ink, sizes = canvas.ink, canvas.sizes
    y = float(ink.image.height - sizes.footer)
    for line in reversed(HOW_TO_READ):
        y -= 1.5 * sizes.small
        ink.text((left, y), line, canvas.look.dim, sizes.small)


def _tell(canvas: Canvas, at: tuple[float, float], zones: tuple[Zone, ...], step: float) -> None:
    """Write each zone in three lines: where, what stands there, how likely it is met and where a stop would be."""
    ink, look, sizes = canvas.ink, canvas.look, canvas.sizes
    left, y = at
    line = 1.45 * sizes.text
    for zone in zones:
        if y + 3.2 * line > ink.image.height - sizes.footer - 1.6 * len(HOW_TO_READ) * sizes.small:
            return
        core = f"{price_text(zone.core.low, step)} - {price_text(zone.core.high, step)}"
        ink.fill((left - 8, y + 0.1 * line, left - 5, y + 2.9 * line), look.of(zone.kind))
        ink.text((left, y + 0.5 * line), f"{name_of(zone)}  {core}", look.text, sizes.text)
        side = "longs below" if zone.side == "long" else "shorts above"
        ink.text((left, y + 1.5 * line), f"{side} · {usd_text(zone.notional)} · {zone.colour}", look.dim, sizes.small)
        chance = f"{zone.distance_pct:.2f} % away · {zone.touch_probability.h24:.0%} in 24 h"
        stop = f" · stop {price_text(zone.stop.price, step)}" if zone.stop is not None else ""
        ink.text((left, y + 2.5 * line), chance + stop, look.dim, sizes.small)
        y += 3.4 * line
