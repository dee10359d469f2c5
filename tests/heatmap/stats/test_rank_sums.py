import numpy as np
import pytest

from service.heatmap.stats.rank_sums import (
    FOLLOW,
    MOMENTS,
    MOST_POWERS,
    POWER_MOMENTS,
    RANKS,
    Order,
    PowerLoop,
    Pulled,
    numpy_follow,
    numpy_moments,
    numpy_power_moments,
    numpy_ranks,
)


def order_of(values: np.ndarray) -> Order:
    """Return the order of some values, with their ties."""
    order = np.argsort(values, kind="stable")
    changes = np.flatnonzero(np.diff(values[order]) > 0.0) + 1
    return Order(order, np.concatenate(([0], changes, [len(values)])).astype(np.int64))


@pytest.mark.parametrize("draws", [1, 2, 7, 41])
@pytest.mark.parametrize("hours", [1, 2, 30, 300])
def test_compiled_and_numpy_give_the_same_bytes(hours: int, draws: int) -> None:
    """Whichever runs, a score is the same to the last bit."""
    assert RANKS is not numpy_ranks, "not built: `make test` does it"
    random = np.random.default_rng(hours)
    values = np.round(random.random(hours), 1)
    weights, amount = random.integers(0, 4, (hours, draws)).astype(float), random.gamma(0.5, 1e6, hours)
    order = order_of(values)
    ranks, others = (RANKS(each, weights) for each in (order, order_of(amount)))
    assert ranks.tobytes() == numpy_ranks(order, weights).tobytes()
    drawn = Pulled(weights, weights * others, weights.sum(axis=0))
    for below in (drawn.total - 1.0, np.floor(0.5 * drawn.total), np.zeros(draws), np.full(draws, -1.0)):
        found, expected = (loop(order, drawn, amount, below) for loop in (FOLLOW, numpy_follow))
        for one, other in zip(found, expected, strict=True):
            assert one.tobytes() == other.tobytes()
    for one, other in zip(MOMENTS(ranks, others, weights), numpy_moments(ranks, others, weights), strict=True):
        assert one.tobytes() == other.tobytes()


@pytest.mark.parametrize("draws", [1, 15, 16, 17, 40])
@pytest.mark.parametrize(("columns", "squares"), [(1, 0), (2, 0), (3, 1), (8, 6), (16, 16)])
def test_compiled_and_numpy_sum_the_same_powers(columns: int, squares: int, draws: int) -> None:
    """Whichever runs, a partial correlation is the same to the last bit."""
    assert POWER_MOMENTS is not numpy_power_moments, "not built: `make test` does it"
    random = np.random.default_rng(draws)
    ranks, weights = random.normal(0.0, 400.0, (columns, 50, draws)), random.integers(0, 4, (50, draws)).astype(float)
    found, expected = (loop(ranks, squares, weights) for loop in (POWER_MOMENTS, numpy_power_moments))
    assert found.shape == (columns + squares, columns + squares, draws)
    assert found.tobytes() == expected.tobytes()


@pytest.mark.parametrize("loop", [POWER_MOMENTS, numpy_power_moments])
def test_more_columns_than_there_is_room_for_are_refused(loop: PowerLoop) -> None:
    """The compiled loop keeps its sums in an array of its own."""
    with pytest.raises(ValueError, match="33 columns"):
        loop(np.zeros((MOST_POWERS, 3, 2)), 1, np.ones((3, 2)))


def test_by_hand() -> None:
    """Three hours of which two are tied; the tied ones are drawn once and twice, the other once."""
    order = Order(np.array([2, 0, 1]), np.array([0, 1, 3]))
    weights = np.array([[1.0], [2.0], [1.0]])
    ranks = RANKS(order, weights)
    # Ranks 1 and three times 3, whose mean is 2.5.
    assert ranks.ravel().tolist() == [0.5, 0.5, -1.5]
    found = FOLLOW(
        order, Pulled(weights, weights * ranks, np.array([4.0])), np.array([10.0, 20.0, 5.0]), np.array([1.0])
    )
    # Before the tied ones no more than 1 is drawn; up to them all is, 5 of it in the lowest hour.
    assert [float(each[0]) for each in found] == [3.0, 3.0, 1.0, 4.0, 5.0, 55.0, 55.0]
