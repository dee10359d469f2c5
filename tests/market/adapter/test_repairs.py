"""One bad row costs that row: what has one reading is put right, and the rest is not known."""

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.market.adapter import repairs
from service.market.contract import BadData

T0 = 1_722_470_400_000
HOUR = 3_600_000
TICK = 0.5
JUNK: list[Any] = [None, "x", "", math.nan, math.inf, -math.inf, [], [1.0], {}, True]


def bars(count: int = 20) -> list[list[Any]]:
    """Return `count` good hourly bars."""
    return [[T0 + n * HOUR, 100.0 + n, 112.0 + n, 99.0 + n, 111.0 + n, 5.0] for n in range(count)]


def read(sent: Any) -> np.ndarray:
    """Return what bars are taken for."""
    return repairs.candle_rows("x", "bars", sent, HOUR, TICK)


def unknown(table: np.ndarray) -> list[int]:
    """Return the rows that are not known."""
    return [int(row) for row in np.flatnonzero(np.isnan(table[:, 1:]).any(axis=1))]


@settings(deadline=None)
@given(st.integers(0, 20), st.data())
def test_order_and_repetition_do_not_matter(count: int, data: Any) -> None:
    """Rows in any order, each sent once or twice, are the same bars."""
    sent = [row for row in bars(count) for _ in range(data.draw(st.integers(1, 2)))]
    np.testing.assert_array_equal(read(data.draw(st.permutations(sent))), np.array(bars(count)).reshape(-1, 6))


@settings(deadline=None)
@given(st.integers(9, 20), st.integers(1, 5), st.sampled_from(JUNK), st.data())
def test_one_bad_cell_costs_its_row(count: int, cell: int, junk: Any, data: Any) -> None:
    """Whatever stands there in place of a number; its time stays, and all other rows do."""
    sent, bad = bars(count), data.draw(st.integers(0, count - 1))
    sent[bad][cell] = junk
    table = read(sent)
    assert unknown(table) == [bad]
    np.testing.assert_array_equal(np.delete(table, bad, 0), np.delete(np.array(bars(count)), bad, 0))


@pytest.mark.parametrize("junk", [*JUNK, T0 / 1000, T0 + 0.5, -1, 10**30])
def test_a_row_without_a_time_is_left_out(junk: Any) -> None:
    """It cannot be placed; the others can."""
    sent = bars()
    sent[7][0] = junk
    assert read(sent)[:, 0].tolist() == [T0 + n * HOUR for n in range(20) if n != 7]


@pytest.mark.parametrize("row", [None, "row", 7, [], [T0 + 7 * HOUR], [T0 + 7 * HOUR, *[1.0] * 7], {"time": T0}])
def test_what_is_no_row_is_left_out(row: Any) -> None:
    """Nor can what is no list of six cells."""
    sent: list[Any] = bars()
    sent[7] = row
    assert len(read(sent)) == 19


@pytest.mark.parametrize("bad", [{}, "rows", None, 7, [7], [[1, 2]], [[T0, 1]], [[None] * 6], [[math.nan] * 6]])
def test_what_is_no_answer_is_bad_data(bad: Any) -> None:
    """Maintenance pages come as lists of nothing."""
    with pytest.raises(BadData, match=r"^x: bars: "):
        read(bad)


@pytest.mark.parametrize("cells", [[0.0] * 5, ["0", "0", "0", "0", "0"], [0, 0, 0, 0, 17.0], [None] * 5])
def test_bars_of_a_halt_are_not_known(cells: list[Any]) -> None:
    """Venues go on sending bars while nothing trades; however many, they are no reason to refuse the others."""
    sent = [[time, *(cells if n >= 8 else rest)] for n, (time, *rest) in enumerate(bars())]
    if cells[0] is None:
        with pytest.raises(BadData, match=r"12 of 20 rows \(60%\) are not 6 numbers"):
            read(sent)
    else:
        assert unknown(read(sent)) == list(range(8, 20))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        (1, 0.0),
        (1, -107.0),
        (2, 50.0),
        (2, 0.0),
        (3, 200.0),
        (3, -1.0),
        (4, 200.0),
        (4, 50.0),
        (5, -5.0),
    ],
)
def test_what_cannot_be_a_bar_is_not_known(column: int, value: float) -> None:
    """A price that is none, a range the wrong way round, an end far outside it, a negative volume."""
    sent = bars()
    sent[7][column] = value
    assert unknown(read(sent)) == [7]


@pytest.mark.parametrize(("column", "off"), [(1, -1.0), (1, 1.0), (4, -1.0), (4, 1.0)])
@pytest.mark.parametrize("tick", [0.5, 0.0001])
def test_an_end_just_outside_its_bar_stays(column: int, off: float, tick: float) -> None:
    """By two steps of the price, or by .2 % of it where steps are finer: the bar's range is the narrower truth."""
    sent = bars()
    slack = 1.0 if tick == 0.5 else 0.21
    edge = sent[7][3] if off < 0 else sent[7][2]
    sent[7][column] = edge + off * slack
    table = repairs.candle_rows("x", "bars", sent, HOUR, tick)
    assert unknown(table) == []
    assert table[7].tolist() == sent[7]
    sent[7][column] = edge + off * 1.2 * slack
    assert unknown(repairs.candle_rows("x", "bars", sent, HOUR, tick)) == [7]


def test_two_bars_of_one_time_are_one() -> None:
    """The one that traded more is the later; the range is that of both."""
    sent = bars()
    early = [sent[7][0], 107.0, 109.0, 106.0, 108.0, 2.0]
    for order in ([*sent[:7], early, *sent[7:]], [*sent[:8], early, *sent[8:]]):
        table = read(order)
        assert len(table) == 20
        assert table[7].tolist() == [sent[7][0], 107.0, 119.0, 106.0, 118.0, 5.0]
    broken = [sent[7][0], None, 1.0, 1.0, 1.0, 99.0]
    assert read([*sent[:7], broken, *sent[7:]])[7].tolist() == sent[7]


def test_a_bar_off_the_grid_is_left_out() -> None:
    """Its time is that of no bar; a whole answer of such is another timeframe's."""
    sent = bars()
    sent[7][0] += 60_000
    assert len(read(sent)) == 19
    with pytest.raises(BadData, match="grid"):
        read([[row[0] + 60_000, *row[1:]] for row in bars()])


@settings(deadline=None)
@given(st.integers(0, 20))
def test_most_of_an_answer_is_all_of_it(bad: int) -> None:
    """Up to half of the rows are given up, and not one more; the error says which share."""
    sent = bars()
    for row in sent[:bad]:
        row[5] = -1.0
    if bad <= 10:
        assert unknown(read(sent)) == list(range(bad))
    else:
        with pytest.raises(BadData, match=rf"{bad} of 20 rows \({bad / 20:.0%}\) cannot be bars"):
            read(sent)


def test_a_short_tail_is_not_refused() -> None:
    """The newest rows alone are asked for all day: one bad bar among few must not be the market's end."""
    sent = bars(2)
    for row in sent:
        row[5] = -1.0
    assert unknown(read(sent)) == [0, 1]


@pytest.mark.parametrize("amount", [0, 0.0, "0.00000000", None, "", "NaN", math.nan, -3.0, "x"])
def test_open_interest_that_is_none_is_not_known(amount: Any) -> None:
    """0 is what venues send where nobody counted."""
    sent = [[T0 + n * HOUR, amount if n in {3, 4} else 100.0 + n] for n in range(20)]
    table = repairs.interest_rows("x", sent)
    assert unknown(table) == [3, 4]
    assert table[5, 1] == 105.0


def test_a_new_listings_zeros_are_not_known() -> None:
    """However many: an answer that is mostly of the time before anything was open."""
    table = repairs.interest_rows("x", [[T0 + n * HOUR, 0 if n < 15 else 100.0 + n] for n in range(20)])
    assert unknown(table) == list(range(15))


def test_what_was_sent_last_of_a_time_counts() -> None:
    """Newest first or oldest first."""
    sent = [[T0, 1.0], [T0 + HOUR, 2.0], [T0 + HOUR, 3.0], [T0 + 2 * HOUR, 4.0]]
    assert repairs.interest_rows("x", sent)[:, 1].tolist() == [1.0, 3.0, 4.0]
    assert repairs.interest_rows("x", sent[::-1])[:, 1].tolist() == [1.0, 3.0, 4.0]


def test_what_cannot_be_true_is_not_known() -> None:
    """A wick of twelve times the price, and open interest that leaps and comes back."""
    sent = bars()
    sent[7][2] *= 12
    assert unknown(repairs.credible_candles("x", "bars", read(sent))) == [7]
    interest = [[T0 + n * HOUR, 1e6 if n == 7 else 100.0] for n in range(20)]
    assert unknown(repairs.credible_interest("x", repairs.interest_rows("x", interest))) == [7]


def test_prices_beyond_all_prices_are_no_answer() -> None:
    """A whole table of them is another unit, and said so."""
    sent = [[time, *(1e298 * price for price in prices[:4]), prices[4]] for time, *prices in bars()]
    with pytest.raises(BadData, match=r"bars: 20 of 20 rows \(100%\) have a price beyond all prices"):
        repairs.credible_candles("x", "bars", read(sent))
