"""Heat: level maps are lukewarm, shelves hot, gaps cold, on one scale for every column."""

import numpy as np
import pytest

from service.heatmap.density.heat import BROAD, NARROW, SOFTNESS, SURROUNDINGS, heat_of, heat_on_bins, on_bins

STEP = 0.0006
N = 800


def rows(*shapes: np.ndarray) -> np.ndarray:
    """Return shapes as the columns of a map."""
    return np.stack(shapes)


@pytest.mark.parametrize("level", [1e-6, 1.0, 1e12])
def test_a_level_map_is_lukewarm_everywhere(level: float) -> None:
    """Also at its ends, and however much stands."""
    assert np.abs(heat_of(np.full((3, N), level), STEP) - 0.5).max() < 1e-9


def test_an_empty_map_is_cold() -> None:
    """Where nothing stands and nothing stands around, heat is 0 and no number is missing."""
    assert (heat_of(np.zeros((2, N)), STEP) == 0.0).all()


def test_what_was_swept_is_0_and_a_shelf_is_hot() -> None:
    """A gap of 4 % is empty in its middle; a shelf of half a percent that holds a quarter more is over .85."""
    shape = np.ones(N)
    shape[300:367] = 0.0
    shape[500:508] = 1.25
    (heat,) = heat_of(rows(shape), STEP)
    assert heat[333] < 1e-3
    assert heat[504] > 0.85
    assert int(heat[450:550].argmax()) + 450 in range(500, 508)


def test_the_formula() -> None:
    """Both branches by hand: the two averages with weights written out, and their ratio on the scale."""
    shape = 1.0 + 0.3 * np.sin(np.arange(N) / 40.0)
    (heat,) = heat_of(rows(shape), STEP)

    def average(at: int, sigma: float) -> float:
        reach = int(np.ceil(3.0 * sigma / STEP))
        near = np.arange(at - reach, at + reach + 1)
        weights = np.exp(-0.5 * ((near - at) * STEP / sigma) ** 2)
        return float((weights * shape[near]).sum() / weights.sum())

    for at in (300, 340, 400, 460):
        contrast = average(at, NARROW) / average(at, BROAD)
        expected = contrast**2 / 2 if contrast < 1 else 1 - np.exp(-(contrast - 1) / SOFTNESS) / 2
        assert heat[at] == pytest.approx(expected, abs=2e-5)


def test_mirrored_maps_have_mirrored_heat() -> None:
    """Nothing prefers a side."""
    shape = np.random.default_rng(1).random((4, N))
    np.testing.assert_allclose(heat_of(shape[:, ::-1], STEP), heat_of(shape, STEP)[:, ::-1], atol=1e-9)


def test_a_column_is_read_by_itself() -> None:
    """Altering later columns changes no earlier one, and the scale of a column changes nothing."""
    shape = np.random.default_rng(2).random((600, 200))
    altered = shape * np.linspace(1.0, 50.0, 600)[:, None]
    np.testing.assert_allclose(heat_of(altered, STEP), heat_of(shape, STEP), atol=1e-9)
    later = shape.copy()
    later[300:] = 7.0
    np.testing.assert_array_equal(heat_of(later, STEP)[:256], heat_of(shape, STEP)[:256])


def test_the_rim_needs_surroundings() -> None:
    """With SURROUNDINGS known beyond both ends, what is shown is the same as in a map that goes on."""
    margin = int(np.ceil(SURROUNDINGS / STEP)) + 1
    shape = np.random.default_rng(3).random((1, 3 * N))
    cut = heat_of(shape[:, N - margin : 2 * N + margin], STEP)[:, margin:-margin]
    np.testing.assert_allclose(cut, heat_of(shape, STEP)[:, N : 2 * N], atol=1e-6)


def test_on_wider_bins_heat_is_the_mean_of_what_they_cover() -> None:
    """Whole bins and parts of them, by log price; an edge below all known prices is no error."""
    heat = np.random.default_rng(4).random((2, 10))
    first = np.log(100.0)
    edges = np.exp(first + np.array([0.0, 2.0, 2.5, 7.0, 10.0]) * STEP)
    told = on_bins(heat, first, STEP, edges)
    by_hand = [
        heat[:, :2].mean(axis=1),
        heat[:, 2],
        (0.5 * heat[:, 2] + heat[:, 3:7].sum(axis=1)) / 4.5,
        heat[:, 7:].mean(axis=1),
    ]
    np.testing.assert_allclose(told, np.stack(by_hand, axis=1), atol=1e-9)
    assert np.isfinite(on_bins(heat, first, STEP, np.array([0.0, 50.0, 101.0]))).all()


def test_heat_read_on_bins_alone_is_the_mean_of_all() -> None:
    """To the last bit: sums are of whole units, wherever on the map the bins begin and end."""
    shape = np.random.default_rng(4).random((5, N)) * (np.random.default_rng(5).random((5, N)) < 0.9)
    for low, high in ((0.0, N), (100.3, 640.7), (17.0, 18.0)):
        edges = np.exp(STEP * np.linspace(low, high, 60))
        told = heat_on_bins(shape, 0.0, STEP, edges)
        assert told.tobytes() == on_bins(heat_of(shape, STEP), 0.0, STEP, edges).tobytes()
