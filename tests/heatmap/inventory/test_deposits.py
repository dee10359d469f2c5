import numpy as np
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.base.side import Side
from service.heatmap.inventory.adverse import SidePath, side_path
from service.heatmap.inventory.assumptions import curves
from service.heatmap.inventory.deposits import CELL, STEP, Deposits, entries
from service.heatmap.inventory.distance import DistanceCurve
from tests.support.kernel_market import FEW, VENUE, random_bars


def brute_force(path: SidePath, t: int, curve: DistanceCurve, edges: Floats) -> Floats:
    """Return how much of one coin lies beyond each edge, from many entries spread over the bar's."""
    low = np.floor(path.near[t] / CELL) * CELL
    high = max(np.ceil(path.far[t] / CELL) * CELL, low + CELL)
    at = low + (high - low) * (np.arange(4000) + 0.5) / 4000
    before = curve.within(np.maximum(edges, path.cut[t])[:, None] - at).mean(axis=1)
    cut = curve.within(path.cut[t] - at).mean()
    return 1.0 - (before - cut) / (1.0 - cut)


def lattice_of(path: SidePath, curve: DistanceCurve) -> tuple[int, int]:
    """Return the first and last edge that the deposits of a path can need."""
    return int(np.floor(path.near.min() / STEP)), int((path.far.max() + curve.u[-1]) / STEP) + 3


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("seed", range(4))
def test_deposits_are_the_integral_over_entries(seed: int, side: Side) -> None:
    """Every bar's deposit is what many single entries make, for each of two amounts."""
    bars = random_bars(seed, 8)
    path, curve = side_path(bars, side), curves(FEW, VENUE)[side]
    start, stop = lattice_of(path, curve)
    deposits = Deposits(path, curve, start, stop)
    edges = np.arange(start, stop + 1) * STEP
    for t in range(len(bars)):
        rows = [np.zeros(stop - start + 1), np.zeros(stop - start + 1)]
        assert deposits.add(t, [2.0, 0.5], rows, 0, [0.0, 0.0]) == 0
        wanted = brute_force(path, t, curve, edges)
        assert rows[0] == pytest.approx(2.0 * wanted, abs=2e-5)
        assert rows[1] == pytest.approx(0.25 * rows[0], rel=1e-12)
        assert rows[0][0] == pytest.approx(2.0, rel=1e-12)


def test_a_shallower_deposit_moves_the_front() -> None:
    """What was gone before the front stays gone when a deposit lies before it, and what stood beyond still does."""
    bars = random_bars(1, 8)
    path, curve = side_path(bars, Side.LONG), curves(FEW, VENUE)[Side.LONG]
    start, stop = lattice_of(path, curve)
    deposits = Deposits(path, curve, start, stop)
    first = np.floor(path.cut / STEP).astype(int) + 1 - start
    t = int(np.argmin(first))
    front = int(first[t]) + 300
    alone, after = np.zeros(stop - start + 1), np.linspace(7.0, 1.0, stop - start + 1)
    stood = np.concatenate((np.full(front + 1, 4.0), after[front + 1 :]))
    deposits.add(t, [1.0], [alone], 0, [0.0])
    lowest = deposits.add(t, [1.0], [after], front, [4.0])
    assert lowest == first[t] - 1
    assert after[lowest + 1 :] - alone[lowest + 1 :] == pytest.approx(stood[lowest + 1 :], abs=1e-12)


def test_nothing_stands_before_the_close() -> None:
    """Between the edges around the close the straight line meets the whole amount at the close itself."""
    bars = random_bars(1, 8)
    path, curve = side_path(bars, Side.LONG), curves(FEW, VENUE)[Side.LONG]
    start, stop = lattice_of(path, curve)
    deposits = Deposits(path, curve, start, stop)
    for t, cut in enumerate((path.cut / STEP - start).tolist()):
        row = np.zeros(stop - start + 1)
        deposits.add(t, [3.0], [row], int(cut), [0.0])
        assert np.interp(cut, np.arange(len(row)), row) == pytest.approx(3.0, rel=1e-9)
        assert row[int(cut) + 1] <= 3.0 <= row[int(cut)] + 1e-12


def test_edges_past_the_last_are_cut_off() -> None:
    """A lattice that stops early holds the same up to there."""
    bars = random_bars(2, 8)
    path, curve = side_path(bars, Side.LONG), curves(FEW, VENUE)[Side.LONG]
    start, stop = lattice_of(path, curve)
    short = int(np.floor(path.far.max() / STEP)) + 40
    for t in range(len(bars)):
        whole, part = np.zeros(stop - start + 1), np.zeros(short - start + 1)
        Deposits(path, curve, start, stop).add(t, [1.0], [whole], 0, [0.0])
        Deposits(path, curve, start, short).add(t, [1.0], [part], 0, [0.0])
        assert part == pytest.approx(whole[: len(part)], abs=1e-12)


def test_a_bar_in_which_nothing_moved_has_entries_at_its_price() -> None:
    """Entries are at least one cell wide, so that their density is finite."""
    bars = random_bars(0, 5)
    found = entries(side_path(bars, Side.LONG), curves(FEW, VENUE)[Side.LONG])
    assert (found.far - found.near >= 1).all()
    assert (found.far - found.near == 1).any()
    assert np.isfinite(found.density).all()
