"""The picture of /v1/heatmap.png: the map with its candles, and the zones of now beside it."""

from service.analysis.results.picture import PictureResult, PictureStyle
from service.api.pictures.canvas import Canvas
from service.api.pictures.cells import draw_cells, values_of
from service.api.pictures.frame import Frame
from service.api.pictures.lettering import draw_caption, draw_legend, draw_title
from service.api.pictures.looks import scale
from service.api.pictures.overlay import draw_overlay


def heatmap_png(result: PictureResult, style: PictureStyle) -> bytes:
    """Return a map over time as PNG."""
    canvas, colours, axis = Canvas.of(style), scale(style.palette, style.theme), result.total.axis
    width, height = style.size
    room = canvas.sizes.room if result.zones is not None else 4
    axis_left = width - canvas.sizes.axis
    frame = Frame(
        left=0,
        top=canvas.sizes.header,
        right=axis_left - room,
        bottom=height - canvas.sizes.footer,
        low=float(axis.edges[0]),
        high=float(axis.edges[-1]),
        columns=len(result.total.time),
    )
    draw_cells(canvas.ink, frame, values_of(result, style.layer), colours)
    draw_overlay(canvas, frame, axis_left, result, candles=style.candles)
    end = draw_title(canvas, result, "Liquidation heatmap")
    draw_legend(canvas, result, style.layer, end, colours)
    draw_caption(canvas, result.envelope)
    return canvas.ink.png()
