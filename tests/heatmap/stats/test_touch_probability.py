"""Touch probability: worked by hand, symmetric, and less sure than one volatility would be."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap.stats.touch_probability import (
    LEAST_CHANCE,
    VOLATILITY_GROWTH,
    VOLATILITY_MEDIAN,
    VOLATILITY_SIGMA,
    probability_of_touch,
)


def chance_of_one(distance: float, volatility: float, hours: float) -> float:
    """Return the chance by the reflection principle if the volatility were certain."""
    return math.erfc(distance / (volatility * math.sqrt(2.0 * hours)))


@pytest.mark.parametrize(("distance", "hours"), [(0.01, 1.0), (0.02, 4.0), (0.05, 24.0), (0.1, 24.0), (0.2, 1.0)])
def test_touch_probability_is_the_mean_over_volatilities(distance: float, hours: float) -> None:
    """Against a fine sum over the log-normal volatility; what is rarer than one in a thousand is that."""
    z = np.linspace(-8.0, 8.0, 4001)
    weight = np.exp(-0.5 * z * z)
    usual = 0.01 * VOLATILITY_MEDIAN * hours**VOLATILITY_GROWTH
    wanted = [chance_of_one(distance, usual * math.exp(VOLATILITY_SIGMA * x), hours) for x in z.tolist()]
    mean = float(np.average(wanted, weights=weight))
    found = probability_of_touch(100.0, 100.0 * math.exp(distance), 0.01, hours)
    assert found == pytest.approx(max(mean, LEAST_CHANCE), abs=5e-4)


def test_touch_probability_at_its_ends() -> None:
    """Certain at the price; never less than the floor, whether too far or in a market that never moved."""
    assert probability_of_touch(100.0, 100.0, 0.01, 1.0) == 1.0
    assert probability_of_touch(100.0, 101.0, 0.0, 1.0) == LEAST_CHANCE
    assert probability_of_touch(100.0, 1000.0, 0.001, 1.0) == LEAST_CHANCE
    assert 0.9 < probability_of_touch(100.0, 100.01, 0.01, 1.0) < 1.0


def test_touch_probability_is_less_sure_than_one_volatility() -> None:
    """Near certainty comes down, and what one volatility rules out does not."""
    rare = probability_of_touch(1.0, math.exp(0.04), 0.01, 1.0)
    assert rare > 10 * chance_of_one(0.04, 0.01, 1.0)
    assert probability_of_touch(1.0, math.exp(0.01), 0.01, 1.0) < chance_of_one(0.01, 0.01, 1.0)


@given(st.floats(1.0, 1e5), st.floats(0.5, 2.0), st.floats(1e-4, 0.2), st.floats(0.1, 100.0))
def test_touch_probability_is_symmetric_and_grows_with_time(
    price: float, ratio: float, volatility: float, hours: float
) -> None:
    """Up and down by the same factor are alike, and more time never makes a touch less likely."""
    chance = probability_of_touch(price, price * ratio, volatility, hours)
    assert 0.0 <= chance <= 1.0
    assert chance == pytest.approx(probability_of_touch(price, price / ratio, volatility, hours), abs=1e-9)
    assert probability_of_touch(price, price * ratio, volatility, 2 * hours) >= chance


@pytest.mark.parametrize(
    "bad", [(0.0, 1.0, 0.1, 1.0), (1.0, -1.0, 0.1, 1.0), (1.0, 1.0, -0.1, 1.0), (1.0, 1.0, 0.1, 0.0)]
)
def test_touch_probability_refuses_nonsense(bad: tuple[float, float, float, float]) -> None:
    """Prices and times must be positive."""
    with pytest.raises(ValueError, match="must be positive"):
        probability_of_touch(*bad)
