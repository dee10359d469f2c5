import numpy as np
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.base.side import Side
from service.heatmap.skill.baselines import path_baselines
from service.heatmap.skill.regression import Losses, out_of_sample, path_features
from tests.support.skill_market import walk


def naive_errors(features: Floats, target: Floats) -> Floats:
    """Fit each half by least squares with one penalty row per slope, return the other half's squared errors."""
    count, width = features.shape
    errors = np.empty(count)
    halves = np.arange(count // 2), np.arange(count // 2, count)
    for train, test in (halves, halves[::-1]):
        mean, spread = features[train].mean(axis=0), features[train].std(axis=0)
        scaled = ((features - mean) / spread).clip(-6, 6)
        rows = np.vstack([np.column_stack([np.ones(len(train)), scaled[train]]), np.eye(width + 1)[1:]])
        slopes = np.linalg.lstsq(rows, np.concatenate([target[train], np.zeros(width)]))[0]
        residual = target - slopes[0] - scaled @ slopes[1:]
        errors[test] = residual[test] ** 2
    return errors


def case(seed: int, count: int = 121) -> tuple[Floats, Floats, Floats]:
    """Return features with an outlier, a prediction with zeros, and liquidations that hang on both."""
    random = np.random.default_rng(seed)
    features, swept = random.standard_normal((count, 3)), random.lognormal(size=count)
    features[5, 1] = 40.0
    swept[:4] = 0.0
    liquidated = np.exp(features[:, 0] + np.log(swept + 0.1) + random.standard_normal(count))
    liquidated[7:20] = 0.0
    return features, swept, liquidated


def test_losses_are_those_of_a_plain_ridge_fit() -> None:
    """Held-out errors, and the yardstick equal a least-squares twin with penalty rows."""
    features, swept, liquidated = case(1)
    found = out_of_sample(features, swept, liquidated)
    target = np.log(liquidated + 0.05 * np.median(liquidated[liquidated > 0]))
    prediction = np.log(swept + 0.01 * swept.mean())
    path = naive_errors(features, target)
    both = naive_errors(np.column_stack([features, prediction]), target)
    np.testing.assert_allclose(found.path, path, rtol=1e-8, atol=1e-12)
    np.testing.assert_allclose(found.with_map, both, rtol=1e-8, atol=1e-12)
    middle = len(target) // 2
    means = np.where(np.arange(len(target)) < middle, target[:middle].mean(), target[middle:].mean())
    np.testing.assert_allclose(found.mean, (target - means) ** 2)


@pytest.mark.parametrize("amount", [0.0, 0.3, 1e9])
def test_what_a_constant_prediction_adds_is_not_defined(amount: float) -> None:
    """A map that says the same of every hour is not judged by the rounding errors that it leaves; the path still is."""
    features, _, liquidated = case(2)
    found = out_of_sample(features, np.full(len(liquidated), amount), liquidated)
    ones = np.ones((len(liquidated), 1))
    assert np.isnan(found.with_map).all()
    assert np.isnan(found.r2_with_map(ones)).all()
    assert np.isfinite(found.r2_path(ones)).all()


def test_units_do_not_matter() -> None:
    """Predictions and liquidations may be in any unit."""
    features, swept, liquidated = case(3)
    found, other = out_of_sample(features, swept, liquidated), out_of_sample(features, 1e9 * swept, 1e-4 * liquidated)
    np.testing.assert_allclose(other.with_map, found.with_map, rtol=1e-6, atol=1e-9)


def test_r2_weighs_the_hours() -> None:
    """A resample's R2 is that of its hours written out; none is defined where nothing varies."""
    losses = Losses(*(np.array(v) for v in ([4.0, 2.0, 6.0], [1.0, 2.0, 2.0], [5.0, 0.0, 10.0])))
    weights = np.array([[1.0, 2.0, 0.0], [1.0, 1.0, 3.0], [1.0, 0.0, 0.0]])
    np.testing.assert_allclose(losses.r2_path(weights), [1.0 - 12.0 / 15.0, 1.0 - 10.0 / 10.0, np.nan])
    np.testing.assert_allclose(losses.r2_with_map(weights), [1.0 - 5.0 / 15.0, 1.0 - 4.0 / 10.0, np.nan])


def test_features_are_fourteen_and_finite() -> None:
    """The path gives 14 regressors a side, 13 where no open interest is known."""
    bars = walk(seed=4, days=4)
    for side in Side:
        features = path_features(path_baselines(bars), side)
        assert features.shape == (len(bars), 14)
        assert np.isfinite(features).all()
    bars.open_interest[:] = np.nan
    assert path_features(path_baselines(bars), Side.LONG).shape == (len(bars), 13)
