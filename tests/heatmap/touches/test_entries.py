import numpy as np
import pytest

from service.heatmap.base.arrays import Floats, Span, Times
from service.heatmap.base.bars import Bars
from service.heatmap.base.log_axis import LogAxis, log_axis_between
from service.heatmap.base.side import Side
from service.heatmap.density.hot_cold_thresholds import DEFAULT_DENSITY_RULES, DensityRules
from service.heatmap.density.hot_search import Choice, HotRuns
from service.heatmap.touches.entries import enters, zone_entries
from service.heatmap.touches.past_zones import NEAR, PastZones
from tests.support.hand_made import HOUR, MIDNIGHT, Row, bars_of
from tests.support.skill_market import walk


class WholePrices(LogAxis):
    """An axis of whole prices from 50 to 150, on which entries can be followed on paper."""

    def edges_of(self, numbers: Times) -> Floats:
        """Return 50, 51, ... 150."""
        edges: Floats = numbers.astype(np.float64) + 50.0
        return edges


AXIS = WholePrices(0.01, 0, 100)
FALL: list[Row] = [(100, 101, 99, 100), (100, 100, 94, 96), (96, 97, 93, 96), (96, 99, 96, 98), (98, 98, 95, 96)]


class OneZone(PastZones):
    """A map with one zone that stands on every column, whatever the grids say."""

    def __init__(self, bars: Bars, side: Side, zone: Span) -> None:
        """Put the zone on one side."""
        grid = np.ones((len(bars), AXIS.count))
        super().__init__(AXIS, grid, grid, bars.time, bars, DensityRules(hot=0.0))
        self._zone = side, zone

    def runs(
        self, columns: Times, side: Side, within: tuple[Times, Times] | None = None, choice: Choice = NEAR
    ) -> HotRuns:
        """Return it."""
        del within, choice
        own, zone = self._zone
        count = len(columns) if side is own else 0
        return HotRuns(np.arange(count), np.tile([*zone, *zone, *zone, zone[0], 1], (count, 1)))


def upside_down(rows: list[Row]) -> Bars:
    """Return the bars mirrored about 100."""
    return bars_of([(200 - o, 200 - low, 200 - high, 200 - c) for o, high, low, c in rows])


def test_an_entry_needs_a_bar_outside_before() -> None:
    """Price falls to a zone at 90..95: the bar that reaches 95 enters, the next one that is still there does not."""
    entries, zones = zone_entries(OneZone(bars_of(FALL), Side.LONG, (40, 45)))
    assert entries.bar.tolist() == [1, 4]
    assert [entered.column for entered in zones] == [0, 3]
    assert (entries.near.tolist(), entries.far.tolist()) == ([95.0, 95.0], [90.0, 90.0])
    mirror, _ = zone_entries(OneZone(upside_down(FALL), Side.SHORT, (55, 60)))
    assert mirror.bar.tolist() == [1, 4]
    assert mirror.sign.tolist() == [-1, -1]
    assert (mirror.near.tolist(), mirror.far.tolist()) == ([105.0, 105.0], [110.0, 110.0])


@pytest.mark.parametrize(
    ("before", "now", "entered"),
    [(95.25, 95.0, True), (95.25, 95.25, False), (95.0, 94.0, False), (95.25, 80.0, True), (94.0, 95.0, False)],
)
def test_the_near_edge_itself_is_reached(before: float, now: float, entered: bool) -> None:
    """A low on the near edge is an entry; a bar before that had its own low there leaves nothing to enter."""
    rows: list[Row] = [(100, 101, before, 100), (100, 101, now, 100)]
    for bars, side, zone in ((bars_of(rows), Side.LONG, (40, 45)), (upside_down(rows), Side.SHORT, (55, 60))):
        entries, _ = zone_entries(OneZone(bars, side, zone))
        assert len(entries.bar) == entered
        near = np.array([95.0 if side is Side.LONG else 105.0])
        assert enters(bars, np.array([1]), np.array([side.sign]), near).tolist() == [entered]


def test_nothing_enters_across_a_gap() -> None:
    """After missing bars it is not known what touched what."""
    bars = bars_of([(100, 101, 99, 100), (100, 100, 94, 96)])
    gapped = type(bars)(**{**bars.__dict__, "time": bars.time + np.array([0, bars.step])})
    one = np.array([1])
    assert enters(bars, one, one, np.array([95.0])).tolist() == [True]
    assert enters(gapped, one, one, np.array([95.0])).tolist() == [False]
    assert zone_entries(OneZone(bars, Side.LONG, (40, 45)))[0].bar.tolist() == [1]
    assert zone_entries(OneZone(gapped, Side.LONG, (40, 45)))[0].bar.tolist() == []


@pytest.mark.parametrize("seed", range(4))
def test_every_column_is_searched_where_it_matters(seed: int) -> None:
    """Against a plain walk over all columns, sides and zones: the same entries, by the bar after the column's own."""
    bars = walk(seed, 12)
    axis = log_axis_between(20.0, 260.0, 0.002)
    grids = np.random.default_rng(seed).exponential(1.0, (2, len(bars), axis.count // 8 + 1)).repeat(8, axis=2)
    grids, edges = grids[:, :, : axis.count], axis.edges
    stood = PastZones(axis, grids[0], grids[1], bars.time, bars, DEFAULT_DENSITY_RULES)
    wanted = set()
    for column in range(len(bars) - 1):
        for first, last in (zone.bins for zone in stood.hot(column, Side.LONG)):
            if bars.low[column + 1] <= edges[last] < bars.low[column]:
                wanted.add((column + 1, 1, float(edges[last]), float(edges[first]), float(stood.atr[column])))
        for first, last in (zone.bins for zone in stood.hot(column, Side.SHORT)):
            if bars.high[column + 1] >= edges[first] > bars.high[column]:
                wanted.add((column + 1, -1, float(edges[first]), float(edges[last]), float(stood.atr[column])))
    entries, zones = zone_entries(PastZones(axis, grids[0], grids[1], bars.time, bars, DEFAULT_DENSITY_RULES))
    columns = (entries.bar, entries.sign, entries.near, entries.far, entries.atr)
    assert set(zip(*(column.tolist() for column in columns), strict=True)) == wanted
    assert len(entries.bar) == len(wanted) > 10
    assert [entered.column + 1 for entered in zones] == entries.bar.tolist()


def test_no_columns_no_entries() -> None:
    """A map of a single column has nothing after it."""
    entries, zones = zone_entries(
        OneZone(bars_of([(100, 101, 99, 100)], start=MIDNIGHT, step=HOUR), Side.LONG, (40, 45))
    )
    assert (entries.bar.tolist(), zones) == ([], [])
