import numpy as np
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.base.compiled import LIBRARY
from service.heatmap.base.side import Side
from service.heatmap.inventory import deposit_loop
from service.heatmap.inventory.adverse import side_path
from service.heatmap.inventory.assumptions import curves
from service.heatmap.inventory.deposit_loop import NUMPY, PHASES, Entered, Loops, loops_of
from service.heatmap.inventory.deposits import cells_entered
from service.heatmap.inventory.distance import DistanceCurve, distance_curve
from tests.support.kernel_market import FEW, VENUE, random_bars

# A tenth of it is never liquidated; of the other next to nothing can stand; the last is as narrow as can be.
CURVES = {
    "few": curves(FEW, VENUE)[Side.LONG][0],
    "endless": distance_curve(np.array([0.0, 0.5, 0.9, 0.99]), np.array([0.1, 0.3, 0.6]), np.array([1.0, 5.0, 20.0])),
    "no room": distance_curve(1.0 - np.array([2e-15, 1e-15]), np.ones(1), np.array([400.0])),
    "never": distance_curve(np.array([0.0, 0.0]), np.ones(1), np.array([1.0])),
}


def compiled() -> Loops:
    """Return the compiled loops, which the environment must have."""
    found = loops_of(LIBRARY)
    assert found is not None, "the library was not built: `make test` does it"
    return found


def entered(seed: int, bars: int, offset: int) -> Entered:
    """Return the entries of random bars, the first edge beyond each close so many cells after it."""
    path = side_path(random_bars(seed, bars), Side.LONG)
    near, far = cells_entered(path)
    return Entered(near, far, near // PHASES * PHASES + offset, path.cut)


def test_they_are_used() -> None:
    """Where they are built, nothing slower runs; where not, numpy does."""
    assert deposit_loop.FASTEST is not NUMPY
    assert loops_of(None) is None


@pytest.mark.parametrize("offset", [-PHASES, 0, PHASES, 200 * PHASES])
@pytest.mark.parametrize("seed", range(5))
def test_deposits_are_the_same_to_the_last_bit(seed: int, offset: int) -> None:
    """Whichever runs, an answer is the same: bars of one price, closes at either end, curves that end early."""
    given = entered(seed, 80, offset)
    fast, slow = (loops.lay(given, tuple(CURVES.values())) for loops in (compiled(), NUMPY))
    assert [each.tobytes() for each in fast] == [each.tobytes() for each in slow]
    assert np.isfinite(fast.density).all()


def test_each_curve_has_its_own_deposits() -> None:
    """Those that it has alone, in the order given."""
    given, several = entered(1, 40, 0), compiled().lay(entered(1, 40, 0), tuple(CURVES.values()))
    assert len({row.tobytes() for row in several.density}) > 1
    for p, curve in enumerate(CURVES.values()):
        alone = compiled().lay(given, (curve,))
        assert [each[p].tobytes() for each in several] == [each[0].tobytes() for each in alone]


@pytest.mark.parametrize("name", CURVES)
@pytest.mark.parametrize(("before", "after"), [(0, 2), (256, 1), (1, 1), (256, 512), (0, 9000)])
def test_tables_are_the_same_to_the_last_bit(name: str, before: int, after: int) -> None:
    """From before the first distance to far beyond the last."""
    fast, slow = (loops.table(CURVES[name], before, after) for loops in (compiled(), NUMPY))
    assert fast.shape == (PHASES, before + after - 1)
    assert fast.tobytes() == slow.tobytes()


def test_a_table_is_the_integral_of_the_curve_over_steps() -> None:
    """Row f, column n: from the edge n less f cells to the next edge less as many."""
    curve: DistanceCurve = CURVES["few"]
    phases, edges = np.arange(PHASES)[:, None], np.arange(-3.0, 400.0)
    wanted: Floats = np.diff(curve.integral(deposit_loop.CELL * (edges * PHASES - phases)), axis=1)
    np.testing.assert_allclose(NUMPY.table(curve, 3, 400), wanted, atol=1e-15)
