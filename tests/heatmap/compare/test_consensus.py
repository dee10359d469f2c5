from dataclasses import astuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.base.side import Side
from service.heatmap.compare.consensus import MapZone, ZoneDifference, compare_zones, find_consensus


def zone(name: str, low: float, high: float, weight: float = 1.0, side: Side = Side.LONG) -> MapZone:
    """Make a zone."""
    return MapZone(name, side, low, high, weight)


zones = st.lists(
    st.builds(
        lambda low, width, weight, side: MapZone(f"{side}{low}", side, low, low + width, weight),
        st.integers(1, 60).map(float),
        st.integers(1, 12).map(float),
        st.floats(0, 9),
        st.sampled_from([Side.LONG, Side.SHORT]),
    ),
    max_size=8,
)


def compared(
    a: list[MapZone], b: list[MapZone], excess_a: float = 0.0, excess_b: float = 0.0, **options: float
) -> ZoneDifference:
    """Compare the zones of two maps that stand out by so much wherever they are asked."""
    return compare_zones(a, b, lambda _: excess_a, lambda _: excess_b, faint=0.025, **options)


def test_in_both_and_alone() -> None:
    """Zones that share a quarter of the narrower agree; of other sides, or barely touching, they stand alone."""
    a = [zone("a1", 90, 94), zone("a2", 80, 82), zone("a3", 106, 108, side=Side.SHORT)]
    b = [zone("b1", 93, 97), zone("b2", 81.9, 83.9), zone("b3", 106, 108)]
    found = compared(a, b)
    assert [(pair.a.id, pair.b.id, pair.overlap) for pair in found.in_both] == [("a1", "b1", 0.25)]
    assert [x.id for x in found.only_a] == ["a2", "a3"]
    assert [x.id for x in found.only_b] == ["b2", "b3"]


def test_faint_is_not_alone() -> None:
    """An unpaired zone where the other map stands out by the lower threshold is faint there; by less, it is alone."""
    a, b = [zone("a1", 90, 94), zone("a2", 80, 84)], [zone("b1", 90, 94)]
    shown = compared(a, b, excess_b=0.025)
    assert ([x.id for x in shown.faint_in_b], shown.only_a) == (["a2"], ())
    hidden = compared(a, b, excess_a=1.0, excess_b=0.0249)
    assert (hidden.faint_in_b, [x.id for x in hidden.only_a]) == ((), ["a2"])
    other = compared(b, a, excess_a=0.025)
    assert ([x.id for x in other.faint_in_a], other.only_b, other.faint_in_b) == (["a2"], (), ())


@given(a=zones, b=zones, excess_a=st.sampled_from([0.0, 0.1]), excess_b=st.sampled_from([0.0, 0.1]))
def test_comparison_is_symmetric_and_complete(
    a: list[MapZone], b: list[MapZone], excess_a: float, excess_b: float
) -> None:
    """Every zone is in agreement, faint or alone, once, and exchanging the maps exchanges the answer."""
    there, back = compared(a, b, excess_a, excess_b), compared(b, a, excess_b, excess_a)
    assert there.only_a == back.only_b
    assert there.only_b == back.only_a
    assert (there.faint_in_a, there.faint_in_b) == (back.faint_in_b, back.faint_in_a)
    assert sorted((p.a.id, p.b.id, p.overlap) for p in there.in_both) == sorted(
        (p.b.id, p.a.id, p.overlap) for p in back.in_both
    )
    assert len(there.only_a) + len(there.faint_in_b) + len({id(pair.a) for pair in there.in_both}) == len(a)


def test_ranked_by_maps_then_weight() -> None:
    """Three maps outrank two, and among two the zone that weighs more in its maps comes first."""
    found = find_consensus(
        {
            "x": [zone("x1", 90, 94, 1), zone("x2", 80, 84, 9)],
            "y": [zone("y1", 92, 95, 5), zone("y2", 82, 86, 5)],
            "z": [zone("z1", 91, 93, 2), zone("z2", 70, 72, 8)],
        }
    )
    assert [(c.rank, c.low, c.high, c.maps) for c in found] == [
        (1, 91, 94, ("x", "y", "z")),
        (2, 82, 84, ("x", "y")),
    ]
    assert found[0].zones == ("x1", "y1", "z1")
    assert found[0].score == pytest.approx(0.1 + 0.5 + 0.2)


def test_two_zones_of_one_map_confirm_nothing() -> None:
    """A map does not confirm itself, and a chain of touching zones is not one zone."""
    assert find_consensus({"x": [zone("x1", 90, 94), zone("x2", 92, 96)], "y": []}) == []
    chain = find_consensus({"x": [zone("x1", 90, 92), zone("x2", 96, 98)], "y": [zone("y1", 91, 97)]})
    assert sorted((c.low, c.high) for c in chain) == [(91, 92), (96, 97)]


@given(a=zones, b=zones, c=zones)
def test_every_price_of_a_run_is_covered_twice(a: list[MapZone], b: list[MapZone], c: list[MapZone]) -> None:
    """At the middle of each unit step, a price is in a consensus zone just when two maps have a zone there."""
    maps = {"a": a, "b": b, "c": c}
    found = find_consensus(maps)
    for side in (Side.LONG, Side.SHORT):
        for price in (step + 0.5 for step in range(75)):
            covered = sum(any(x.side == side and x.low < price < x.high for x in zones) for zones in maps.values())
            inside = any(x.side == side and x.low < price < x.high for x in found)
            assert inside == (covered >= 2)


def test_relative_zone() -> None:
    """Relative to the mark, prices are divided by it and nothing else changes."""
    assert astuple(zone("x", 90, 95, 3).relative(100)) == ("x", Side.LONG, 0.9, 0.95, 3)


@pytest.mark.parametrize("bad", [zone("x", 95, 95), zone("x", -1, 95), zone("x", 90, 95, float("nan"))])
def test_bad_zone(bad: MapZone) -> None:
    """A zone without width or weight is refused by its id."""
    with pytest.raises(ValueError, match="zone 'x'"):
        find_consensus({"x": [bad]})


def test_bad_overlap() -> None:
    """A share of overlap out of range is refused."""
    with pytest.raises(ValueError, match="least_overlap must be above 0"):
        compared([], [], least_overlap=0)
