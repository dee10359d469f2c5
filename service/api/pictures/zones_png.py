"""The picture of /v1/zones.png: what stands now by price, and its zones told in words."""

import numpy as np

from service.analysis.results.picture import PictureResult, PictureStyle
from service.api.pictures.bars import draw_bars
from service.api.pictures.cells import values_of
from service.api.pictures.frame import NARROW, Frame, Sizes
from service.api.pictures.ink import Ink
from service.api.pictures.lettering import draw_caption, draw_prices, draw_times, draw_title
from service.api.pictures.looks import Look, look_of, scale
from service.api.pictures.scales import price_text, usd_text
from service.api.pictures.zone_boxes import draw_gap, draw_labels, draw_zone_boxes, name_of, shown_of
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
    look, sizes = look_of(style.theme, style.palette), Sizes.of(*style.size)
    ink, zones, axis = Ink(style.size, look.background), shown_of(result.zones), result.total.axis
    width, height = style.size
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
    price, step = result.envelope.price, axis.bin_size / 10
    _draw_profile(ink, frame, result, style, look)
    if style.candles:
        draw_bars(ink, frame, result.candles, look)
    ink.dotted(frame.left, axis_left, frame.held(price), look.price)
    draw_times(ink, frame, result.total.time, look, sizes)
    if result.zones is not None:
        draw_gap(ink, frame, result.zones.gap, look, sizes)
        draw_zone_boxes(ink, frame, axis_left, zones, price, look, sizes)
    taken = draw_labels(ink, frame, axis_left, zones, price, step, look, sizes)
    draw_prices(ink, frame, axis_left, step, taken, look, sizes)
    if words:
        _tell(ink, (width - words + sizes.text, sizes.header), zones, step, look, sizes)
        _explain(ink, width - words + sizes.text, look, sizes)
    draw_title(ink, result, "Liquidation zones", look, sizes)
    draw_caption(ink, result.envelope, look, sizes)
    return ink.png()


def _draw_profile(ink: Ink, frame: Frame, result: PictureResult, style: PictureStyle, look: Look) -> None:
    """Draw what stands in each bin as a bar from the right, as long as its amount and coloured by the layer."""
    amounts: Floats = result.total.long[-1] + result.total.short[-1]
    most = float(np.quantile(amounts, REACHES)) or 1.0
    colours, values = scale(style.palette, style.theme)[values_of(result, style.layer)[-1]], result.total.axis.edges
    reach = 0.45 * (frame.right - frame.left)
    ink.fill(frame.box, look.panel)
    for bin_, (amount, colour) in enumerate(zip(amounts, colours, strict=True)):
        long = reach * min(float(amount) / most, 1.0)
        top, bottom = frame.y(float(values[bin_ + 1])), frame.y(float(values[bin_]))
        if long >= 1:
            ink.fill((frame.right - long, top, frame.right, bottom), (int(colour[0]), int(colour[1]), int(colour[2])))


def _explain(ink: Ink, left: float, look: Look, sizes: Sizes) -> None:
    """Write how to read the picture, from its lower edge up."""
    y = float(ink.image.height - sizes.footer)
    for line in reversed(HOW_TO_READ):
        y -= 1.5 * sizes.small
        ink.text((left, y), line, look.dim, sizes.small)


def _tell(ink: Ink, at: tuple[float, float], zones: tuple[Zone, ...], step: float, look: Look, sizes: Sizes) -> None:
    """Write each zone in three lines: where, what stands there, how likely it is met and where a stop would be."""
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
