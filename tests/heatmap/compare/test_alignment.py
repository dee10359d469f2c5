import numpy as np
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.compare.alignment import How, MapColumn, align


def column(edges: Floats, mark: float = 100.0) -> MapColumn:
    """Return a map that holds a dollar of longs and two of shorts in each bin."""
    bins = len(edges) - 1
    return MapColumn(edges, np.ones(bins), np.full(bins, 2.0), 1000.0, mark)


def middle(edges: Floats, mass: Floats) -> float:
    """Return the mean price of what stands."""
    return float(((edges[1:] + edges[:-1]) / 2 * mass).sum() / mass.sum())


@pytest.mark.parametrize("swapped", [False, True])
def test_the_finer_bins_are_kept_whichever_map_has_them(swapped: bool) -> None:
    """Bins of 0.5 beside bins of 0.25 are compared in bins of 0.25, at whole multiples, over both ranges."""
    maps = [column(np.arange(80.0, 110.1, 0.5)), column(np.arange(90.0, 120.1, 0.25))]
    first, second = maps[::-1] if swapped else maps
    found = align(first, second, "absolute")
    np.testing.assert_allclose(np.diff(found.edges), 0.25)
    np.testing.assert_allclose(found.edges / 0.25, np.round(found.edges / 0.25))
    assert (found.edges[0], found.edges[-1]) == (80.0, 120.0)
    coarse = found.b if swapped else found.a
    assert coarse[:, :2].tolist() == [[0.5, 0.5], [1.0, 1.0]]


def test_axes_a_hair_apart_are_two_axes() -> None:
    """A twentieth of a per cent in price is more than rounding: the maps are not laid over each other as they are."""
    a = column(np.arange(80.0, 120.1, 0.5))
    b = column(a.edges * 1.0005)
    found = align(a, b, "absolute")
    assert middle(found.edges, found.b[0]) - middle(found.edges, found.a[0]) == pytest.approx(0.05, rel=0.01)


def test_rounding_makes_no_second_axis() -> None:
    """Prices over marks that differ in the last bits are one axis, and the masses stay as they were to the last bit."""
    a = column(np.arange(80.0, 120.1, 0.5), 99.7)
    b = column(a.edges * 3.0, 99.7 * 3.0)
    found = align(a, b, "relative")
    assert np.array_equal(found.edges, a.edges / a.mark)
    assert np.array_equal(found.b, np.stack((b.long, b.short)))


@pytest.mark.parametrize(("how", "unit"), [("absolute", 101.0), ("relative", 1.0)])
def test_the_unit_of_distance(how: How, unit: float) -> None:
    """A share of the mean mark where prices are compared; prices over marks are shares already."""
    edges = np.arange(80.0, 120.1, 0.5)
    assert align(column(edges, 100.0), column(edges, 102.0), how).unit == unit


def test_at_most_four_thousand_bins() -> None:
    """However fine the bins and wide apart the maps, and the whole of both is on them."""
    a, b = column(np.linspace(1.0, 2.0, 1001)), column(np.linspace(9000.0, 9001.0, 1001))
    found = align(a, b, "absolute")
    assert 3990 <= len(found.edges) - 1 <= 4000
    assert found.edges[0] <= 1.0
    assert found.edges[-1] >= 9001.0
    for mass in (found.a, found.b):
        np.testing.assert_allclose(mass.sum(axis=1), [1000.0, 2000.0])


def test_edges_without_an_end_are_refused() -> None:
    """A last bin that reaches to infinity has no middle."""
    endless = column(np.array([90.0, 100.0, np.inf]))
    with pytest.raises(ValueError, match=r"^a\.edges must be"):
        align(endless, column(np.arange(80.0, 120.1, 0.5)), "absolute")
