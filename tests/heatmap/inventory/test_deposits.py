import numpy as np
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.base.side import Side
from service.heatmap.inventory.adverse import SidePath, side_path
from service.heatmap.inventory.assumptions import curves
from service.heatmap.inventory.deposit_loop import CELL
from service.heatmap.inventory.deposits import Deposits, cells_entered, deposits
from service.heatmap.inventory.distance import DistanceCurve, distance_curve
from service.heatmap.inventory.lattice import STEP, Lattice, lattice_for
from tests.support.kernel_market import FEW, VENUE, random_bars
from tests.support.slowly import few_fast

# A tenth of it is never liquidated: the price would have to reach 0.
ENDLESS = distance_curve(np.array([0.0, 0.5, 0.9, 0.99]), np.array([0.1, 0.3, 0.6]), np.array([1.0, 5.0, 20.0]))


def brute_force(path: SidePath, t: int, curve: DistanceCurve, edges: Floats) -> Floats:
    """Return how much of one coin lies beyond each edge, from many entries spread over the bar's."""
    low = np.floor(path.near[t] / CELL) * CELL
    high = max(np.ceil(path.far[t] / CELL) * CELL, low + CELL)
    at = low + (high - low) * (np.arange(4000) + 0.5) / 4000
    before = curve.within(np.maximum(edges, path.cut[t])[:, None] - at).mean(axis=1)
    cut = curve.within(path.cut[t] - at).mean()
    share: Floats = 1.0 - (before - cut) / (1.0 - cut)
    return share


def beyond(lay: Deposits, t: int, p: int, slots: int) -> Floats:
    """Return how much of one coin lies beyond each edge of the lattice."""
    row, part = np.zeros(slots), list(lay.of(p))[t]
    row[part.close_slot] = part.at_close
    row[part.close_slot + 1 : part.end] = part.density * (part.near - part.far)
    return 1.0 - np.append(0.0, np.cumsum(row))


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("seed", few_fast(range(4)))
def test_deposits_are_the_integral_over_entries(seed: int, side: Side) -> None:
    """Every bar's deposit is what many single entries make, for the curve of each population."""
    path = side_path(random_bars(seed, 8), side)
    each = (curves(FEW, VENUE)[side][0], ENDLESS, curves(FEW, VENUE)[side][0])
    lattice = lattice_for(path, each, np.inf)
    edges = (lattice.start + np.arange(lattice.slots + 1.0)) * STEP
    lay = deposits(path, each, lattice)
    for t in range(8):
        for p, curve in enumerate(each):
            after = slice(int(lay.close_slot[t]) + 1, None)
            found, wanted = beyond(lay, t, p, lattice.slots), brute_force(path, t, curve, edges)
            assert found[after] == pytest.approx(wanted[after], abs=2e-5)


def test_populations_of_one_curve_share_its_table() -> None:
    """The dearest part is made once for each curve, not for each population."""
    path, curve = side_path(random_bars(1, 8), Side.LONG), curves(FEW, VENUE)[Side.LONG][0]
    lattice = lattice_for(path, [curve], np.inf)
    one, three = deposits(path, [curve], lattice), deposits(path, [curve] * 3, lattice)
    assert all(table.base is one.tables[0].base for table in three.tables)
    assert np.array_equal(three.near, np.repeat(one.near, 3, axis=0))


@pytest.mark.parametrize("side", Side)
def test_nothing_is_less_than_nothing(side: Side) -> None:
    """No slot gets a negative amount but what rounding leaves of one coin, and the close's slot gets none at all."""
    path = side_path(random_bars(3, 40), side)
    lattice = lattice_for(path, [ENDLESS], np.inf)
    lay = deposits(path, [ENDLESS], lattice)
    assert lay.at_close.min() >= 0.0
    for t in range(40):
        assert np.diff(beyond(lay, t, 0, lattice.slots)).max() < 1e-11


def test_slots_past_the_last_are_cut_off() -> None:
    """A lattice that stops early holds the same up to there."""
    path, curve = side_path(random_bars(2, 8), Side.LONG), curves(FEW, VENUE)[Side.LONG][0]
    whole = lattice_for(path, [curve], np.inf)
    short = Lattice(whole.start, int(np.floor(path.far.max() / STEP)) + 40 - whole.start)
    for t in range(8):
        expected = beyond(deposits(path, [curve], whole), t, 0, whole.slots)[: short.slots + 1]
        assert beyond(deposits(path, [curve], short), t, 0, short.slots) == pytest.approx(expected, abs=1e-12)


def test_a_bar_in_which_nothing_moved_has_entries_at_its_price() -> None:
    """Entries are at least one cell wide, so that their density is finite."""
    path, curve = side_path(random_bars(0, 5), Side.LONG), curves(FEW, VENUE)[Side.LONG][0]
    near, far = cells_entered(path)
    assert (far - near >= 1).all()
    assert (far - near == 1).any()
    assert np.isfinite(deposits(path, [curve], lattice_for(path, [curve], np.inf)).density).all()
