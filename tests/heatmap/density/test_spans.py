from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.base.arrays import Floats, Span
from service.heatmap.density.rules import DensityRules
from service.heatmap.density.spans import cold_spans, hot_spans, runs

RULES = DensityRules()


def excess(count: int, **bumps: float) -> Floats:
    """Return no excess at all with bins set by name: b12=0.5 sets bin 12 to half more than around it."""
    values = np.zeros(count)
    for name, value in bumps.items():
        values[int(name[1:])] = value
    return values


def hot(values: Floats, window: int = 10_000, rules: DensityRules = RULES) -> list[Span]:
    """Return the hot runs of one side."""
    return hot_spans(values, window, rules)


@pytest.mark.parametrize(
    ("mask", "wanted"),
    [([], []), ([0, 0], []), ([1, 1], [(0, 2)]), ([1, 0, 1, 1, 0], [(0, 1), (2, 4)])],
)
def test_runs(mask: list[int], wanted: list[Span]) -> None:
    """Runs are half-open and may touch either end."""
    assert runs(np.array(mask, dtype=bool)) == wanted


def test_a_peak_must_stand_out() -> None:
    """A run that peaks 5 % over its surroundings is hot, one that peaks a little lower is not."""
    assert hot(excess(20, b4=0.049, b5=0.049, b12=0.04, b13=0.05, b14=0.03)) == [(12, 15)]


def test_it_reaches_to_half_of_the_peak() -> None:
    """The run ends where the excess is under half of the peak's, however far over nothing that is."""
    values = excess(20, b5=0.09, b6=0.11, b7=0.2, b8=0.15, b9=0.1, b10=0.09, b11=0.09)
    assert hot(values) == [(6, 10)]
    assert hot(values, rules=DensityRules(hot_extent=0.25)) == [(5, 12)]


def test_one_bin_is_no_zone() -> None:
    """At least two bins."""
    values = excess(20, b4=0.5, b12=0.4, b13=0.5)
    assert hot(values) == [(12, 14)]
    assert hot(values, rules=DensityRules(min_bins=1)) == [(4, 5), (12, 14)]


@pytest.mark.parametrize(("valley", "wanted"), [(0.57, [(10, 15)]), (0.55, [(10, 12), (12, 15)])])
def test_split_only_at_deep_valleys(valley: float, wanted: list[Span]) -> None:
    """A run is split where it falls under 70 % of the lower of its two peaks, here 0.8; the outer has the valley."""
    assert hot(excess(40, b10=0.8, b11=0.8, b12=valley, b13=1.0, b14=1.0)) == wanted


def test_a_split_off_part_must_stand_out_itself() -> None:
    """What a split leaves under the least excess is dropped."""
    assert hot(excess(50, b10=0.04, b11=0.045, b12=0.03, b13=0.2, b14=0.2, b15=0.2)) == [(13, 16)]


def test_a_slope_at_the_end_of_the_axis_is_no_zone() -> None:
    """What peaks in the outermost bin may go on rising beyond; next to the price it may peak in the first."""
    rising = np.concatenate((np.zeros(10), np.linspace(0.1, 0.5, 10)))
    assert hot(rising) == []
    assert hot(rising[::-1]) == [(0, 6)]


def test_zones_peak_within_the_window() -> None:
    """A peak outside the window is none of ours, one inside it may reach beyond."""
    values = excess(40, b10=0.5, b11=0.6, b12=0.4, b13=0.35)
    assert hot(values, window=12) == [(10, 14)]
    assert hot(values, window=11) == []


def test_flat_is_neither_hot_nor_cold() -> None:
    """A profile without structure has no zones, whatever its level."""
    assert hot(np.zeros(60)) == []
    assert hot(np.full(60, 1e-12)) == []
    assert cold_spans(np.full(60, 3.0), np.full(60, 3.0), [], 1.0, RULES) == []


def test_no_bins_no_spans() -> None:
    """An empty window is not an error."""
    assert hot(np.array([])) == []
    assert cold_spans(np.array([]), np.array([]), [], 1.0, RULES) == []


def test_cold_must_be_sparse_twice() -> None:
    """Cold is in the lowest quarter and under 60 % of its surroundings; a plain that is its own background is not."""
    values = np.full(40, 10.0)
    values[5:9], values[30:36] = 1.0, 2.0
    background = np.full(40, 10.0)
    background[30:36] = 3.0
    assert cold_spans(values, background, [], 1.0, RULES) == [(5, 9)]
    background[30:36] = 3.4
    assert cold_spans(values, background, [], 1.0, RULES) == [(5, 9), (30, 36)]


def test_cold_must_be_wide_enough() -> None:
    """A cold run narrower than half an ATR is left out."""
    values = np.full(40, 10.0)
    values[5:9] = 1.0
    background = np.full(40, 10.0)
    assert cold_spans(values, background, [], 4.0, RULES) == [(5, 9)]
    assert cold_spans(values, background, [], 4.1, RULES) == []


def test_hot_bins_are_never_cold() -> None:
    """Bins that a merge took into a hot zone are not cold as well."""
    values = np.full(40, 10.0)
    values[5:9] = 1.0
    assert cold_spans(values, np.full(40, 10.0), [(3, 7)], 1.0, RULES) == [(7, 9)]


@given(st.lists(st.floats(-1.0, 40.0), min_size=1, max_size=120).map(np.array), st.integers(0, 130))
def test_spans_are_disjoint_and_inside(values: Floats, window: int) -> None:
    """Whatever the profile: spans rise, do not overlap, stay inside, and have at least two bins."""
    found = hot(values, window)
    cold = cold_spans(values + 1.0, np.full(len(values), float(values.mean()) + 1.0), found, 2.0, RULES)
    taken = sorted(found + cold)
    assert all(stop - start >= 2 for start, stop in taken)
    assert all(0 <= start < stop <= len(values) for start, stop in taken)
    assert all(before[1] <= after[0] for before, after in pairwise(taken))
    assert all(values[start:stop].max() >= RULES.hot_excess for start, stop in found)
