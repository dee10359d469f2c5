from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.bars import Floats
from service.heatmap.spans import Span, cold_spans, hot_spans, runs
from service.heatmap.zone_rules import ZoneRules

RULES = ZoneRules()


def ramp(count: int, **bumps: float) -> Floats:
    """Return a low, slowly rising ground with bins set by name: b12=5 sets bin 12 to 5."""
    values = 1.0 + 0.001 * np.arange(count)
    for name, value in bumps.items():
        values[int(name[1:])] = value
    return values


def hot(values: Floats, sigma: float = 1.0, rules: ZoneRules = RULES) -> list[Span]:
    """Return the hot runs of a profile that counts as smoothed already."""
    return hot_spans(values, sigma, rules)


@pytest.mark.parametrize(
    ("mask", "wanted"),
    [([], []), ([0, 0], []), ([1, 1], [(0, 2)]), ([1, 0, 1, 1, 0], [(0, 1), (2, 4)])],
)
def test_runs(mask: list[int], wanted: list[Span]) -> None:
    """Runs are half-open and may touch either end."""
    assert runs(np.array(mask, dtype=bool)) == wanted


def test_a_component_needs_a_strong_bin() -> None:
    """Of two components over the 78th percentile, only the one that also holds a bin over the 88th is hot."""
    values = ramp(20, b4=5.0, b5=5.1, b12=8.0, b13=9.0, b14=8.5)
    # sorted top: 9 8.5 8 5.1 5; the 78th percentile of 20 is at rank 14.82, the 88th at 16.72 (5.1 .. 8.0 -> 7.2)
    assert hot(values) == [(12, 15)]


def test_one_bin_is_no_zone() -> None:
    """At least two bins."""
    values = ramp(20, b4=9.0, b12=8.0, b13=9.0)
    assert hot(values) == [(12, 14)]
    assert hot(values, rules=ZoneRules(min_bins=1)) == [(4, 5), (12, 14)]


def test_a_gap_under_sigma_is_merged() -> None:
    """Two strong components whose gap is narrower than sigma are one zone, with the gap; a wider one parts them."""
    values = ramp(40, b10=9.0, b11=9.0, b12=6.9, b13=9.0, b14=9.0)
    strict = ZoneRules(low_percentile=90.0, high_percentile=90.0)
    assert hot(values, 1.0, strict) == [(10, 12), (13, 15)]
    assert hot(values, 1.1, strict) == [(10, 15)]


def test_a_valley_is_not_merged() -> None:
    """A gap that falls under 70 % of the lower peak stays a gap, however narrow."""
    values = ramp(40, b10=9.0, b11=9.0, b12=6.2, b13=9.0, b14=9.0)
    assert hot(values, 5.0, ZoneRules(low_percentile=90.0, high_percentile=90.0)) == [(10, 12), (13, 15)]


@pytest.mark.parametrize(("valley", "wanted"), [(7.0, [(10, 15)]), (5.5, [(10, 12), (12, 15)])])
def test_split_only_at_deep_valleys(valley: float, wanted: list[Span]) -> None:
    """A run is split where it falls under 70 % of the lower of its two peaks, here 8; the zones share that edge."""
    values = ramp(40, b10=8.0, b11=8.0, b12=valley, b13=10.0, b14=10.0)
    assert hot(values) == wanted


def test_a_split_off_part_must_be_strong_itself() -> None:
    """What a split leaves without a strong bin is dropped; the valley's bin stays with the outer part."""
    values = ramp(50, b10=4.0, b11=4.0, b12=2.0, b13=20.0, b14=20.0, b15=20.0, b16=20.0, b17=20.0, b18=20.0)
    assert hot(values) == [(12, 19)]


@pytest.mark.parametrize("level", [0.0, 3.0])
def test_flat_is_neither_hot_nor_cold(level: float) -> None:
    """A profile without structure has no zones, whatever its level."""
    values = np.full(60, level)
    assert hot(values) == []
    if level:
        assert cold_spans(values, values, [], 1.0, RULES) == []


def test_a_plateau_is_hot_as_a_whole() -> None:
    """When the top fifth is all alike the percentiles fall on it, and it is still found."""
    values = ramp(40, **{f"b{i}": 5.0 for i in range(20, 32)})
    assert hot(values) == [(20, 32)]


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


@given(st.lists(st.floats(0.0, 1e6), min_size=1, max_size=120).map(np.array), st.floats(0.3, 12.0))
def test_spans_are_disjoint_and_inside(values: Floats, sigma: float) -> None:
    """Whatever the profile: spans rise, do not overlap, stay inside, and have at least two bins."""
    found = hot(values, sigma)
    cold = cold_spans(values, np.full(len(values), values.mean()), found, 2.0, RULES)
    taken = sorted(found + cold)
    assert all(stop - start >= 2 for start, stop in taken)
    assert all(0 <= start < stop <= len(values) for start, stop in taken)
    assert all(before[1] <= after[0] for before, after in pairwise(taken))
