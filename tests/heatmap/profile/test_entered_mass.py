from collections.abc import Callable

import numpy as np
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.profile.entered_mass import FASTEST, Entries, Limits, numpy_mass

Case = tuple[Limits, Entries, Floats, Floats]


def case(seed: int, bars: int = 40, borders: int = 7, edges: int = 60) -> Case:
    """Return bars in a few groups, the borders of buckets, and prices that begin before and end beyond all of it."""
    random = np.random.default_rng(seed)
    near = random.integers(-400, 400, bars)
    entries = Entries(near, near + random.integers(1, 200, bars), random.random(bars))
    group = np.sort(random.integers(0, 6, bars))
    first = np.flatnonzero(np.append(True, np.diff(group) > 0))
    limit = np.sort(random.uniform(-300.0, 500.0, len(first)))
    limits = Limits(limit, np.append(first, bars), random.permutation(bars))
    return limits, entries, np.sort(random.uniform(0.0, 900.0, borders)), np.sort(random.uniform(-500.0, 2500.0, edges))


def by_hand(limits: Limits, entries: Entries, border: Floats, edge: Floats) -> Floats:
    """Return the same bar by bar and cell by cell: what one put between two places, if these are beyond its limit."""

    def before(bar: int, place: float) -> float:
        cells, whole = np.arange(entries.near[bar], entries.far[bar]), np.floor(place)
        # A cell's share rises from 0 to 1 along it; its integral is known at whole cells and a line between them.
        low, high = (np.where(at > cells, at - cells - 0.5, 0.0) for at in (whole, whole + 1.0))
        return float((low + (place - whole) * (high - low)).sum() * entries.density[bar])

    mass = np.zeros((len(border), len(edge) - 1))
    for limit, start, stop in zip(limits.limit, limits.first_bar[:-1], limits.first_bar[1:], strict=True):
        for bar in limits.bar[start:stop]:
            for number, distance in enumerate(border):
                mass[number] += np.diff([before(bar, max(place, limit) - distance) for place in edge])
    return mass


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("mass", [FASTEST, numpy_mass])
def test_against_bars_one_by_one(mass: Callable[..., Floats], seed: int) -> None:
    """The running sums give what summing bar by bar and cell by cell gives."""
    given = case(seed, bars=12, borders=3, edges=20)
    np.testing.assert_allclose(mass(*given), by_hand(*given), rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("seed", range(30))
def test_compiled_and_numpy_give_the_same_bytes(seed: int) -> None:
    """Whichever runs, an answer is the same to the last bit."""
    assert FASTEST is not numpy_mass, "not built: `make test` does it"
    given = case(seed, bars=1 + 9 * seed, borders=1 + seed % 9, edges=2 + 7 * (seed % 11))
    found = FASTEST(*given)
    assert found.tobytes() == numpy_mass(*given).tobytes()
    assert found.min() >= -1e-9 * found.max()


@pytest.mark.parametrize("mass", [FASTEST, numpy_mass])
def test_no_bar_entered_nothing(mass: Callable[..., Floats]) -> None:
    """Where nothing can stand there is no limit at all."""
    _, entries, border, edge = case(1)
    none = Limits(np.empty(0), np.zeros(1, np.int64), np.empty(0, np.int64))
    assert not mass(none, entries, border, edge).any()


def test_beyond_everything_two_borders_differ_by_nothing() -> None:
    """There a bucket holds exactly nothing, and no dust that could be scaled up."""
    limits, entries, border, edge = case(3)
    beyond = edge[:-1] > entries.far.max() + border.max()
    mass = FASTEST(limits, entries, border, edge)[:, beyond]
    assert mass.size
    assert (mass == mass[0]).all()
