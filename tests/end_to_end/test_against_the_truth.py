"""The map against what really stands on the simulated market: nearer to it than maps that know nothing."""

from collections.abc import Callable

import numpy as np
import pytest

from bench.truth import NEAR_PCT, WHOLE_PCT, Closeness, Halves, Scene, mean_closeness, scene
from service.market.feed import SETTLE_MS
from service.market.sim import sim

DAY = 86_400_000
NOW = 1_795_305_600_000  # 2026-11-22
SEED, MOMENTS, APART_DAYS = 7, 6, 5

# maps that know the price and nothing else, or put what the model knows in the wrong place
RIVALS: dict[str, Callable[[Scene], Halves]] = {
    "uniform": Scene.uniform,
    "mirrored": Scene.mirrored,
    "shifted away": lambda shown: shown.shifted(len(shown.model.long) // 4),
    "shifted near": lambda shown: shown.shifted(-(len(shown.model.long) // 4)),
}


def scenes(range_pct: float) -> list[Scene]:
    """Return the simulated bitcoin at several moments of a month."""

    def clock() -> float:
        # the last moment's newest bar is to have closed for good
        return (NOW + SETTLE_MS) / 1000

    venue = sim(clock=clock, seed=SEED)
    moments = [NOW - number * APART_DAYS * DAY for number in range(MOMENTS)]
    return [scene(venue, clock, "BTC", at, range_pct) for at in moments]


@pytest.fixture(scope="module")
def near() -> list[Scene]:
    """Return the scenes as a chart shows them."""
    return scenes(NEAR_PCT)


@pytest.fixture(scope="module")
def whole() -> list[Scene]:
    """Return the scenes with nearly all that stands."""
    return scenes(WHOLE_PCT)


def closeness(shown: list[Scene], made: Callable[[Scene], Halves]) -> Closeness:
    """Return how close a kind of map comes to the truth, on average."""
    return mean_closeness([each.closeness(made(each), each.truth()) for each in shown])


@pytest.mark.parametrize("rival", RIVALS)
def test_the_map_is_nearer_to_the_whole_truth(whole: list[Scene], rival: str) -> None:
    """Over all that stands, much less has to be moved to make the map true than its rivals, and bins rank better."""
    model, other = closeness(whole, lambda each: each.model), closeness(whole, RIVALS[rival])
    assert model.wasserstein_pct < 0.7 * other.wasserstein_pct
    assert model.rank_correlation > other.rank_correlation + 0.2
    assert model.top_decile > other.top_decile


@pytest.mark.slow
@pytest.mark.parametrize("rival", RIVALS)
def test_the_map_is_nearer_to_the_truth_around_the_price(near: list[Scene], rival: str) -> None:
    """Where it is hardest, within the reach of a chart, the map is still the nearest on each measure."""
    model, other = closeness(near, lambda each: each.model), closeness(near, RIVALS[rival])
    assert model.wasserstein_pct < other.wasserstein_pct
    assert model.rank_correlation > other.rank_correlation + 0.1
    assert model.top_decile > other.top_decile


def test_the_map_holds_a_steady_share_of_what_there_is(whole: list[Scene]) -> None:
    """Not the shape alone: on either side the amount follows that of the true positions from moment to moment.

    It is three fifths of it. The model takes most of open interest to be slow and far away, as it is on real exchanges;
    the simulated traders all use leverage, so more of theirs stands within the range.
    """
    for side in ("long", "short"):
        shares = np.array([getattr(each.model, side).sum() / getattr(each.truth(), side).sum() for each in whole])
        assert 0.5 <= shares.mean() < 0.7
        assert np.abs(shares / shares.mean() - 1.0).max() < 0.1


@pytest.mark.slow
def test_the_truth_is_nearest_to_itself(near: list[Scene]) -> None:
    """The measures themselves: nothing beats the truth, and its halves are what random halves can be."""
    for each in near:
        truth = each.truth()
        same = each.closeness(truth, truth)
        assert (same.wasserstein_pct, same.top_decile) == (0, 1)
        assert same.rank_correlation == pytest.approx(1)
        halves = each.ceiling(np.random.default_rng(0), 3)
        assert halves.wasserstein_pct > 0
        assert 0 < halves.rank_correlation < 1
        heads = np.arange(len(each.positions.size)) % 2 == 0
        parts = each.truth(heads), each.truth(~heads)
        assert parts[0].total + parts[1].total == pytest.approx(truth.total)
