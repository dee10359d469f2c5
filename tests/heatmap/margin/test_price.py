from collections.abc import Callable
from dataclasses import asdict, replace
from math import isclose
from typing import Any

import numpy as np
import orjson
import pytest

from service.heatmap.base.side import Side
from service.heatmap.margin.price import Position, liquidation_price
from service.heatmap.margin.tiers import MarginTiers, flat_tiers

LADDER = MarginTiers(
    floor=np.array([0.0, 50_000.0, 250_000.0, 1_000_000.0, 5_000_000.0]),
    maintenance_rate=np.array([0.004, 0.005, 0.01, 0.025, 0.05]),
    maintenance_amount=np.array([0.0, 50.0, 1_300.0, 16_300.0, 141_300.0]),
    max_leverage=np.array([125.0, 100.0, 50.0, 20.0, 10.0]),
)
JUMPING = replace(LADDER, maintenance_amount=np.zeros(5))


def profit(position: Position, price: float, *, inverse: bool) -> float:
    """Reckon the profit at a price, in quote currency or in coin."""
    sign = position.side.sign
    if inverse:
        return sign * position.size * (1 / position.entry - 1 / price)
    return sign * position.size * (price - position.entry)


@pytest.mark.parametrize(
    ("rule", "position", "rate", "expected"),
    [
        ("generic", Position(Side.LONG, 50_000, 1, leverage=10), 0.004, 45_000 / 0.996),
        ("binance", Position(Side.SHORT, 50_000, 1, leverage=10), 0.004, 55_000 / 1.004),
        ("okx", Position(Side.LONG, 50_000, 1, leverage=10, taker_fee=0.0005), 0.004, 45_000 / 0.9955),
        ("gate", Position(Side.SHORT, 50_000, 1, leverage=10, taker_fee=0.0005), 0.004, 55_000 / 1.0045),
        ("bybit", Position(Side.LONG, 50_000, 1, leverage=10), 0.005, 45_250),
        ("bybit", Position(Side.LONG, 50_000, 2, leverage=10, margin=11_000), 0.005, 44_750),  # 1,000 of extra margin
        ("kucoin", Position(Side.SHORT, 50_000, 1, leverage=10), 0.005, 54_750),
        ("phemex", Position(Side.LONG, 50_000, 1, leverage=10, taker_fee=0.0006), 0.005, 45_000 * 1.005),
        ("hyperliquid", Position(Side.LONG, 50_000, 1, leverage=10), 0.0125, 50_000 - (5_000 - 625) / (1 - 0.0125)),
        # 60,000 USD at 50,000: value 1.2 BTC, margin .12, maintenance .006
        ("bybit-inverse", Position(Side.LONG, 50_000, 60_000, leverage=10), 0.005, 60_000 / (1.2 + 0.12 - 0.006)),
        ("bybit-inverse", Position(Side.SHORT, 50_000, 60_000, leverage=10), 0.005, 60_000 / (1.2 - 0.12 + 0.006)),
        ("binance-inverse", Position(Side.LONG, 50_000, 60_000, leverage=10), 0.005, 60_000 * 1.005 / (1.2 + 0.12)),
        (
            "okx-inverse",
            Position(Side.SHORT, 50_000, 60_000, leverage=10, taker_fee=0.0005),
            0.005,
            60_000 * 0.9945 / 1.08,
        ),
        ("phemex-inverse", Position(Side.LONG, 50_000, 60_000, leverage=10), 0.005, 60_000 / 1.32 / 0.995),
    ],
)
def test_worked_by_hand(rule: str, position: Position, rate: float, expected: float) -> None:
    """Each rule gives the price that its published formula gives on paper."""
    assert liquidation_price(position, flat_tiers(rate), rule).price == pytest.approx(expected, rel=1e-12)


def test_cross_counts_the_other_positions() -> None:
    """In cross mode a wallet of 10,000 less 1,000 of others' maintenance and 500 of loss carries 8,500."""
    cross = Position(Side.LONG, 50_000, 1, margin=10_000, mode="cross", other_maintenance=1_000, other_pnl=-500)
    found = liquidation_price(cross, flat_tiers(0.01), "binance")
    assert found.price == pytest.approx((50_000 - 8_500) / 0.99, rel=1e-12)
    assert found.bankruptcy_price == pytest.approx(40_500)
    assert found.required == pytest.approx(0.01 * 41_500 / 0.99 + 1_000)
    assert found.equity == pytest.approx(found.required)


@pytest.mark.parametrize("leverage", [1.5, 3.0, 10.0, 50.0])
def test_inverse_convexity(leverage: float) -> None:
    """Coin margin puts the long's liquidation nearer and the short's further than a USD margin does."""
    found = {
        (side, rule): liquidation_price(Position(side, 100, 1_000, leverage=leverage), flat_tiers(0.004), rule)
        for side in Side
        for rule in ("generic", "generic-inverse")
    }
    distance = {key: value.distance_pct for key, value in found.items()}
    assert distance[Side.LONG, "generic-inverse"] < distance[Side.LONG, "generic"]  # type: ignore[operator]  # none is None
    assert distance[Side.SHORT, "generic-inverse"] > distance[Side.SHORT, "generic"]  # type: ignore[operator]  # none is None


@pytest.mark.parametrize(
    ("position", "rule"),
    [
        (Position(Side.LONG, 100, 1, leverage=1), "generic"),
        (Position(Side.SHORT, 100, 100, leverage=1), "generic-inverse"),
    ],
)
def test_never_liquidated(position: Position, rule: str) -> None:
    """A long fully paid in USD and a short fully paid in coin have no liquidation price."""
    found = liquidation_price(position, flat_tiers(0.0), rule)
    assert (found.price, found.distance_pct, found.notional, found.equity) == (None, None, None, None)
    assert (found.tier, found.tier_notional, found.maintenance_rate, found.maintenance_amount) == (None,) * 4
    assert not found.at_tier_border


def slow_price(position: Position, tiers: MarginTiers, step: float) -> float:
    """Walk the price away from the entry in small steps until equity is below the maintenance of its tier."""
    assert position.leverage is not None
    sign = position.side.sign
    price = position.entry
    while True:
        notional = position.size * price
        tier = max(i for i, floor in enumerate(tiers.floor) if floor <= notional)
        kept = tiers.maintenance_rate[tier] * notional - tiers.maintenance_amount[tier]
        equity = position.size * position.entry / position.leverage + profit(position, price, inverse=False)
        if equity < kept:
            return price
        price *= 1 - sign * step


@pytest.mark.parametrize("tiers", [LADDER, JUMPING], ids=["continuous", "jumping"])
@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize(("size", "leverage"), [(0.6, 20), (1.01, 20), (2.4, 3), (24.0, 10), (101.0, 5), (90.0, 2.5)])
def test_first_price_on_the_path(tiers: MarginTiers, side: Side, size: float, leverage: float) -> None:
    """The answer is the first price at which a walk away from the entry would find the margin too small."""
    position = Position(side, 50_000, size, leverage=leverage)
    found = liquidation_price(position, tiers, "generic").price
    assert found == pytest.approx(slow_price(position, tiers, 1e-5), rel=1.1e-5)


def test_border_of_a_jumping_schedule() -> None:
    """Where the schedule jumps from below equity to above it the border liquidates, and the answer says so."""
    jump = MarginTiers(np.array([0.0, 52_000.0]), np.array([0.004, 0.09]), np.zeros(2), np.array([100.0, 10.0]))
    found = liquidation_price(Position(Side.SHORT, 50_000, 1, leverage=20), jump, "generic")
    assert found.price == 52_000
    assert found.at_tier_border


def test_distance_is_from_the_mark() -> None:
    """With a mark price the distance is what is left to go from there."""
    found = liquidation_price(Position(Side.LONG, 100, 1, leverage=10, mark=120), flat_tiers(0.0), "generic")
    assert found.distance_pct == pytest.approx(25.0)


def test_leverage_above_the_tier_is_said() -> None:
    """A leverage that the tiers do not allow is answered with a warning."""
    found = liquidation_price(Position(Side.LONG, 50_000, 6, leverage=60), LADDER, "generic")
    assert found.warnings == ("leverage 60 is above the 50 that a notional of 300000 allows",)


def test_beyond_the_last_tier_is_said() -> None:
    """A position larger than the last tier holds is answered with a warning; one that just fits is not."""
    capped = replace(LADDER, cap=8_000_000.0)
    fits, beyond = (
        liquidation_price(Position(Side.LONG, 50_000, size, leverage=5), capped, "generic") for size in (160, 161)
    )
    assert fits.warnings == ()
    assert beyond.warnings == ("a notional of 8050000 is beyond the last risk tier, which ends at 8000000",)


def test_answer_is_json() -> None:
    """The answer is plain numbers and words: it encodes without help."""
    found = liquidation_price(Position(Side.LONG, 50_000, 6, leverage=10), LADDER, "generic")
    assert isclose(orjson.loads(orjson.dumps(asdict(found)))["price"], found.price or 0)


GOOD = Position(Side.LONG, 100.0, 1.0, leverage=10)


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"entry": 0}, "entry: must be above 0"),
        ({"entry": float("nan")}, "entry: must be above 0 and finite"),
        ({"size": -1}, "size: must be above 0"),
        ({"margin": float("inf")}, "margin: must be above 0 and finite"),
        ({"mark": 0}, "mark: must be above 0"),
        ({"mode": "both"}, "margin_mode: must be isolated or cross"),
        ({"leverage": 0.5}, "leverage: must be 1 to 1000"),
        ({"leverage": None}, "margin: must be given"),
        ({"mode": "cross"}, "margin: must be given in cross mode"),
        ({"taker_fee": 0.2}, "taker_fee: must be at least 0 and below 0.1"),
        ({"other_pnl": float("nan")}, "other_pnl: must be finite"),
        ({"other_maintenance": -1}, "other_maintenance: must be at least 0"),
        ({"other_pnl": 5}, "must be 0 in isolated mode"),
        ({"leverage": 250}, "leverage: equity would be 0.4 at 100, and must be above 0.5"),
        ({"margin": 0.4}, "margin: equity would be 0.4 at 100"),
        ({"mark": 90}, "mark: equity would be 0 at 90, and must be above 0.45: raise it"),
        ({"mark": 110, "side": Side.SHORT}, "mark: equity would be 0 at 110, and must be above 0.55: lower it"),
        ({"mark": 90, "leverage": 250}, "leverage: equity would be -9.6 at 90"),
    ],
)
def test_bad_position(change: dict[str, Any], says: str) -> None:
    """Bad input is refused with the field and its range."""
    with pytest.raises(ValueError, match=says):
        liquidation_price(replace(GOOD, **change), flat_tiers(0.005), "generic")


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: replace(LADDER, floor=LADDER.floor + 1), "floor must"),
        (lambda: replace(LADDER, floor=LADDER.floor[::-1]), "floor must"),
        (lambda: replace(LADDER, floor=LADDER.floor[:2]), "maintenance_rate must have 2 rows"),
        (lambda: flat_tiers(1.5), "maintenance_rate must be 0 to 0.9"),
        (lambda: flat_tiers(0.01, -1), "maintenance_amount must be finite"),
        (lambda: flat_tiers(0.01, 0, 0.5), "max_leverage must be at least 1"),
    ],
)
def test_bad_tiers(make: Callable[[], MarginTiers], says: str) -> None:
    """An unusable tier table is refused with the column and its range."""
    with pytest.raises(ValueError, match=says):
        liquidation_price(GOOD, make(), "generic")


def test_unknown_rule() -> None:
    """An unknown rule is refused with those there are."""
    with pytest.raises(ValueError, match="rule must be one of generic, generic-inverse, binance"):
        liquidation_price(GOOD, LADDER, "mtgox")
