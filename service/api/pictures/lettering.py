"""Lettering: the title, the legend, the axes' figures, and a caption that says how far to trust the picture."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from service.analysis.markets.envelope import Envelope
from service.analysis.results.picture import PictureResult
from service.api.pictures.canvas import Canvas
from service.api.pictures.cells import brightest
from service.api.pictures.frame import NARROW, Frame
from service.api.pictures.scales import minute, price_text, price_ticks, span_text, time_ticks, usd_text
from service.heatmap import MODEL_VERSION
from service.heatmap.base import Times

# A data quality below this is said in the colour of warnings.
LOW = 0.5


def draw_title(canvas: Canvas, result: PictureResult, what: str) -> float:
    """Write what the picture shows, with the price, at its top; return where the writing ends."""
    ink, look, sizes = canvas.ink, canvas.look, canvas.sizes
    envelope, step = result.envelope, result.total.axis.bin_size / 10
    y, x = sizes.header / 2, sizes.text
    name = f"{envelope.symbol}  {price_text(envelope.price, step)}"
    ink.text((x, y), name, look.text, sizes.title)
    x += round(ink.width(name, sizes.title)) + sizes.text
    span = span_text(result.step * len(result.total.time))
    rest = f"{what} · {envelope.exchange} · {envelope.timeframe} bars, {span}"
    while rest and x + ink.width(rest, sizes.text) > ink.image.width - sizes.text:
        rest = rest.rpartition(" · ")[0]
    ink.text((x, y + 1), rest, look.dim, sizes.text)
    return x + ink.width(rest, sizes.text)


def draw_legend(canvas: Canvas, result: PictureResult, layer: str, after: float, colours: NDArray[np.uint8]) -> None:
    """Draw the scale of colours at the top right, where the title leaves room for it."""
    ink, look, sizes = canvas.ink, canvas.look, canvas.sizes
    top = usd_text(brightest(result.total.long + result.total.short))
    low, high = ("emptier", "fuller than around it") if layer == "heat" else ("nothing stands", f"{top} a cell")
    wide, tall, y = 12 * sizes.small, sizes.small - 2, sizes.header / 2
    right = ink.image.width - sizes.text
    bar = right - ink.width(high, sizes.small) - 8 - wide
    if bar - 8 - ink.width(low, sizes.small) < after + sizes.text:
        return
    ink.text((right, y), high, look.dim, sizes.small, "rm")
    for at in range(wide):
        colour = colours[round(255 * at / (wide - 1))]
        ink.fill((bar + at, y - tall / 2, bar + at + 1, y + tall / 2), (int(colour[0]), int(colour[1]), int(colour[2])))
    ink.text((bar - 8, y), low, look.dim, sizes.small, "rm")


def draw_prices(canvas: Canvas, frame: Frame, left: float, step: float, taken: Sequence[float]) -> None:
    """Write round prices beside the frame, away from what is written there already."""
    ink, look, sizes = canvas.ink, canvas.look, canvas.sizes
    for price in price_ticks(frame.low, frame.high, round((frame.bottom - frame.top) / (3.2 * sizes.small))):
        y = frame.y(price)
        free = all(abs(y - other) > sizes.small + 4 for other in taken)
        if free and frame.top + sizes.small / 2 < y < frame.bottom - sizes.small / 2:
            ink.text((left + 6, y), price_text(price, step), look.dim, sizes.small)


def draw_times(canvas: Canvas, frame: Frame, time: Times) -> None:
    """Write days or hours under the frame."""
    ink, look, sizes = canvas.ink, canvas.look, canvas.sizes
    end = frame.left
    for column, words in time_ticks(time, round((frame.right - frame.left) / (7 * sizes.small))):
        x = frame.x(column)
        half = ink.width(words, sizes.small) / 2
        if x - half >= end and x + half <= frame.right + sizes.axis:
            ink.text((x, frame.bottom + sizes.small), words, look.dim, sizes.small, "mm")
            end = x + half + sizes.small


def draw_caption(canvas: Canvas, envelope: Envelope) -> None:
    """Write at the bottom of when this map is, by which model, how far to trust it, and that it is an estimate."""
    ink, look, sizes = canvas.ink, canvas.look, canvas.sizes
    parts = [
        ("liquidation-heatmap", look.dim),
        (f"as of {minute(envelope.as_of)}", look.dim),
        (f"model {MODEL_VERSION}", look.dim),
        (
            f"data quality {envelope.data_quality.value:.0%}",
            look.warn if envelope.data_quality.value < LOW else look.dim,
        ),
        *((words, look.warn) for words in _doubts(envelope)),
        ("an estimate: positions are rebuilt, not seen", look.dim),
    ]
    left, high = sizes.text, 1.6 * sizes.small
    lines = 2 if ink.image.width < NARROW else 1
    x, y = float(left), ink.image.height - (lines - 0.4) * high
    for number, (words, colour) in enumerate(parts):
        shown = words if number == 0 or x == left else f"·  {words}"
        if x + ink.width(shown, sizes.small) > ink.image.width - left:
            if lines == 1:
                continue
            lines, x, y, shown = lines - 1, left, y + high, words
        ink.text((x, y), shown, colour, sizes.small)
        x += ink.width(shown, sizes.small) + 0.6 * sizes.small


def _doubts(envelope: Envelope) -> list[str]:
    """Return what to know before trusting the picture."""
    doubts = ["SIMULATED: invented prices"] if envelope.simulated else []
    return doubts + [f"{absent.exchange} missing" for absent in envelope.absent if absent.listed]
