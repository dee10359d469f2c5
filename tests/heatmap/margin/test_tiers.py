"""Tiers: the row that holds a notional, the table of a leverage, and the maintenance that comes of both."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from service.heatmap.margin.tiers import (
    MAX_RATE,
    MarginTiers,
    check_tiers,
    flat_tiers,
    maintenance_for,
    nearest_leverage,
    on_the_whole,
    table_for,
    tier_index,
)

TIERS = MarginTiers(
    floor=np.array([0.0, 1e6, 5e6]),
    maintenance_rate=np.array([0.005, 0.01, 0.02]),
    maintenance_amount=np.array([0.0, 5e3, 5.5e4]),
    max_leverage=np.array([100.0, 50.0, 25.0]),
)
BY_LEVERAGE = replace(TIERS, by_leverage=((10.0, flat_tiers(0.04)), (20.0, flat_tiers(0.025))))


@pytest.mark.parametrize(("notional", "row"), [(0, 0), (999_999, 0), (1e6, 1), (4_999_999, 1), (5e6, 2), (1e12, 2)])
def test_a_border_belongs_to_the_tier_above(notional: float, row: int) -> None:
    """And the last tier has no end."""
    assert tier_index(TIERS, notional) == row


def test_amounts_make_maintenance_continuous() -> None:
    """At each border both tiers ask for the same, which is what the amounts are for; on the whole they do not."""
    low = TIERS.maintenance_rate[:-1] * TIERS.floor[1:] - TIERS.maintenance_amount[:-1]
    high = TIERS.maintenance_rate[1:] * TIERS.floor[1:] - TIERS.maintenance_amount[1:]
    np.testing.assert_allclose(low, high)
    whole = on_the_whole(BY_LEVERAGE)
    assert whole.maintenance_amount.tolist() == [0, 0, 0]
    assert whole.maintenance_rate is TIERS.maintenance_rate
    assert [leverage for leverage, _ in whole.by_leverage] == [10, 20]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"floor": np.empty(0)}, "floor"),
        ({"floor": np.array([1.0, 2.0, 3.0])}, "start at 0 and rise"),
        ({"floor": np.array([0.0, 2.0, 2.0])}, "start at 0 and rise"),
        ({"maintenance_rate": np.array([0.1])}, "maintenance_rate must have 3 rows"),
        ({"maintenance_rate": np.array([0.0, 0.1, MAX_RATE + 0.01])}, "maintenance_rate must be 0 to 0.9"),
        ({"maintenance_amount": np.array([0.0, 1.0, np.nan])}, "maintenance_amount must be finite"),
        ({"maintenance_amount": np.array([0.0, -1.0, 1.0])}, "maintenance_amount must be finite and at least 0"),
        ({"max_leverage": np.array([10.0, 1.0, 0.5])}, "max_leverage must be at least 1"),
    ],
)
def test_a_table_that_cannot_be_used_is_refused(change: dict[str, Any], said: str) -> None:
    """Naming the column."""
    check_tiers(TIERS)
    with pytest.raises(ValueError, match=said):
        check_tiers(replace(TIERS, **change))


def test_a_leverage_is_held_to_the_tiers_that_allow_it() -> None:
    """A position too large for its leverage is taken as large as the highest tier that allows it; 200x nobody holds."""
    effective = maintenance_for(np.array([10.0, 40.0, 80.0, 200.0]), TIERS, 6e6)
    np.testing.assert_allclose(effective, [0.02 - 5.5e4 / 6e6, 0.01 - 5e3 / 5e6, 0.005, np.nan])


def test_maintenance_rises_with_size() -> None:
    """From the first tier's rate towards the last one's."""
    rates = [maintenance_for(np.array([10.0]), TIERS, size)[0] for size in (1e3, 1e6, 3e6, 5e6, 2e7, 1e12)]
    assert rates == sorted(rates)
    assert (rates[0], rates[-1]) == (0.005, pytest.approx(0.02, abs=1e-6))


@pytest.mark.parametrize(
    ("leverage", "size", "said"),
    [(10.0, 0.0, "position_notional"), (10.0, np.inf, "position_notional"), (0.0, 1.0, "leverage must be above 0")],
)
def test_what_is_no_position_is_refused(leverage: float, size: float, said: str) -> None:
    """Naming the argument."""
    with pytest.raises(ValueError, match=said):
        maintenance_for(np.array([leverage]), TIERS, size)


def test_a_ladder_for_each_leverage() -> None:
    """Its rate is a factor over the leverage: the factor of the nearest ladder above, or between both on offer."""
    assert nearest_leverage([10.0, 20.0], 12) == 20
    assert nearest_leverage([10.0, 20.0], 50) == 20
    assert table_for(TIERS, 12) is TIERS
    assert table_for(BY_LEVERAGE, 12).maintenance_rate == pytest.approx(0.025 * 20 / 12)
    effective = maintenance_for(np.array([5.0, 10.0, 15.0, 20.0, 25.0]), BY_LEVERAGE, 1e3)
    np.testing.assert_allclose(effective, [0.4 / 5, 0.04, 0.45 / 15, 0.025, np.nan])
