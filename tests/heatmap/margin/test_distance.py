from typing import Any

import numpy as np
import pytest

from service.heatmap.base.side import Side
from service.heatmap.margin import Position, liquidation_price
from service.heatmap.margin.distance import distance_multipliers
from service.heatmap.margin.exchange_formulas import RULES
from service.heatmap.margin.tiers import MarginTiers, flat_tiers, maintenance_for

LEVERAGE = np.geomspace(1.5, 100, 25)
LADDER = MarginTiers(
    floor=np.array([0.0, 50_000.0, 250_000.0]),
    maintenance_rate=np.array([0.004, 0.005, 0.01]),
    maintenance_amount=np.array([0.0, 50.0, 1_300.0]),
    max_leverage=np.array([125.0, 100.0, 50.0]),
)


@pytest.mark.parametrize("rule", sorted(RULES))
@pytest.mark.parametrize("side", Side)
def test_same_as_one_by_one(rule: str, side: Side) -> None:
    """The vectorised multiples are those of the calculator, position by position."""
    found = distance_multipliers(rule, side, LEVERAGE, 0.005, 0.0006)
    one_by_one = [
        liquidation_price(
            Position(side, 200.0, 0.01, leverage=float(x), taker_fee=0.0006),
            flat_tiers(0.005),
            rule,
        ).price
        for x in LEVERAGE
    ]
    assert found == pytest.approx(np.array(one_by_one, dtype=float) / 200.0, rel=1e-12)
    assert np.all(found < 1) if side is Side.LONG else np.all(found > 1)


def test_textbook_multiples() -> None:
    """At 10x and 0.4 % a long falls to 0.9 / 0.996 and a short rises to 1.1 / 1.004; Bybit once took 9.6 %."""
    ten = np.array([10.0])
    assert distance_multipliers("binance", Side.LONG, ten, 0.004) == pytest.approx(0.9 / 0.996)
    assert distance_multipliers("binance", Side.SHORT, ten, 0.004) == pytest.approx(1.1 / 1.004)
    assert distance_multipliers("bybit", Side.LONG, ten, 0.004) == pytest.approx(0.9 / 0.996)
    assert distance_multipliers("bybit-until-2025-09-02", Side.LONG, ten, 0.004) == pytest.approx(0.904)
    assert distance_multipliers("okx", Side.SHORT, ten, 0.004, 0.0005) == pytest.approx(1.1 / 1.0045)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize("rule", ["generic", "bybit", "generic-inverse", "bybit-inverse"])
def test_nan_where_no_position_can_stand(rule: str, side: Side) -> None:
    """A margin at or below the maintenance has no liquidation price to come, nor has a leverage without a rate."""
    found = distance_multipliers(rule, side, np.array([10.0, 100.0, 125.0, 10.0]), np.array([0.01, 0.02, 0.01, np.nan]))
    assert np.isnan(found).tolist() == [False, True, True, True]


def test_unreachable_prices() -> None:
    """A fully paid long needs a price of 0 and a fully paid coin short an infinite one."""
    assert distance_multipliers("generic", Side.LONG, np.array([1.0, 0.8]), 0.004).tolist() == [0.0, 0.0]
    assert distance_multipliers("generic-inverse", Side.SHORT, np.array([1.0, 0.8]), 0.0).tolist() == [np.inf, np.inf]


def test_effective_rate_of_a_usual_position() -> None:
    """The rate is the tier's less amount / notional, in a tier that allows the leverage, NaN where none does."""
    found = maintenance_for(np.array([10.0, 50.0, 75.0, 110.0, 150.0]), LADDER, 500_000.0)
    usual = 0.01 - 1_300 / 500_000
    assert found == pytest.approx([usual, usual, 0.005 - 50 / 250_000, 0.004, np.nan], nan_ok=True)


def test_small_position_pays_the_first_rate() -> None:
    """Below the first border every allowed leverage pays the lowest rate."""
    assert maintenance_for(np.array([2.0, 125.0]), LADDER, 1_000.0).tolist() == [0.004, 0.004]


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"rule": "nowhere"}, "rule must be one of"),
        ({"leverage": np.zeros(1)}, "leverage must be above 0"),
        ({"maintenance_rate": 1.0}, "maintenance_rate must be 0 to 0.9"),
        ({"taker_fee": -0.1}, "taker_fee: must be at least 0"),
    ],
)
def test_bad_input(change: dict[str, Any], says: str) -> None:
    """Bad input is refused with the argument and its range."""
    good: dict[str, Any] = {
        "rule": "generic",
        "side": Side.LONG,
        "leverage": np.array([10.0]),
        "maintenance_rate": 0.01,
    }
    with pytest.raises(ValueError, match=says):
        distance_multipliers(**(good | change))


@pytest.mark.parametrize(("leverage", "notional"), [(0.0, 1_000.0), (10.0, 0.0), (10.0, np.inf)])
def test_bad_usual_position(leverage: float, notional: float) -> None:
    """A leverage or notional that is not above 0 is refused."""
    with pytest.raises(ValueError, match="must be above 0"):
        maintenance_for(np.array([leverage]), LADDER, notional)
