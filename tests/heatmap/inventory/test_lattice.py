import numpy as np
import pytest

from service.heatmap.base.side import Side
from service.heatmap.inventory.adverse import side_path
from service.heatmap.inventory.assumptions import curves
from service.heatmap.inventory.lattice import STEP, Lattice, between_edges, lattice_for
from tests.support.kernel_market import FEW, VENUE, random_bars


def test_places_are_slots_and_how_far_into_them() -> None:
    """Edge n lies at n steps; what lies outside counts as being at the end."""
    slot, past = Lattice(100, 10).place(STEP * np.array([100.0, 104.25, 109.5, 110.0, 90.0, 300.0]))
    assert slot.tolist() == [0, 4, 9, 9, 0, 9]
    assert past == pytest.approx([0.0, 0.25, 0.5, 1.0, 0.0, 1.0], abs=1e-9)


def test_between_edges_figures_lie_on_straight_lines() -> None:
    """To the last bit as numpy's own does it, row by row: on edges, between them and outside."""
    rng = np.random.default_rng(0)
    figures, at = rng.random((3, 8)), np.append(rng.uniform(-2.0, 9.0, 200), np.arange(-1.0, 10.0))
    wanted = [np.interp(at, np.arange(8), row) for row in figures]
    assert between_edges(figures, at).tobytes() == np.array(wanted).tobytes()
    assert between_edges(figures, at.reshape(1, -1)).shape == (3, 1, len(at))


def test_a_lattice_is_no_deeper_than_asked_for_or_than_anything_can_stand() -> None:
    """It holds every entry and reach, ends at the deepest price of interest, and where the last position could be."""
    path, curve = side_path(random_bars(1, 30), Side.LONG), curves(FEW, VENUE)[Side.LONG][0]
    ends = {
        deepest: STEP * (lattice.start + lattice.slots)
        for deepest in (-np.inf, float(path.reach.max()) + 0.05, np.inf)
        for lattice in [lattice_for(path, [curve], deepest)]
    }
    shallow, middle, deep = ends.values()
    assert path.reach.max() < shallow < path.reach.max() + 2.1 * STEP
    assert middle == pytest.approx(path.reach.max() + 0.05, abs=2.1 * STEP)
    assert deep == pytest.approx(path.far.max() + curve.u[-1], abs=2.1 * STEP)
