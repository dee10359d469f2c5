import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.base.side import Side
from service.heatmap.zones.id import anchor_bin, zone_id


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


@given(st.integers(1, 5_000), st.integers(1, 60), st.integers(0, 60), st.integers(1, 60))
def test_zones_apart_have_ids_apart(first: int, width: int, gap: int, other: int) -> None:
    """Two zones of one kind and side that do not overlap cannot share an id."""
    after = first + width + gap
    assert zone_id("hot", Side.LONG, (first, first + width), 0.5) != zone_id(
        "hot", Side.LONG, (after, after + other), 0.5
    )


def test_ids_read_as_prices() -> None:
    """Kind, side, and a price inside the zone without the dust of binary fractions."""
    assert zone_id("hot", Side.LONG, (580, 600), 100.0) == "hot-long-59200"
    assert zone_id("cold", Side.SHORT, (3, 4), 0.1) == "cold-short-0.3"


def test_edges_may_move_without_a_new_name() -> None:
    """Growing or shrinking by a bin or two leaves the id as it was."""
    names = {zone_id("hot", Side.LONG, (570 + a, 600 + b), 100.0) for a in (-2, 0, 2) for b in (-2, 0, 2)}
    assert names == {"hot-long-57600"}
