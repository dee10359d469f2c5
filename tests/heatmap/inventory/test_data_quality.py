from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.inventory.data_quality import (
    DataQuality,
    assess,
    depth_near,
    graded,
    merged_quality,
)

AMPLE: dict[str, Any] = {
    "bars": 2000, "days": 80.0, "gaps": 0, "open_interest_share": 1.0, "mark_price_share": 1.0,
    "daily_volume": 1e10, "visible_depth": 2e7,
}  # fmt: skip


def judged(**change: Any) -> DataQuality:
    """Judge an ample market with one thing changed."""
    return assess(**(AMPLE | change))


def test_ample_data_is_fully_trusted() -> None:
    """With everything there the figure is 1 and nothing is warned of."""
    assert judged().value == pytest.approx(1.0)
    assert judged().warnings == ()


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"daily_volume": 5e6}, "very little volume (5,000,000 USD a day)"),
        ({"visible_depth": 5e4}, "very little depth (50,000 USD within 2 %)"),
        ({"bars": 18}, "very little history (18 bars"),
        ({"days": 1.0}, "very little history (2000 bars over 1 days)"),
    ],
)
def test_each_shortage_alone_is_under_half(change: dict[str, Any], words: str) -> None:
    """Few trades, little depth or a short history: under 0.5, with reason and warning, whatever else is there."""
    found = judged(**change)
    assert found.value < 0.5
    assert any(words in part.reason for part in found.parts)
    assert "may be noise" in found.warnings[0]
    assert words in found.warnings[0]


def test_geometric_mean_on_paper() -> None:
    """Coverage 0.7 (no open interest), sample 1: the root of 0.7."""
    found = judged(open_interest_share=0.0)
    assert [part.name for part in found.parts] == ["coverage", "sample"]
    assert [part.value for part in found.parts] == pytest.approx([0.7, 1.0])
    assert found.value == round(0.7**0.5, 2)


def test_a_book_nobody_read_is_not_ample() -> None:
    """An unknown depth counts half, and is said."""
    found = judged(visible_depth=None)
    assert 0.5 < found.value < 1.0
    assert "no order book read" in found.parts[1].reason


def test_gaps_and_missing_marks_cost() -> None:
    """A tenth of the bars missing costs a tenth of coverage, no mark prices another."""
    assert judged(bars=900, gaps=100).parts[0].value == pytest.approx(0.9)
    assert judged(mark_price_share=0.0).parts[0].value == pytest.approx(0.9)
    assert judged(bars=0, days=0.0).value == 0.0


@pytest.mark.parametrize(
    ("amount", "wanted"), [(0.0, 0.0), (5.0, 0.05), (10.0, 0.1), (100.0, 0.55), (1000.0, 1.0), (1e9, 1.0)]
)
def test_grades_on_paper(amount: float, wanted: float) -> None:
    """In proportion up to the thin mark of 10, by the logarithm up to the ample one of 1,000."""
    assert graded(amount, 10.0, 1000.0) == pytest.approx(wanted)


@given(st.floats(0, 1e12), st.floats(0, 1e12))
def test_more_volume_never_lowers_quality(a: float, b: float) -> None:
    """The figure rises with what it weighs, and stays in 0..1."""
    low, high = sorted((a, b))
    assert 0.0 <= judged(daily_volume=low).value <= judged(daily_volume=high).value <= 1.0


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"open_interest_share": 1.1}, "open_interest_share"),
        ({"daily_volume": -1.0}, "daily_volume"),
        ({"visible_depth": float("nan")}, "visible_depth"),
    ],
)
def test_nonsense_is_refused_by_name(change: dict[str, Any], name: str) -> None:
    """Shares outside 0..1 and negative amounts are named."""
    with pytest.raises(ValueError, match=name):
        judged(**change)


def parts_of(found: DataQuality) -> dict[str, float]:
    """Return each part's value by name."""
    return {part.name: part.value for part in found.parts}


def test_merged_parts_are_means() -> None:
    """One without open interest (0.7) and one with (1): coverage 0.85, and both reasons are told."""
    halves = {"a": judged(open_interest_share=0.0), "b": judged()}
    found = merged_quality(halves, 2)
    assert parts_of(found) == pytest.approx({"coverage": 0.85, "sample": 1.0})
    assert found.value == round(0.85**0.5, 2)
    for words in ("2 of 2 exchanges answered", "a: open interest known for 0%", "b: open interest known for 100%"):
        assert words in found.parts[0].reason


@given(st.lists(st.tuples(st.floats(1e4, 1e10), st.integers(0, 3000)), min_size=2, max_size=6))
def test_quality_never_rises_when_one_is_lost(markets: list[tuple[float, int]]) -> None:
    """Whichever goes, however poor its own data."""
    alone = {str(i): judged(daily_volume=volume, gaps=gaps) for i, (volume, gaps) in enumerate(markets)}
    whole = merged_quality(alone, len(alone))
    for lost in alone:
        rest = merged_quality({name: one for name, one in alone.items() if name != lost}, len(alone))
        assert rest.value <= whole.value
        for less, part in zip(rest.parts, whole.parts, strict=True):
            assert less.value <= part.value


def test_one_exchange_asked_for_is_its_own_quality() -> None:
    """With nothing to merge, nothing changes."""
    alone = judged(daily_volume=1e6)
    assert merged_quality({"a": alone}, 1) is alone


def test_a_missing_exchange_costs_coverage() -> None:
    """One of three gone: two thirds of each part, said in words; each further one costs more."""
    alone = judged()
    found = merged_quality({"a": alone, "b": alone}, 3)
    assert parts_of(found) == pytest.approx({"coverage": 2 / 3, "sample": 2 / 3})
    assert "2 of 3 exchanges answered" in found.parts[0].reason
    values = [merged_quality({"a": alone}, wanted).value for wanted in range(1, 8)]
    assert values == sorted(values, reverse=True)
    assert len(set(values)) == 7


@given(st.lists(st.floats(1e4, 1e10), min_size=2, max_size=5))
def test_thin_markets_stay_thin_together(volumes: list[float]) -> None:
    """A sum is trusted no more than its best part and no less than its worst."""
    alone = {str(i): judged(daily_volume=volume) for i, volume in enumerate(volumes)}
    found = merged_quality(alone, len(alone))
    least, most = (pick(part.value for part in alone.values()) for pick in (min, max))
    assert least - 0.005 <= found.value <= most + 0.005
    assert bool(found.warnings) is (found.value < 0.5)


def test_depth_counts_near_the_price_only() -> None:
    """Of 300 USD within 2 % and a million farther out the 300 count; the very edge does."""
    bids, asks = (
        np.array([[99.0, 1.0], [98.0, 1.0], [97.9, 1e4]]),
        np.array([[103.0, 1e4], [101.0, 1.0], [102.0, 0.01]]),
    )
    assert depth_near(bids, asks, 100.0) == pytest.approx(99.0 + 98.0 + 101.0 + 1.02)


def test_a_look_at_the_book_changes_nothing_by_a_hair() -> None:
    """A depth or volume that moves in its third digit leaves the figure and every word as they were."""
    thin: dict[str, Any] = {"visible_depth": 1_234_567.0, "daily_volume": 123_456_789.0}
    assert judged(**thin) == judged(visible_depth=1_241_000.0, daily_volume=121_000_000.0)
    assert "1,200,000 USD within 2 %" in judged(**thin).parts[1].reason
    assert judged(**thin).value == round(judged(**thin).value, 2)


def test_daily_bars_are_judged_by_their_days() -> None:
    """The two months that a daily map is built from are a history; three weeks of a new listing are not."""
    assert judged(bars=67, days=67.0).value > 0.8
    assert judged(bars=21, days=21.0).value < 0.5


def test_merged_reasons_that_are_alike_are_told_once() -> None:
    """Two exchanges of the same coverage share one reason."""
    one = judged()
    found = merged_quality({"a": one, "b": one}, 2)
    assert found.parts[0].reason.count("open interest known") == 1
    assert "a, b: open interest known" in found.parts[0].reason
