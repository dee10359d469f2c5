from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.base.arrays import Floats, Span
from service.heatmap.base.side import Side
from service.heatmap.density.hot_cold_thresholds import DensityRules
from service.heatmap.density.side import MapSide
from service.heatmap.density.spans import cold_runs, gap_bins, hot_runs, runs

RULES = DensityRules()
# A bin is a tenth of an ATR.
ATR = 10.0


def side(heat: Floats, window: int | None = None, raw: float = 1.0, full: Floats | None = None) -> MapSide:
    """Return a side of this heat, which is usual for no distance unless `full`, bins of 1 around a price of 1,000."""
    count = len(heat)
    centres, full = 1000.0 - np.arange(0.5, count), heat if full is None else full
    window = count if window is None else window
    return MapSide(Side.LONG, np.full(count, raw), heat, full, centres, 1000.0, 1.0, window, count)


def heat(count: int, *parts: tuple[int, int, float]) -> Floats:
    """Return a heat of .5 with the (start, stop, heat) given."""
    values = np.full(count, 0.5)
    for start, stop, value in parts:
        values[start:stop] = value
    return values


@pytest.mark.parametrize(
    ("mask", "wanted"),
    [([], []), ([0, 0], []), ([1, 1], [(0, 2)]), ([1, 0, 1, 1, 0], [(0, 1), (2, 4)])],
)
def test_runs(mask: list[int], wanted: list[Span]) -> None:
    """Runs are half-open and may touch either end."""
    assert runs(np.array(mask, dtype=bool)) == wanted


def test_a_hot_run_has_a_peak_and_its_own_edges() -> None:
    """From .7 on it is a run, if it comes to .8 somewhere."""
    found = hot_runs(side(heat(60, (5, 9, 0.75), (20, 26, 0.7), (22, 23, 0.8), (40, 42, 0.69))), ATR, RULES)
    assert [(run.whole, run.span, run.peak) for run in found] == [((20, 26), (20, 26), 22)]


def test_a_wide_run_is_a_zone_around_its_peak() -> None:
    """A run of three ATR is cut to one on either side of the peak, and is named by the whole of it."""
    (run,) = hot_runs(side(heat(60, (10, 45, 0.75), (30, 31, 0.9))), ATR, RULES)
    assert (run.whole, run.span, run.peak) == ((10, 45), (21, 40), 30)
    fine = hot_runs(side(heat(60, (10, 45, 0.75), (30, 31, 0.9))), 0.1 * ATR, RULES)
    assert [run.span for run in fine] == [(28, 33)]


def test_a_run_is_cut_by_what_is_usual_and_peaks_where_it_is_hottest() -> None:
    """A place in the gap is hot if little is left there on other maps; a rim as dense as any is not."""
    values = heat(60, (2, 6, 0.2), (4, 5, 0.3), (20, 26, 0.95))
    full = heat(60, (2, 6, 0.75), (3, 4, 0.8), (20, 26, 0.6))
    (run,) = hot_runs(side(values, full=full), ATR, RULES)
    assert (run.whole, run.peak) == ((2, 6), 4)


def test_the_core_is_the_hottest_half_atr_around_the_peak() -> None:
    """Five bins that hold the peak, where their mean is highest; the nearest where several are."""
    values = heat(60, (20, 30, 0.72), (25, 26, 0.9), (26, 28, 0.85))
    (run,) = hot_runs(side(values), ATR, RULES)
    assert run.core == (23, 28)
    (even,) = hot_runs(side(heat(60, (20, 30, 0.9))), ATR, RULES)
    assert (even.peak, even.core) == (20, (20, 25))
    (narrow,) = hot_runs(side(heat(60, (20, 22, 0.9))), ATR, RULES)
    assert narrow.core == (20, 22)


def test_zones_peak_within_the_window() -> None:
    """A peak outside the window is none of ours, one inside it may reach beyond."""
    values = heat(60, (20, 30, 0.75), (25, 26, 0.9))
    assert [run.span for run in hot_runs(side(values, window=26), ATR, RULES)] == [(20, 30)]
    assert hot_runs(side(values, window=25), ATR, RULES) == []


def test_level_is_neither_hot_nor_cold() -> None:
    """A map without structure has no zones, and no gap."""
    one = side(np.full(60, 0.5))
    assert (hot_runs(one, ATR, RULES), cold_runs(one, ATR, RULES), gap_bins(one, RULES)) == ([], [], 0)


def test_an_empty_side_has_none() -> None:
    """Where nothing stands nothing is said, and no bins are no error."""
    for one in (side(np.zeros(60), raw=0.0), side(np.ones(60), raw=0.0), side(np.zeros(0))):
        assert (hot_runs(one, ATR, RULES), cold_runs(one, ATR, RULES), gap_bins(one, RULES)) == ([], [], 0)


def test_the_gap_is_not_cold() -> None:
    """What price has just emptied is the gap; cold runs begin beyond, wide enough, with a trough of .4 or less."""
    one = side(heat(60, (0, 8, 0.0), (15, 21, 0.45), (17, 18, 0.4), (30, 34, 0.1), (40, 50, 0.41), (52, 58, 0.46)))
    assert gap_bins(one, RULES) == 8
    (run,) = cold_runs(one, ATR, RULES)
    assert (run.whole, run.span, run.peak, run.core) == ((15, 21), (15, 21), 17, (15, 20))


def test_the_rim_of_the_gap_is_not_cold() -> None:
    """Where heat only rises out of the gap nothing is cold; where it falls again beyond the rim, something is."""
    rim = heat(60, (0, 8, 0.1), (8, 16, 0.36))
    assert cold_runs(side(rim), ATR, RULES) == []
    rim[12] = 0.355
    assert [run.whole for run in cold_runs(side(rim), ATR, RULES)] == [(8, 16)]


def test_a_side_that_is_cold_throughout_is_all_gap() -> None:
    """There is nothing beyond."""
    one = side(np.full(60, 0.1), window=40)
    assert (gap_bins(one, RULES), cold_runs(one, ATR, RULES)) == (40, [])


def test_cold_runs_are_coldest_within_the_window() -> None:
    """One inside it may reach beyond."""
    values = heat(60, (30, 50, 0.2), (38, 39, 0.1))
    assert [run.span for run in cold_runs(side(values, window=39), ATR, RULES)] == [(30, 50)]
    assert cold_runs(side(values, window=38), ATR, RULES) == []


@given(st.lists(st.floats(0.0, 1.0), min_size=1, max_size=120).map(np.array), st.integers(0, 130), st.floats(0.1, 40.0))
def test_runs_are_disjoint_and_inside(values: Floats, window: int, atr: float) -> None:
    """Whatever the heat: zones rise, do not overlap, hold their core, and that its peak."""
    one = side(values, min(window, len(values)))
    hot, cold = hot_runs(one, atr, RULES), cold_runs(one, atr, RULES)
    taken = sorted(run.span for run in hot + cold)
    assert all(before[1] <= after[0] for before, after in pairwise(taken))
    for run in hot + cold:
        assert 0 <= run.whole[0] <= run.span[0] <= run.core[0] <= run.peak < run.core[1] <= run.span[1] <= run.whole[1]
        assert run.core[1] - run.core[0] <= max(1.0, RULES.core_atr * atr * (1 + 1e-9))
    assert all(values[run.peak] >= RULES.hot_peak for run in hot)
