"""Zone boxes: each zone where it lies, and no figure over another."""

from dataclasses import replace

import numpy as np

from service.api.pictures.canvas import Canvas
from service.api.pictures.frame import Frame, Sizes
from service.api.pictures.ink import Ink
from service.api.pictures.looks import look_of
from service.api.pictures.zone_boxes import draw_gap, draw_labels, draw_zone_boxes, middle_of, name_of, shown_of, way_to
from service.heatmap import Side, Zone
from service.heatmap.zones import Core, Gap
from service.heatmap.zones.approach import Approach
from service.heatmap.zones.score import ScoreParts
from service.heatmap.zones.zone import TouchChance

LOOK, SIZES = look_of("dark", "fire"), Sizes.of(1200, 675)
FRAME = Frame(left=0, top=0, right=700, bottom=600, low=0.0, high=100.0, columns=10)
ZONE = Zone(
    id="hot-long-30", kind="hot", side=Side.LONG, rank=1, low=30.0, high=40.0, peak=35.0, bins=(0, 2), notional=1.0,
    core=Core(34.0, 36.0), heat=0.9, heat_for_distance=0.9, colour="hot", average_leverage=None,
    distance_pct=1.0, distance_atr=1.0,
    touch_probability=TouchChance(0.1, 0.2, 0.3), depth_to_reach=1.0, depth_source="book", score=1.0, share=0.1,
    score_parts=ScoreParts(1.0, 1.0, 1.0, 1.0), confluence=(), approach=Approach("far", 0.0, 0.0, 0.0), age=None,
    stop=None, vacuum=None,
)  # fmt: skip


def blank() -> Canvas:
    """Return a picture with nothing on it."""
    return Canvas(Ink((900, 600), LOOK.background), LOOK, SIZES)


def rows_changed(canvas: Canvas) -> tuple[int, int]:
    """Return the first and last row that is not background."""
    rows = np.argwhere((np.asarray(canvas.ink.image) != LOOK.background).any(axis=2))[:, 0]
    return int(rows.min()), int(rows.max())


def test_a_zone_reaches_from_edge_to_edge() -> None:
    """Its core is brighter than the rest of it, and it lies to the right of the map."""
    canvas = blank()
    draw_zone_boxes(canvas, FRAME, 830, [ZONE], 50.0)
    assert rows_changed(canvas) == (360, 419)
    made = np.asarray(canvas.ink.image).astype(int)
    assert made[390, 820].sum() > made[410, 820].sum() > sum(LOOK.background)
    assert (made[:, :700] == LOOK.background).all()


def test_a_zone_beyond_the_map_is_left_out() -> None:
    """Nothing is drawn at an edge that it does not have."""
    canvas = blank()
    draw_zone_boxes(canvas, FRAME, 830, [replace(ZONE, low=120.0, high=130.0)], 50.0)
    assert (np.asarray(canvas.ink.image) == LOOK.background).all()


def test_the_way_is_that_to_the_near_edge() -> None:
    """As the zone's own distance is: from below to its low, from above to its high, none from within."""
    assert way_to(ZONE, 25.0) == "+20.00 %"
    assert way_to(ZONE, 50.0) == "-20.00 %"
    assert way_to(ZONE, 35.0) == "here"


def test_the_gap_is_marked_from_edge_to_edge() -> None:
    """As a bracket."""
    canvas = blank()
    draw_gap(canvas, FRAME, Gap(45.0, 55.0))
    assert rows_changed(canvas) == (270, 330)


def test_figures_on_the_axis_keep_apart() -> None:
    """The price of now comes first, then the nearest zones; one that would cover another is left out."""
    zones = [ZONE, replace(ZONE, core=Core(34.2, 36.2)), replace(ZONE, core=Core(80.0, 82.0))]
    taken = draw_labels(blank(), FRAME, 830, zones, 50.0, 0.1)
    assert taken[0] == FRAME.y(50.0)
    assert len(taken) == 3
    assert np.diff(sorted(taken)).min() > SIZES.small


def test_names_and_numbers() -> None:
    """H1 is the first hot zone; without zones none are shown."""
    assert name_of(ZONE) == "H1"
    assert name_of(replace(ZONE, kind="cold", rank=2)) == "C2"
    assert middle_of(ZONE) == 35.0
    assert shown_of(None) == ()
