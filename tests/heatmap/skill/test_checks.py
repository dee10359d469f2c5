from dataclasses import replace

import numpy as np
import pytest

from service.heatmap.base.errors import BadInput
from service.heatmap.base.side import Side
from service.heatmap.skill.checks import MIN_BARS, check_columns, halves_vary, scored_bars, usable_bars
from tests.support.skill_market import HOUR, START, walk

BARS = walk(3, 20)
EVERY = np.ones(len(BARS), bool)
AMOUNT = np.random.default_rng(4).lognormal(size=len(BARS))


def test_good_columns_pass() -> None:
    """Unknown amounts are NaN, and zero is an amount."""
    check_columns(BARS, {"liquidated_long": np.where(AMOUNT > 1, AMOUNT, np.nan), "swept_long": 0.0 * AMOUNT})


@pytest.mark.parametrize("bad", [-1.0, np.inf])
def test_a_bad_amount_is_named(bad: float) -> None:
    """The error names the column."""
    spoiled = AMOUNT.copy()
    spoiled[5] = bad
    with pytest.raises(ValueError, match=r"^swept_short must be zero or more"):
        check_columns(BARS, {"swept_short": spoiled})


def test_bars_out_of_order_or_without_a_price_are_named() -> None:
    """Times rise, and every price is positive."""
    with pytest.raises(ValueError, match=r"^time must increase"):
        check_columns(replace(BARS, time=BARS.time[::-1]), {})
    with pytest.raises(ValueError, match=r"^close must be a positive number"):
        check_columns(replace(BARS, close=0.0 * BARS.close), {})
    with pytest.raises(ValueError, match=r"^swept_long must hold one value for each"):
        check_columns(BARS, {"swept_long": AMOUNT[:-1]})


def test_what_is_scored() -> None:
    """Bars after the burn, and from a time on if one is given."""
    assert scored_bars(BARS, 30, None).tolist() == [False] * 30 + [True] * (len(BARS) - 30)
    later = scored_bars(BARS, 30, START + 100 * HOUR)
    assert int(np.argmax(later)) == 100
    assert later[100:].all()


@pytest.mark.parametrize(("burn", "field"), [(-1, "burn"), (12 * 24, "time")])
def test_too_little_to_score_is_refused(burn: int, field: str) -> None:
    """A negative burn is one of the caller's; fewer than ten days give no interval."""
    with pytest.raises(BadInput) as raised:
        scored_bars(BARS, burn, None)
    assert raised.value.field == field


def test_bars_are_usable_where_both_figures_are_known() -> None:
    """A bar needs a liquidation and a prediction."""
    liquidated, swept = AMOUNT.copy(), AMOUNT.copy()
    liquidated[:10], swept[5:20] = np.nan, np.nan
    assert usable_bars(BARS, EVERY, liquidated, swept, Side.LONG).tolist() == list(range(20, len(BARS)))


@pytest.mark.parametrize(("name", "which"), [("liquidated_short", 0), ("swept_short", 1)])
def test_too_few_known_are_refused_by_name(name: str, which: int) -> None:
    """The side and the column at fault are named."""
    columns = [AMOUNT.copy(), AMOUNT.copy()]
    columns[which][MIN_BARS - 1 :] = np.nan
    with pytest.raises(BadInput) as raised:
        usable_bars(BARS, EVERY, columns[0], columns[1], Side.SHORT)
    assert raised.value.field == name


@pytest.mark.parametrize(
    ("values", "vary"), [([1, 2, 3, 4], True), ([1, 1, 3, 4], False), ([1, 2, 3, 3], False), ([1], False)]
)
def test_each_half_must_vary(values: list[float], vary: bool) -> None:
    """A half that is all the same cannot be regressed on."""
    assert halves_vary(np.array(values, dtype=float)) is vary
