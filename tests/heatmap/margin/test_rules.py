"""What every rule shares: the coordinate in which profit is a straight line, and the coin-margined twin."""

import numpy as np
import pytest

from service.heatmap.margin.exchange_formulas import RULES
from service.heatmap.margin.rules import Rule, Text, inverse_of

LINEAR = RULES["binance"]
INVERSE = RULES["bybit-inverse"]


def test_the_coordinate_is_the_price_and_back() -> None:
    """The price itself of a linear contract, -1 / price of a coin-margined one."""
    prices = np.array([0.5, 1.0, 64_000.0])
    assert LINEAR.coordinate(prices) is prices
    np.testing.assert_allclose(INVERSE.coordinate(prices), -1 / prices)
    for rule in (LINEAR, INVERSE):
        np.testing.assert_allclose(rule.price(rule.coordinate(prices)), prices)


def test_beyond_all_prices_nothing_is_liquidated() -> None:
    """Below 0 a linear price is 0; a coin-margined one at or beyond 0 is above every price."""
    np.testing.assert_array_equal(LINEAR.price(np.array([-5.0, 0.0, 3.0])), [0, 0, 3])
    np.testing.assert_array_equal(INVERSE.price(np.array([-0.5, 0.0, 0.1])), [2, np.inf, np.inf])


def test_the_twin_keeps_what_is_kept() -> None:
    """Only the text and what it is margined in differ."""
    text = Text("https://example.com", "2025-01-01")
    twin = inverse_of(LINEAR, "1 / P = ...", "a text", text)
    assert (twin.id, twin.inverse, twin.text, twin.formula) == ("binance-inverse", True, text, "1 / P = ...")
    assert (twin.valued_at, twin.closing_fee, twin.progressive) == (
        LINEAR.valued_at,
        LINEAR.closing_fee,
        LINEAR.progressive,
    )


@pytest.mark.parametrize("rule", RULES.values(), ids=RULES)
def test_a_fee_matters_where_a_rule_says_so(rule: Rule) -> None:
    """In what is kept, in what opening takes, or in what is added."""
    assert rule.uses_fee == (rule.closing_fee or rule.reserved_fee or rule.fee_on_extra)
