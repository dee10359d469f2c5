import re
from collections.abc import Callable
from dataclasses import asdict, replace
from datetime import UTC, datetime
from math import isclose
from typing import Any

import numpy as np
import orjson
import pytest

from service.heatmap.base.side import Side
from service.heatmap.margin import Position, liquidation_price
from service.heatmap.margin.exchange_formulas import RULES, rule_in_force
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
        ("bybit-until-2025-09-02", Position(Side.LONG, 50_000, 1, leverage=10), 0.005, 45_250),
        ("bybit-until-2025-09-02", Position(Side.LONG, 50_000, 2, leverage=10, margin=11_000), 0.005, 44_750),
        ("bybit", Position(Side.LONG, 50_000, 1, leverage=10, taker_fee=0.0006), 0.005, 45_000 / 0.995),
        ("bybit", Position(Side.SHORT, 50_000, 1, leverage=10, taker_fee=0.0006), 0.005, 55_000 / 1.005),
        # 1,000 of added margin, 500 a coin, which saves its closing fee besides
        (
            "bybit",
            Position(Side.LONG, 50_000, 2, leverage=10, margin=11_000, taker_fee=0.0006),
            0.005,
            (45_000 - 500 / 0.9994) / 0.995,
        ),
        ("kucoin-until-2025-05-22", Position(Side.SHORT, 50_000, 1, leverage=10), 0.005, 54_750),
        ("kucoin", Position(Side.SHORT, 50_000, 1, leverage=10, taker_fee=0.0006), 0.005, 55_000 / 1.0056),
        ("bitget", Position(Side.LONG, 50_000, 1, leverage=10, taker_fee=0.0006), 0.005, 45_000 / 0.9944),
        ("htx", Position(Side.SHORT, 50_000, 1, leverage=10, taker_fee=0.0006), 0.0125, 55_000 / 1.0125),
        # 5,000 of margin and 27 for the close at 45,000, which is asked for again at the price itself
        (
            "phemex",
            Position(Side.LONG, 50_000, 1, leverage=10, taker_fee=0.0006),
            0.005,
            (45_000 - 27) / (1 - 0.0056),
        ),
        ("hyperliquid", Position(Side.LONG, 50_000, 1, leverage=10), 0.0125, 50_000 - (5_000 - 625) / (1 - 0.0125)),
        # 60,000 USD at 50,000: value 1.2 BTC, margin .12, maintenance .006 at the entry
        ("bybit-until-2025-09-02-inverse", Position(Side.LONG, 50_000, 60_000, leverage=10), 0.005, 60_000 / 1.314),
        ("bybit-until-2025-09-02-inverse", Position(Side.SHORT, 50_000, 60_000, leverage=10), 0.005, 60_000 / 1.086),
        ("bybit-inverse", Position(Side.LONG, 50_000, 60_000, leverage=10), 0.005, 60_000 * 1.005 / 1.32),
        ("binance-inverse", Position(Side.LONG, 50_000, 60_000, leverage=10), 0.005, 60_000 * 1.005 / (1.2 + 0.12)),
        (
            "okx-inverse",
            Position(Side.SHORT, 50_000, 60_000, leverage=10, taker_fee=0.0005),
            0.005,
            60_000 * 0.9945 / 1.08,
        ),
        ("phemex-inverse", Position(Side.LONG, 50_000, 60_000, leverage=10), 0.005, 60_000 * 1.005 / 1.32),
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
    assert found.outcome == "not_liquidatable"
    assert found.warnings == ("No price liquidates it: its margin covers all that it can lose.",)


@pytest.mark.parametrize("rule", [rule for rule in RULES if not rule.startswith("generic")])
def test_unlevered_positions_that_nothing_liquidates(rule: str) -> None:
    """Where maintenance is at the mark, a long at 1x in quote currency and a short in coin stand at every price."""
    side = Side.SHORT if RULES[rule].inverse else Side.LONG
    found = liquidation_price(Position(side, 100, 100, leverage=1), flat_tiers(0.01), rule)
    if RULES[rule].valued_at == "mark":
        assert (found.price, found.outcome) == (None, "not_liquidatable")
    else:
        assert found.price == pytest.approx(100 / 1.0 * 100 if RULES[rule].inverse else 1.0)


@pytest.mark.parametrize("side", Side)
@pytest.mark.parametrize(
    ("change", "advice"),
    [
        ({"leverage": 250}, "0.4 at 100, and must be above 0.5; lower leverage."),
        ({"leverage": None, "margin": 0.4}, "0.4 at 100, and must be above 0.5; raise margin."),
        ({"leverage": 200}, "0.5 at 100, and must be above 0.5; lower leverage."),
    ],
)
def test_what_could_not_be_opened_has_no_price(side: Side, change: dict[str, Any], advice: str) -> None:
    """A margin that the maintenance at the entry takes up gives no price, wherever the mark is, and a warning."""
    position = replace(Position(side, 100.0, 1.0, leverage=10), **change)
    in_profit = replace(position, mark=150.0 if side is Side.LONG else 50.0)
    for each in (position, in_profit):
        found = liquidation_price(each, flat_tiers(0.005), "generic")
        assert (found.price, found.outcome) == (None, "could_not_be_opened")
        assert found.warnings == (f"It could not be opened: equity would be {advice}",)


def test_a_cross_wallet_may_be_met_in_profit() -> None:
    """A wallet that other positions have emptied since can be met between the entry and a better mark."""
    cross = Position(Side.LONG, 100, 1, margin=5, mode="cross", other_pnl=-20, mark=130)
    assert liquidation_price(cross, flat_tiers(0.01), "binance").price == pytest.approx(115 / 0.99)


@pytest.mark.parametrize("inverse", [False, True])
def test_both_legs_of_a_hedge_share_one_price(inverse: bool) -> None:
    """Asked for either leg the price is one, and there equity of the wallet is the maintenance of both."""
    rule, entries, sizes = (
        ("binance-inverse", (100.0, 104.0), (500.0, 300.0)) if inverse else ("binance", (100.0, 104.0), (5.0, 3.0))
    )
    wallet = 1.5 if inverse else 120.0
    one, other = (
        Position(
            Side.LONG, entries[0], sizes[0], margin=wallet, mode="cross", hedge_size=sizes[1], hedge_entry=entries[1]
        ),
        Position(
            Side.SHORT, entries[1], sizes[1], margin=wallet, mode="cross", hedge_size=sizes[0], hedge_entry=entries[0]
        ),
    )
    tiers = replace(LADDER, counted_in="base", floor=LADDER.floor / 100) if inverse else LADDER
    found, mirrored = (liquidation_price(each, tiers, rule) for each in (one, other))
    assert found.price is not None
    assert mirrored.price == pytest.approx(found.price, rel=1e-12)
    assert found.distance_pct == pytest.approx(100 * (1 - found.price / 100))
    gain = sum(
        sign * (size * (1 / entry - 1 / found.price) if inverse else size * (found.price - entry))
        for sign, size, entry in zip((1, -1), sizes, entries, strict=True)
    )
    worth = sum(sizes) / found.price if inverse else sum(sizes) * found.price
    assert wallet + gain == pytest.approx(0.004 * worth)


def test_a_larger_other_leg_turns_the_danger_round() -> None:
    """Long 1 beside short 3 is hurt by a rising price, and by its tiers as the short grows into them."""
    hedged = Position(Side.LONG, 50_000, 1, margin=20_000, mode="cross", hedge_size=3, hedge_entry=50_000)
    found = liquidation_price(hedged, LADDER, "binance")
    assert found.price is not None
    # 3 coins are worth over 150,000 and in the second tier, 1 coin over 50,000 too: 50 is deducted of each
    assert found.price == pytest.approx((20_000 + 2 * 50_000 + 100) / (2 + 0.005 * 4), rel=1e-12)
    assert found.distance_pct == pytest.approx(100 * (found.price / 50_000 - 1))


def test_equal_legs_are_met_by_their_maintenance_alone() -> None:
    """Of legs of one size the profit is fixed; what must be kept grows with the price until it takes the wallet."""
    locked = Position(Side.LONG, 100, 1, margin=10, mode="cross", hedge_size=1, hedge_entry=100)
    assert liquidation_price(locked, flat_tiers(0.01), "binance").price == pytest.approx(500)


def test_a_ladder_for_each_leverage() -> None:
    """The factor of the ladder of that leverage, by contracts, over the leverage: as HTX has it."""
    ladders = [
        (leverage, MarginTiers(np.array([0.0, 10.0]), np.array(factors) / leverage, np.zeros(2), np.full(2, leverage)))
        for leverage, factors in ((10.0, (0.1, 0.125)), (100.0, (0.5, 0.8)))
    ]
    ladders = [(leverage, replace(table, counted_in="base")) for leverage, table in ladders]
    tiers = replace(ladders[1][1], by_leverage=ladders)
    for leverage, size, rate in ((10, 18, 0.0125), (10, 9, 0.01), (100, 18, 0.008), (5, 18, 0.025), (20, 18, 0.04)):
        found = liquidation_price(Position(Side.LONG, 50_000, size, leverage=leverage), tiers, "htx")
        assert found.price == pytest.approx(50_000 * (1 - 1 / leverage) / (1 - rate), rel=1e-12)
    own_margin = liquidation_price(Position(Side.LONG, 50_000, 18, margin=90_000), tiers, "htx")
    assert own_margin.price == pytest.approx(45_000 / 0.9875, rel=1e-12)


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
        ({"hedge_size": -1}, "hedge_size: must be at least 0"),
        ({"hedge_size": 1}, "hedge_size: must be 0 in isolated mode"),
        ({"hedge_entry": 0}, "hedge_entry: must be above 0"),
        ({"mark": 90}, "mark: equity would be 0 at 90, and must be above 0.45: raise it"),
        ({"mark": 110, "side": Side.SHORT}, "mark: equity would be 0 at 110, and must be above 0.55: lower it"),
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


@pytest.mark.parametrize(
    ("rule", "last_moment", "before"),
    [
        ("kucoin", 1_747_886_399_999, "kucoin-until-2025-05-22"),
        ("gate", 1_753_747_199_999, "gate-until-2025-07-29"),
        ("bybit-inverse", 1_756_771_199_999, "bybit-until-2025-09-02-inverse"),
        ("bitget", 1_762_761_599_999, "bitget-until-2025-11-10"),
    ],
)
def test_the_rule_in_force(rule: str, last_moment: int, before: str) -> None:
    """A rule holds from the moment its text names, the one before it until then; named by its end, it is itself."""
    assert rule_in_force(rule, last_moment) == before
    assert rule_in_force(rule, last_moment + 1) == rule
    assert rule_in_force(before, last_moment + 1) == before
    assert rule_in_force("okx", 0) == "okx"


def test_every_rule_names_its_text() -> None:
    """Each rule but the generic one has the address of its text, and says when it began and ended in one way."""
    for rule in RULES.values():
        assert rule.text.address.startswith("https://") or rule.id.startswith("generic")
        assert not rule.text.dated or re.fullmatch(r"20\d\d-\d\d-\d\d", rule.text.dated)
        assert ("-until-" in rule.id) == (rule.until is not None)
        day = None if rule.until is None else f"{datetime.fromtimestamp(rule.until / 1000, UTC):%Y-%m-%d}"
        assert day is None or f"-until-{day}" in rule.id
