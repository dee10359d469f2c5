import numpy as np
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.skill.baselines import path_baselines
from service.heatmap.skill.regression import Losses
from service.heatmap.skill.side import BLOCK, EXTREME_PREDICTORS, MAP, SideSkill
from service.heatmap.stats.bootstrap import day_counts
from service.heatmap.stats.ranking import Ranking, correlation
from tests.support.skill_market import Case, market


@pytest.fixture
def case() -> Case:
    """Twenty days of the made-up market."""
    return market(seed=11, days=20)


def predictions(case: Case) -> dict[str, Floats]:
    """Return the map first, then the long side's baselines."""
    return {MAP: case.predicted.long, **{name: sides.long for name, sides in path_baselines(case.bars).items()}}


def losses(count: int) -> Losses:
    """Return made-up losses."""
    return Losses(*np.random.default_rng(12).random((3, count)))


def test_resamples_are_those_of_the_days_written_out(case: Case) -> None:
    """Each resample equals building its sample by joining the drawn days and scoring it as a sample of its own."""
    values, liquidated, count = predictions(case), case.liquidated.long, len(case.bars)
    day, made = np.repeat(np.arange(20), 24), losses(count)
    found = SideSkill(values, liquidated, [made], day).resampled(day_counts(20, resamples=4, seed=3))
    random = np.random.default_rng(3)
    for draw in range(1, 5):
        rows = np.concatenate([np.flatnonzero(day == d) for d in random.integers(0, 20, 20)])
        again = Losses(*(part[rows] for part in (made.path, made.with_map, made.mean)))
        sample = SideSkill({k: v[rows] for k, v in values.items()}, liquidated[rows], [again], day)
        alone = sample.resampled(np.ones((20, 1)))
        for name in ("spearman", "capture", "extreme_spearman", "r2_path", "r2_with_map", "r2_gain", "partial"):
            np.testing.assert_allclose(getattr(found, name)[..., draw], getattr(alone, name)[..., 0], atol=1e-9)


def test_blocks_join_to_the_whole(case: Case) -> None:
    """Resamples come in blocks; a sample that repeats gives the same figures in every block."""
    resamples = 3 * BLOCK // len(case.bars)
    side = SideSkill(predictions(case), case.liquidated.long, [losses(len(case.bars))], np.repeat(np.arange(20), 24))
    found = side.resampled(np.ones((20, resamples)))
    assert found.spearman.shape == (len(predictions(case)), resamples)
    assert found.extreme_spearman.shape == (len(EXTREME_PREDICTORS), resamples)
    for values in (found.spearman, found.capture, found.extreme_spearman, found.r2_gain, found.partial):
        assert np.ptp(values, axis=-1) == pytest.approx(0.0, abs=1e-9)


def test_extremes_are_scored_alone(case: Case) -> None:
    """The extreme block ranks the bars with a new 24-bar low among themselves."""
    values, liquidated = predictions(case), case.liquidated.long
    side = SideSkill(values, liquidated, [losses(len(case.bars))], np.repeat(np.arange(20), 24))
    rows = np.flatnonzero(values["new_extreme_24"] > 0)
    assert side.extreme_bars == len(rows)
    ones = np.ones((len(rows), 1))
    target = Ranking(liquidated[rows]).centred_ranks(ones)
    expected = [correlation(Ranking(values[n][rows]).centred_ranks(ones), target, ones) for n in EXTREME_PREDICTORS]
    np.testing.assert_allclose(side.resampled(np.ones((20, 1))).extreme_spearman, expected)


def test_too_few_extremes_are_undefined(case: Case) -> None:
    """Without a new extreme there is nothing to rank: NaN without a warning, and the rest stands."""
    values = predictions(case) | {"new_extreme_24": np.zeros(len(case.bars))}
    side = SideSkill(values, case.liquidated.long, [losses(len(case.bars))], np.repeat(np.arange(20), 24))
    found = side.resampled(np.ones((20, 2)))
    assert np.isnan(found.extreme_spearman).all()
    assert np.isfinite(found.spearman[0]).all()
    assert np.isfinite(found.partial).all()
