import numpy as np
import pytest

from service.heatmap.base.arrays import Floats
from service.heatmap.stats.bootstrap import day_counts
from service.heatmap.touches.outcomes import BROKE, RECENT, SWEPT, Outcomes
from service.heatmap.touches.rules import TouchRules
from service.heatmap.touches.summary import Matches, TouchSummary, summarise

RULES = TouchRules(bootstraps=400)


def results(follow: Floats, outcome: int = SWEPT) -> Outcomes:
    """Return outcomes with this follow-through after every horizon."""
    count = len(follow)
    nothing = np.zeros(count)
    return Outcomes(nothing, nothing, nothing, np.ones(count, bool), np.stack([follow] * 3, 1), np.full(count, outcome))


def judged(hot: Floats, placebo: Floats, days: int = 20, *, placebo_days: int | None = None) -> TouchSummary:
    """Compare touches, two placebos each, spread over so many days; the placebos' own days are others."""
    owner = np.repeat(np.arange(len(hot)), 2)
    day = np.arange(len(hot)) % days
    matches = Matches(owner, day, 1000 + (day[owner] if placebo_days is None else np.arange(len(owner)) % placebo_days))
    signs = np.zeros(len(hot), dtype=bool)
    return summarise(results(hot), results(np.repeat(placebo, 2), BROKE), matches, signs, RULES, 3)


def test_better_zones_are_told_apart() -> None:
    """One ATR more than the placebos on every day: better, with the figures in words."""
    noise = np.random.default_rng(0).normal(0.0, 0.5, 60)
    found = judged(noise + 1.0, noise)
    assert found.better_than_placebo is True
    assert found.verdict.startswith("Hot zones did better than placebo zones: ")
    assert "difference +1.00" in found.verdict
    assert {item.metric: item.reading for item in found.comparisons} == {
        "swept_and_reversed": "higher", "broke_through": "lower", "follow_through_1": "higher",
        "follow_through_4": "higher", "follow_through_24": "higher",
    }  # fmt: skip


def test_zones_like_placebos_are_called_so() -> None:
    """Noise on both sides: no better, and that is said."""
    random = np.random.default_rng(1)
    found = judged(random.normal(size=60), random.normal(size=60))
    assert found.better_than_placebo is False
    assert found.verdict.startswith("Hot zones were no better than placebo zones: ")


def test_zones_worse_than_placebos_are_called_so() -> None:
    """One ATR less than the placebos on every day is not merely no better."""
    noise = np.random.default_rng(0).normal(0.0, 0.5, 60)
    found = judged(noise - 1.0, noise)
    assert found.better_than_placebo is False
    assert found.comparisons[3].reading == "lower"
    assert found.verdict.startswith("Hot zones did worse than placebo zones: ")


@pytest.mark.parametrize(("touches", "days"), [(19, 19), (60, 9), (0, 1)])
def test_too_few_to_tell(touches: int, days: int) -> None:
    """With few touches or few days nothing is read, however good the figures look, and that is said."""
    found = judged(np.full(touches, 5.0), np.zeros(touches), days)
    assert {item.reading for item in found.comparisons} == {"unknown"}
    assert found.better_than_placebo is None
    assert found.verdict.startswith("Too few touches")


def test_just_enough_to_tell() -> None:
    """Twenty touches on ten days are enough."""
    found = judged(np.full(20, 5.0), np.zeros(20), 10)
    assert {item.reading for item in found.comparisons} == {"higher", "lower"}
    assert found.better_than_placebo is True


def test_an_interval_against_a_plain_loop() -> None:
    """Each pair of touch and placebo counts as often as both their days were drawn, multiplied."""
    random = np.random.default_rng(5)
    hot, placebo = random.normal(size=30), random.normal(size=90)
    owner, day, placebo_day = random.integers(0, 25, 90), random.integers(0, 8, 30), random.integers(4, 12, 90)
    found = summarise(
        results(hot), results(placebo), Matches(owner, day, placebo_day), np.zeros(30, bool), RULES, 9
    ).comparisons[3]
    days = np.unique(np.concatenate((day, placebo_day)))
    figures = []
    for weights in day_counts(len(days), RULES.bootstraps, 9).T:
        drawn, gap, size = dict(zip(days.tolist(), weights.tolist(), strict=True)), 0.0, 0.0
        for i, j in zip(owner.tolist(), range(90), strict=True):
            weight = drawn[int(day[i])] * drawn[int(placebo_day[j])] / (owner == i).sum()
            gap, size = gap + weight * (hot[i] - placebo[j]), size + weight
        figures.append(gap / size)
    assert found.difference == pytest.approx(figures[0])
    assert (found.low, found.high) == pytest.approx(tuple(np.percentile(figures[1:], [2.5, 97.5])))
    assert found.touches == len(np.unique(owner))


def test_placebos_that_share_a_day_widen_the_interval() -> None:
    """Placebos from three days tell less than placebos from sixty."""
    by_day = np.tile(np.random.default_rng(4).normal(0.0, 3.0, 3), 20)
    few, many = (judged(np.zeros(60), by_day, 60, placebo_days=days).comparisons[3] for days in (3, 120))
    assert few.high is not None
    assert few.low is not None
    assert many.high is not None
    assert many.low is not None
    assert few.high - few.low > 1.5 * (many.high - many.low)


def width_of(found: TouchSummary) -> float:
    """Return how wide the interval of the follow-through is."""
    low, high = found.comparisons[3].low, found.comparisons[3].high
    assert low is not None
    assert high is not None
    return high - low


def test_days_are_the_clusters() -> None:
    """Sixty touches on six days vary as six do: the interval is wider than that of sixty days."""
    by_day = np.random.default_rng(2).normal(size=6)
    same = judged(np.tile(by_day, 10), np.zeros(60), days=6)
    own = judged(np.tile(by_day, 10), np.zeros(60), days=60)
    assert width_of(same) > 2 * width_of(own)


def test_one_day_has_no_interval() -> None:
    """A single day cannot show how days differ."""
    item = judged(np.ones(30), np.zeros(30), days=1).comparisons[3]
    assert (item.difference, item.low, item.high, item.reading) == (1.0, None, None, "unknown")


def test_a_touch_counts_once_however_many_placebos_it_has() -> None:
    """Placebos are averaged within their touch: 1 against the mean of 0 and 4, and 1 against 1."""
    owner = np.array([0, 0, 1])
    matches = Matches(owner, np.array([1, 2]), np.array([3, 4, 5]))
    found = summarise(
        results(np.array([1.0, 1.0])), results(np.array([0.0, 4.0, 1.0])), matches, np.array([True, False]), RULES, 0
    )
    assert found.comparisons[3].placebo == 1.5
    assert found.comparisons[3].difference == -0.5
    assert (found.matched, found.confirmed, found.confirmed_reversal, found.other_reversal) == (2, 1, 1.0, 1.0)


def test_touches_still_open_are_counted_apart() -> None:
    """A touch on the last bar is in no share."""
    recent = results(np.full(3, np.nan), RECENT)
    none = np.zeros(0, dtype=np.int64)
    found = summarise(recent, results(np.zeros(0)), Matches(none, np.arange(3), none), np.zeros(3, bool), RULES, 0)
    assert (found.touches, found.too_recent, found.swept_and_reversed) == (3, 3, 0)
    assert found.other_reversal is None
    assert found.comparisons[0].hot is None
