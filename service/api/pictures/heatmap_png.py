"""The picture of /v1/heatmap.png: the map with its candles, and the zones of now beside it."""

from service.analysis.results.picture import PictureResult, PictureStyle
from service.api.pictures.bars import draw_bars
from service.api.pictures.cells import draw_cells, values_of
from service.api.pictures.frame import Frame, Sizes
from service.api.pictures.ink import Ink
from service.api.pictures.lettering import draw_caption, draw_legend, draw_prices, draw_times, draw_title
from service.api.pictures.looks import look_of, scale
from service.api.pictures.zone_boxes import draw_gap, draw_labels, draw_zone_boxes, shown_of


def heatmap_png(result: PictureResult, style: PictureStyle) -> bytes:
    """Return a map over time as PNG."""
    look, colours, sizes = look_of(style.theme, style.palette), scale(style.palette, style.theme), Sizes.of(*style.size)
    ink, zones, total = Ink(style.size, look.background), shown_of(result.zones), result.total
    width, height = style.size
    room = sizes.room if result.zones is not None else 4
    axis_left = width - sizes.axis
    frame = Frame(
        left=0,
        top=sizes.header,
        right=axis_left - room,
        bottom=height - sizes.footer,
        low=float(total.axis.edges[0]),
        high=float(total.axis.edges[-1]),
        columns=len(total.time),
    )
    draw_cells(ink, frame, values_of(result, style.layer), colours)
    if style.candles:
        draw_bars(ink, frame, result.candles, look)
    price, step = result.envelope.price, total.axis.bin_size / 10
    ink.dotted(frame.left, axis_left, frame.held(price), look.price)
    draw_times(ink, frame, total.time, look, sizes)
    if result.zones is not None:
        draw_gap(ink, frame, result.zones.gap, look, sizes)
        draw_zone_boxes(ink, frame, axis_left, zones, price, look, sizes)
    taken = draw_labels(ink, frame, axis_left, zones, price, step, look, sizes)
    draw_prices(ink, frame, axis_left, step, taken, look, sizes)
    end = draw_title(ink, result, "Liquidation heatmap", look, sizes)
    draw_legend(ink, result, style.layer, end, colours, look, sizes)
    draw_caption(ink, result.envelope, look, sizes)
    return ink.png()
