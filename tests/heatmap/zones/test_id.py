import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.base.log_axis import LogAxis
from service.heatmap.base.side import Side
from service.heatmap.zones.id import anchor_bin, numbered, zone_id

STEP = 0.0006


def rounds(number: int) -> int:
    """Return how often a number halves."""
    return (number & -number).bit_length() - 1


@pytest.mark.parametrize(
    ("first", "last", "wanted"), [(5, 5, 5), (5, 6, 6), (5, 9, 8), (9, 15, 12), (0, 40, 0), (1, 1, 1)]
)
def test_anchor_on_paper(first: int, last: int, wanted: int) -> None:
    """The roundest number of the range."""
    assert anchor_bin(first, last) == wanted


@given(st.integers(1, 10_000), st.integers(0, 200))
def test_anchor_against_the_definition(first: int, more: int) -> None:
    """It is inside, no other number inside is as round, so it hangs on the bins alone."""
    numbers = range(first, first + more + 1)
    best = max(numbers, key=rounds)
    assert anchor_bin(first, first + more) == best
    assert [rounds(n) for n in numbers].count(rounds(best)) == 1


@given(st.integers(-8_000, 25_000), st.integers(1, 60), st.integers(0, 60), st.integers(1, 60))
def test_zones_apart_have_ids_apart(first: int, width: int, gap: int, other: int) -> None:
    """Two zones of one kind and side that do not overlap cannot share an id, whatever the coin costs."""
    after = first + width + gap
    one, two = (zone_id("hot", Side.LONG, bins, STEP) for bins in ((first, first + width), (after, after + other)))
    assert one != two


def test_ids_read_as_prices() -> None:
    """Kind, side, and a price inside the zone with five digits."""
    assert zone_id("hot", Side.LONG, (18390, 18420), STEP) == f"hot-long-{math.exp(18400 * STEP):.0f}"
    assert zone_id("cold", Side.SHORT, (-3840, -3838), STEP) == f"cold-short-{math.exp(-3840 * STEP):.6f}"
    assert zone_id("hot", Side.LONG, (20480, 20481), STEP) == "hot-long-217080"


def test_edges_may_move_without_a_new_name() -> None:
    """Growing or shrinking by a bin or two leaves the id as it was, and so do bins twice as wide."""
    names = {zone_id("hot", Side.LONG, (18390 + a, 18420 + b), STEP) for a in (-2, 0, 2) for b in (-2, 0, 2)}
    assert len(names) == 1
    assert names == {zone_id("hot", Side.LONG, (9195, 9210), 2 * STEP)}


@pytest.mark.parametrize("first", [-3837, 10, 18400])
def test_bins_are_counted_from_log_price_0(first: int) -> None:
    """An axis that begins elsewhere gives the same name to the same prices."""
    here, there = LogAxis(STEP, first, 50), LogAxis(STEP, first + 7, 50)
    assert numbered(here, (10, 20)) == numbered(there, (3, 13)) == (first + 10, first + 20)
