"""The one equation: equity and what must be kept are straight lines, and meet at the liquidation price."""

from dataclasses import replace

import numpy as np
import pytest

from service.heatmap.base.errors import BadInput
from service.heatmap.margin.equation import MAX_FEE, Terms, check_fee
from service.heatmap.margin.exchange_formulas import RULES

ENTRY, SIZE, RATE = 100.0, 3.0, 0.01


def terms(rule: str, sign: int, fee: float = 0.0005) -> Terms:
    """Return the terms of one position."""
    return Terms(RULES[rule], sign, SIZE, ENTRY, fee)


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("rule", RULES)
def test_equity_equals_what_is_kept_where_they_meet(rule: str, sign: int) -> None:
    """Whatever the rule, at the meeting point nothing is left over."""
    agreed = terms(rule, sign)
    margin = agreed.initial_margin(10.0)
    a, b = agreed.required(RATE, 0.0)
    x = agreed.meeting_point(margin, a, b)
    assert margin + agreed.profit(x) == pytest.approx(a + b * x, rel=1e-12)
    assert (x - agreed.x_entry) * sign < 0


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("rule", RULES)
def test_at_bankruptcy_the_margin_is_gone(rule: str, sign: int) -> None:
    """After the closing fee, where the margin contains it."""
    agreed = terms(rule, sign)
    margin = float(agreed.initial_margin(10.0))
    x = float(agreed.bankruptcy(margin))
    fee = agreed.fee * SIZE * abs(x) if agreed.rule.reserved_fee else 0.0
    assert margin + agreed.profit(x) - fee == pytest.approx(0.0, abs=1e-9 * margin)


def test_an_amount_is_deducted_and_a_fee_added() -> None:
    """In the currency of the margin: for a linear contract a + b P = q P (m + f) - A."""
    rule = next(rule for rule in RULES.values() if rule.closing_fee and rule.valued_at == "mark" and not rule.inverse)
    agreed = Terms(rule, 1, SIZE, ENTRY, 0.001)
    a, b = agreed.required(RATE, 2.0)
    assert (a, b) == (-2.0, pytest.approx(SIZE * (RATE + 0.001)))
    without = Terms(replace(rule, closing_fee=False), 1, SIZE, ENTRY, 0.001)
    assert without.required(RATE, 2.0)[1] == pytest.approx(SIZE * RATE)


def test_a_rule_that_values_at_the_entry_asks_for_one_amount() -> None:
    """At any price the same, and elementwise over arrays of rates."""
    rule = next(rule for rule in RULES.values() if rule.valued_at == "entry" and not rule.inverse)
    agreed = Terms(rule, -1, SIZE, ENTRY, 0.0)
    a, b = agreed.required(np.array([0.01, 0.02]), np.array([0.0, 1.0]))
    np.testing.assert_allclose(a, [3.0, 5.0])
    np.testing.assert_array_equal(b, [0.0, 0.0])
    assert agreed.value(250.0) == SIZE * ENTRY


def test_added_margin_saves_its_share_of_the_fee() -> None:
    """Where a rule says so: what closing costs less at the bankruptcy price of the larger margin. Nothing elsewhere."""
    saving = [rule for rule in RULES.values() if rule.fee_on_extra]
    assert saving
    for rule in saving:
        for sign in (1, -1):
            agreed = Terms(replace(rule, reserved_fee=True), sign, SIZE, ENTRY, 0.001)
            plain = SIZE * abs(agreed.x_entry) / 10.0
            less, more = (0.001 * SIZE * abs(float(agreed.bankruptcy(margin))) for margin in (plain, 2 * plain))
            assert agreed.fee_saved(plain, 10.0) == 0
            assert agreed.fee_saved(2 * plain, 10.0) == pytest.approx(less - more, rel=1e-9)
    assert terms("binance", 1).fee_saved(1e6, 10.0) == 0


@pytest.mark.parametrize("fee", [-1e-9, MAX_FEE, 1.0, float("nan")])
def test_a_fee_that_no_exchange_charges(fee: float) -> None:
    """Is refused by name."""
    check_fee(0.0)
    with pytest.raises(BadInput, match=r"must be at least 0 and below"):
        check_fee(fee)
