"""Overlay: what lies over either picture: candles, the price of now, times, zones, and the figures on the axis."""

from service.analysis.results.picture import PictureResult
from service.api.pictures.bars import draw_bars
from service.api.pictures.canvas import Canvas
from service.api.pictures.frame import Frame
from service.api.pictures.lettering import draw_prices, draw_times
from service.api.pictures.zone_boxes import draw_gap, draw_labels, draw_zone_boxes, shown_of


def draw_overlay(canvas: Canvas, frame: Frame, axis_left: float, result: PictureResult, *, candles: bool) -> None:
    """Draw it over a frame; `axis_left` is where the price axis begins, in pixels from the left."""
    zones, price, step = shown_of(result.zones), result.envelope.price, result.total.axis.bin_size / 10
    if candles:
        draw_bars(canvas, frame, result.candles)
    canvas.ink.dotted(frame.left, axis_left, frame.held(price), canvas.look.price)
    draw_times(canvas, frame, result.total.time)
    if result.zones is not None:
        draw_gap(canvas, frame, result.zones.gap)
        draw_zone_boxes(canvas, frame, axis_left, zones, price)
    taken = draw_labels(canvas, frame, axis_left, zones, price, step)
    draw_prices(canvas, frame, axis_left, step, taken)
