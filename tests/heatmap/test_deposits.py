import numpy as np
import pytest

from service.heatmap.assumptions import curves
from service.heatmap.bars import Floats
from service.heatmap.deposits import CELL, Deposits, entries
from service.heatmap.distance import DistanceCurve
from service.heatmap.path import SIDES, STEP, SidePath, side_path
from tests.heatmap.kernel_market import FEW, VENUE, random_bars


def brute_force(path: SidePath, t: int, curve: DistanceCurve, edges: Floats) -> Floats:
    """Return how much of one coin stands before each edge, from many entries spread across the bar."""
    low = np.floor(path.near[t] / CELL) * CELL
    high = max(np.ceil(path.far[t] / CELL) * CELL, low + CELL)
    at = low + (high - low) * (np.arange(4000) + 0.5) / 4000
    before = curve.within(edges[:, None] - at).mean(axis=1)
    first = (np.floor(path.cut[t] / STEP) + 1) * STEP
    cut = curve.within(first - at).mean()
    return np.maximum(before - cut, 0.0) / (1.0 - cut)


@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("seed", range(4))
def test_deposits_are_the_integral_over_entries(seed: int, side: int) -> None:
    """Every bar's deposit is what many single entries make, and sums to one."""
    bars = random_bars(seed, 8)
    path, curve = side_path(bars, side), curves(FEW, VENUE)[side]
    start, stop = int(np.floor(path.near.min() / STEP)), int((path.far.max() + curve.u[-1]) / STEP) + 3
    deposits = Deposits(path, curve, start, stop)
    edges = np.arange(start, stop + 1) * STEP
    for t in range(len(bars)):
        total = np.zeros(stop - start + 1)
        lowest = deposits.add(t, 2.0, total, 0)
        made = np.append(np.zeros(lowest), total[lowest:] - total[lowest])
        assert lowest == 0
        assert made == pytest.approx(2.0 * brute_force(path, t, curve, edges), abs=2e-5)
        assert total[-1] - total[lowest] == pytest.approx(2.0, rel=1e-9)


def test_a_shallower_deposit_moves_the_lowest_edge() -> None:
    """What was gone before the lowest edge stays gone when a deposit opens bins that lie before it."""
    bars = random_bars(1, 8)
    path, curve = side_path(bars, 1), curves(FEW, VENUE)[1]
    start, stop = int(np.floor(path.near.min() / STEP)), int((path.far.max() + curve.u[-1]) / STEP) + 3
    deposits, first = Deposits(path, curve, start, stop), entries(path, curve).first - start
    alone, after = np.zeros(stop - start + 1), np.linspace(-5.0, 7.0, stop - start + 1)
    t, gone = int(np.argmin(first)), int(first.min()) + 300
    rest = after[gone:] - after[gone]
    deposits.add(t, 1.0, alone, 0)
    lowest = deposits.add(t, 1.0, after, gone)
    assert lowest == first[t]
    made = after[lowest:] - after[lowest] - (alone[lowest:] - alone[lowest])
    assert made == pytest.approx(np.append(np.zeros(gone - lowest), rest), abs=1e-12)


def test_bins_past_the_last_are_cut_off() -> None:
    """A table that stops early holds the same amounts up to there."""
    bars = random_bars(2, 8)
    path, curve = side_path(bars, 1), curves(FEW, VENUE)[1]
    start, stop = int(np.floor(path.near.min() / STEP)), int((path.far.max() + curve.u[-1]) / STEP) + 3
    short = int(np.floor(path.far.max() / STEP)) + 40
    for t in range(len(bars)):
        whole, part = np.zeros(stop - start + 1), np.zeros(short - start + 1)
        Deposits(path, curve, start, stop).add(t, 1.0, whole, 0)
        Deposits(path, curve, start, short).add(t, 1.0, part, 0)
        assert part == pytest.approx(whole[: len(part)], abs=1e-12)
