import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.heatmap.base.arrays import Floats
from service.heatmap.stats.ranking import Ranking, correlation, partial_correlation

HOURS = st.integers(3, 25)


def plain_ranks(values: list[float]) -> list[float]:
    """Rank from 1, ties sharing the mean of their places, by counting."""
    return [sum(v < value for v in values) + (values.count(value) + 1) / 2 for value in values]


def plain_correlation(a: list[float], b: list[float]) -> float:
    """Pearson's correlation by its definition."""
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    across = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
    spread = sum((x - mean_a) ** 2 for x in a) * sum((y - mean_b) ** 2 for y in b)
    return across / math.sqrt(spread) if spread > 0 else math.nan


def plain_capture(values: list[float], amounts: list[float], share: float) -> float:
    """Average over the ties at the threshold, one hour at a time from the top."""
    left, caught = max(int(len(values) * share), 1), 0.0
    for level in sorted(set(values), reverse=True):
        here = [amount for value, amount in zip(values, amounts, strict=True) if value == level]
        taken = min(left, len(here))
        caught += sum(here) * taken / len(here)
        left -= taken
    return caught / sum(amounts) if sum(amounts) > 0 else math.nan


def capture(values: Floats, amounts: Floats, weights: Floats, share: float) -> Floats:
    """Return the capture alone."""
    return Ranking(values).spearman_and_capture(Ranking(amounts).as_target(weights), amounts, share)[1]


@st.composite
def resampled(draw: st.DrawFn) -> tuple[Floats, Floats, Floats]:
    """Two columns with many ties and three resamplings of their hours, none of them empty."""
    count = draw(HOURS)
    column = st.lists(st.integers(0, 6), min_size=count, max_size=count)
    a, b = (np.array(draw(column), dtype=float) for _ in range(2))
    weights = np.array([draw(column) for _ in range(3)], dtype=float).T
    weights[0] += 1.0
    return a, b, weights


def written_out(values: Floats, times: Floats) -> list[float]:
    """Repeat each hour as often as it was drawn."""
    return np.repeat(values, times.astype(int)).tolist()


@settings(max_examples=settings().max_examples, deadline=None)
@given(resampled())
def test_spearman_is_that_of_the_hours_written_out(case: tuple[Floats, Floats, Floats]) -> None:
    """Weighted ranks give what ranking the repeated hours in plain Python gives, ties and all."""
    a, b, weights = case
    found = correlation(Ranking(a).centred_ranks(weights), Ranking(b).centred_ranks(weights), weights)
    for draw, times in enumerate(weights.T):
        ranks = [plain_ranks(written_out(values, times)) for values in (a, b)]
        assert found[draw] == pytest.approx(plain_correlation(*ranks), abs=1e-12, nan_ok=True)
    followed = Ranking(a).spearman_and_capture(Ranking(b).as_target(weights), b, 0.1)[0]
    assert followed.tobytes() == found.tobytes()


@settings(max_examples=settings().max_examples, deadline=None)
@given(resampled(), st.sampled_from([0.05, 0.1, 0.3, 0.9]))
def test_capture_is_that_of_the_hours_written_out(case: tuple[Floats, Floats, Floats], share: float) -> None:
    """Weighted capture gives what walking down the repeated hours in plain Python gives, ties shared."""
    a, b, weights = case
    found = capture(a, b, weights, share)
    for draw, times in enumerate(weights.T):
        expected = plain_capture(written_out(a, times), written_out(b, times), share)
        assert found[draw] == pytest.approx(expected, abs=1e-12, nan_ok=True)


def test_capture_worked_by_hand() -> None:
    """Three of ten hours: the top one whole, and half of the four tied next."""
    values = np.array([9.0, 5.0, 5.0, 5.0, 5.0, 1.0, 1.0, 1.0, 1.0, 1.0])
    amounts = np.array([10.0, 4.0, 0.0, 2.0, 2.0, 1.0, 1.0, 0.0, 0.0, 0.0])
    assert capture(values, amounts, np.ones((10, 1)), 0.3) == pytest.approx([(10.0 + 8.0 / 2) / 20.0])


def test_partial_correlation_is_that_of_the_residuals() -> None:
    """The matrix shortcut equals regressing the repeated hours' ranks on the controls' ranks and their squares."""
    random = np.random.default_rng(6)
    a, b, *controls = random.standard_normal((5, 80)).round(1)
    b = b + a + controls[0]
    weights = random.integers(0, 4, (80, 6)).astype(float)
    columns = [Ranking(values).centred_ranks(weights) for values in (a, b, *controls)]
    found = partial_correlation(columns[0], columns[1], columns[2:], weights)
    for draw, times in enumerate(weights.T):
        ranks = [np.array(plain_ranks(written_out(values, times))) for values in (a, b, *controls)]
        known = np.column_stack([np.ones(len(ranks[0])), *ranks[2:], *(rank**2 for rank in ranks[2:])])
        rest = [rank - known @ np.linalg.lstsq(known, rank)[0] for rank in ranks[:2]]
        assert found[draw] == pytest.approx(plain_correlation(rest[0].tolist(), rest[1].tolist()), abs=1e-9)


@pytest.mark.parametrize("extra", ["constant", "binary", "repeated"])
def test_partial_correlation_survives_controls_that_say_the_same(extra: str) -> None:
    """A control that is constant, has two values, or repeats another one adds no more than it holds."""
    random = np.random.default_rng(7)
    a, b, control = random.standard_normal((3, 60))
    weights = np.ones((60, 1))
    added = {"constant": np.zeros(60), "binary": np.where(np.arange(60) < 9, 1.0, 0.0), "repeated": control**3}[extra]
    rank_a, rank_b, *controls = (Ranking(values).centred_ranks(weights) for values in (a, b, control, added))
    found = partial_correlation(rank_a, rank_b, controls, weights)
    binary = [controls[1][:, 0]] if extra == "binary" else []
    known = np.column_stack([np.ones(60), controls[0], controls[0] ** 2, *binary])
    rest = [rank[:, 0] - known @ np.linalg.lstsq(known, rank[:, 0])[0] for rank in (rank_a, rank_b)]
    assert found[0] == pytest.approx(plain_correlation(rest[0].tolist(), rest[1].tolist()), abs=1e-9)


def test_partial_correlation_of_a_control_is_undefined() -> None:
    """When the map is one of the controls nothing is left of it: NaN, not the correlation of rounding errors."""
    weights = np.random.default_rng(8).integers(0, 4, (60, 3)).astype(float)
    a, b = (Ranking(v).centred_ranks(weights) for v in np.random.default_rng(9).standard_normal((2, 60)))
    assert np.isnan(partial_correlation(a, b, [a], weights)).all()


def test_nothing_to_rank_is_undefined() -> None:
    """No hours, none drawn, or all of them alike: NaN without a warning."""
    none, weights = Ranking(np.array([])), np.ones((0, 2))
    ranks = none.centred_ranks(weights)
    assert np.isnan(correlation(ranks, ranks, weights)).all()
    unused, values = np.zeros((5, 2)), Ranking(np.arange(5.0))
    ranks = values.centred_ranks(unused)
    assert np.isnan(partial_correlation(ranks, ranks, [ranks], unused)).all()
    assert np.isnan(values.spearman_and_capture(values.as_target(unused), np.ones(5), 0.1)[1]).all()
    same = Ranking(np.full(5, 0.1)).centred_ranks(np.ones((5, 2)))
    assert np.isnan(correlation(same, same, np.ones((5, 2)))).all()
