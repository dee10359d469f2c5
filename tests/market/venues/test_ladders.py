"""Ladders by leverage become one ladder by notional."""

from typing import Any

import numpy as np
import pytest

from service.market.contract import BadData
from service.market.venues.ladders import tiers_of_ladders


def step(floor: float, cap: float | None, rate: float, leverage: float) -> dict[str, Any]:
    """Return one step as ccxt gives it."""
    return {"minNotional": floor, "maxNotional": cap, "maintenanceMarginRate": rate, "maxLeverage": leverage}


ROWS = [
    step(0, 999, 0.005, 100),
    step(0, 999, 0.006, 50),
    step(1000, 9999, 0.01, 50),
    step(0, 999, 0.007, 20),
    step(1000, 9999, 0.011, 20),
    step(10_000, None, 0.025, 20),
]


def test_the_most_leverage_allowed_counts_in_each_run_of_sizes() -> None:
    """Proves floors in quote currency, the rate that goes with the most leverage, and the amounts."""
    tiers = tiers_of_ladders("x", ROWS, 0.001, 60_000.0)
    np.testing.assert_allclose(tiers.floor, [0, 60_000, 600_000])
    np.testing.assert_allclose(tiers.maintenance_rate, [0.005, 0.01, 0.025])
    np.testing.assert_allclose(tiers.max_leverage, [100, 50, 20])
    np.testing.assert_allclose(tiers.maintenance_amount, [0, 300, 9300])
    assert tiers.source == "exchange"


def test_the_order_of_steps_does_not_matter() -> None:
    """Proves that venues may list leverages in any order."""
    one, other = tiers_of_ladders("x", ROWS, 0.001, 60_000.0), tiers_of_ladders("x", ROWS[::-1], 0.001, 60_000.0)
    np.testing.assert_array_equal(one.floor, other.floor)
    np.testing.assert_array_equal(one.maintenance_rate, other.maintenance_rate)


def test_a_rate_never_falls_as_size_grows() -> None:
    """Proves that a step which would lower the rate keeps the one below it, and that equal steps are one."""
    tiers = tiers_of_ladders("x", [step(0, 9, 0.01, 50), step(10, 99, 0.008, 50), step(100, None, 0.02, 20)], 1.0, 1.0)
    np.testing.assert_allclose(tiers.floor, [0, 100])
    np.testing.assert_allclose(tiers.maintenance_rate, [0.01, 0.02])
    assert tiers.cap == np.inf


def test_the_last_step_ends_the_ladder() -> None:
    """Proves that the largest size any step holds is told, in quote currency."""
    assert tiers_of_ladders("x", [step(0, 9, 0.01, 50), step(10, 99, 0.02, 25)], 0.001, 60_000.0).cap == 6_000


def test_a_leverage_that_ends_makes_a_step() -> None:
    """Proves that the end of one leverage is a floor even where no other leverage has a step there."""
    tiers = tiers_of_ladders("x", [step(0, 99, 0.005, 100), step(0, None, 0.01, 50)], 1.0, 1.0)
    np.testing.assert_allclose(tiers.floor, [0, 100])
    np.testing.assert_allclose(tiers.max_leverage, [100, 50])


def test_each_leverage_keeps_a_ladder_of_its_own() -> None:
    """Counted in coins again, each has its own borders and rates, whatever the others have."""
    tiers = tiers_of_ladders("x", ROWS, 0.001, 60_000.0)
    assert [leverage for leverage, _ in tiers.by_leverage] == [20.0, 50.0, 100.0]
    counted = dict(tiers.as_counted(inverse=False).by_leverage)
    assert {table.counted_in for table in counted.values()} == {"base"}
    np.testing.assert_allclose(counted[20.0].floor, [0, 1, 10])
    np.testing.assert_allclose(counted[20.0].maintenance_rate, [0.007, 0.011, 0.025])
    np.testing.assert_allclose(counted[100.0].maintenance_rate, [0.005])


@pytest.mark.parametrize(
    "rows",
    [
        [],
        [step(0, 9, 0.025, 40)],
        None,
        "x",
        [None],
        [{}],
        [step(5, 9, 0.01, 50)],
        [step(0, 9, 0.0, 50)],
        [step(0, 9, 1.0, 50)],
        [step(0, 9, 0.01, 0.5)],
        [step(0, 9, float("nan"), 50)],
        [step(0, -9, 0.01, 50)],
        [step(0, 9, 0.01, 50), step(100, None, 0.02, 20)],
    ],
)
def test_anything_else_is_bad_data(rows: Any) -> None:
    """Proves that gaps, missing figures and figures out of range are named with the venue."""
    with pytest.raises(BadData, match=r"^x: risk tiers"):
        tiers_of_ladders("x", rows, 1.0, 1.0)
