"""Bars get what was public at each one's close, and nothing from after it."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.market.contract import Candles, Coverage, OpenInterest
from service.market.feed.alignment.align import align

STEP = 10


def bars(*times: int) -> Candles:
    """Return a bar at each time: open 100 + t, high 20 above, low 20 below, close 1 above, volume t."""
    time = np.array(times, dtype=np.int64)
    price: Floats = 100.0 + time.astype(np.float64)
    return Candles(time, price, price + 20, price - 20, price + 1, time.astype(float))


def series(**by_time: float) -> OpenInterest:
    """Return open interest, given as t10=5.0."""
    time = np.array([int(name[1:]) for name in by_time], dtype=np.int64)
    return OpenInterest(time, np.array(list(by_time.values())))


def align_to_end(rows: Candles, amounts: OpenInterest | None, mark: Candles | None) -> tuple[Bars, Coverage]:
    """Align bars that are there up to the moment asked for."""
    return align(rows, amounts, mark, STEP, int(rows.time[-1]) + STEP)


def interest(found: Floats) -> list[float | None]:
    """Return open interest with None where it is not known."""
    return [None if np.isnan(amount) else float(amount) for amount in found]


def test_columns_go_where_they_belong() -> None:
    """Prices, volume and times are taken over unchanged, as contiguous columns."""
    aligned, coverage = align_to_end(bars(10, 20), None, None)
    assert aligned.time.tolist() == [10, 20]
    assert aligned.open.tolist() == [110.0, 120.0]
    assert aligned.high.tolist() == aligned.mark_high.tolist() == [130.0, 140.0]
    assert aligned.low.tolist() == aligned.mark_low.tolist() == [90.0, 100.0]
    assert aligned.close.tolist() == [111.0, 121.0]
    assert aligned.volume.tolist() == [10.0, 20.0]
    assert aligned.close.flags.c_contiguous
    assert (coverage.first, coverage.last, coverage.bars, coverage.gaps) == (10, 20, 2, 0)
    assert (coverage.open_interest_share, coverage.mark_price_share) == (0.0, 0.0)


def test_open_interest_at_the_close_counts() -> None:
    """A value public exactly at a bar's close is that bar's; one at its open is the bar's before it."""
    aligned, coverage = align_to_end(bars(10, 20, 30), series(t20=5.0, t30=6.0, t40=7.0), None)
    assert interest(aligned.open_interest) == [5.0, 6.0, 7.0]
    assert coverage.open_interest_share == 1.0


def test_open_interest_inside_a_bar_counts_for_it() -> None:
    """Venues that stamp their values off the grid are read as of the close."""
    aligned, _ = align_to_end(bars(10, 20, 30), series(t17=5.0, t27=6.0, t37=7.0), None)
    assert interest(aligned.open_interest) == [5.0, 6.0, 7.0]


def test_an_old_value_is_not_carried_on() -> None:
    """A value from before the bar's open says nothing of its close."""
    aligned, coverage = align_to_end(bars(10, 20, 30, 40), series(t20=5.0, t30=6.0), None)
    assert interest(aligned.open_interest) == [5.0, 6.0, None, None]
    assert coverage.open_interest_share == 0.5


def test_values_further_apart_than_the_bars_are_spread_over_their_spacing() -> None:
    """Hourly values on five-minute bars: the known change is told bit by bit until the next is due, and no longer."""
    aligned, _ = align_to_end(bars(*range(0, 100, 10)), series(t10=5.0, t40=8.0), None)
    assert interest(aligned.open_interest) == [5.0, 5.0, 5.0, 6.0, 7.0, 8.0, None, None, None, None]


@settings(deadline=None)
@given(st.lists(st.floats(1, 1e6), min_size=2, max_size=12, unique=True), st.integers(2, 12))
def test_a_coarse_change_is_even_and_complete(amounts: list[float], apart: int) -> None:
    """No bar gets more than its share of a change, and when the next value is due, the last one has been told.

    Values that stay alike for long are an outage, see test_outages.
    """
    spacing = apart * STEP
    rows = OpenInterest(spacing * np.arange(1, len(amounts) + 1), np.array(amounts))
    found, _ = align_to_end(bars(*range(0, spacing * (len(amounts) + 1) - STEP, STEP)), rows, None)
    told = found.open_interest[apart - 1 :]
    np.testing.assert_allclose(told[apart - 1 :: apart], amounts, rtol=1e-9)
    shares = np.repeat(np.abs(np.diff(amounts)) / apart, apart)
    np.testing.assert_allclose(np.abs(np.diff(told))[apart - 1 :], shares, rtol=1e-6, atol=1e-6)


def test_a_coarse_change_is_held_against_what_was_traded_between_the_values() -> None:
    """Three bars trade 10 + 20 + 30: a change of 60 can be, one of 61 spoils all three."""
    for change, spoilt in ((60.0, 0), (61.0, 3), (-61.0, 3)):
        rows = series(t10=100.0, t40=100.0 + change, t70=100.0 + change)
        found, coverage = align_to_end(bars(0, 10, 20, 30, 40, 50, 60), rows, None)
        assert coverage.inconsistent == spoilt
        assert np.isfinite(found.open_interest).all()


def test_a_single_value_is_as_old_as_a_bar_at_most() -> None:
    """One row has no spacing; the bar's own length is taken."""
    aligned, _ = align_to_end(bars(10, 20, 30), series(t20=5.0), None)
    assert interest(aligned.open_interest) == [5.0, None, None]


@settings(deadline=None)
@given(
    st.lists(st.integers(0, 40), min_size=1, max_size=20, unique=True).map(sorted),
    st.lists(st.integers(0, 420), max_size=20, unique=True).map(sorted),
)
def test_nothing_from_after_the_close_is_seen(opens: list[int], stamps: list[int]) -> None:
    """Whatever the times, taking away all that comes after a bar's close leaves that bar as it was."""
    whole = bars(*(10 * n for n in opens))
    rows = OpenInterest(np.array(stamps, dtype=np.int64), np.array(stamps, dtype=np.float64))
    # The spacing is a property of the venue, not of the moment: it is held the same here.
    spacing = np.diff(rows.time)
    for t, opened in enumerate(whole.time.tolist()):
        kept = rows.between(-1, opened + STEP + 1)
        if len(spacing) and len(kept.time) > 1 and np.median(np.diff(kept.time)) != np.median(spacing):
            continue
        if len(kept.time) < 2 <= len(rows.time):
            continue
        now, _ = align_to_end(whole.between(-1, opened + 1), kept, None)
        later, _ = align_to_end(whole, rows, None)
        assert interest(now.open_interest)[t] == interest(later.open_interest)[t]


def test_mark_price_stands_in_where_it_is_known() -> None:
    """The mark's range where there is a row of exactly that time, the traded range elsewhere."""
    mark = Candles(np.array([20], dtype=np.int64), *np.array([[1.0], [125.0], [115.0], [1.0], [0.0]]))
    aligned, coverage = align_to_end(bars(10, 20, 30), None, mark)
    assert aligned.mark_high.tolist() == [130.0, 125.0, 150.0]
    assert aligned.mark_low.tolist() == [90.0, 115.0, 110.0]
    assert coverage.mark_price_share == pytest.approx(1 / 3)


@pytest.mark.parametrize("times", [[], [15], [5, 100]])
def test_marks_at_other_times_count_for_nothing(times: list[int]) -> None:
    """Rows that match no bar leave the traded range."""
    mark = Candles(np.array(times, dtype=np.int64), *np.ones((5, len(times))))
    aligned, coverage = align_to_end(bars(10, 20), None, mark)
    assert aligned.mark_low.tolist() == [90.0, 100.0]
    assert coverage.mark_price_share == 0.0


@pytest.mark.parametrize(("until", "missing"), [(40, 0), (50, 1), (100, 6)])
def test_bars_missing_at_the_end_are_counted(until: int, missing: int) -> None:
    """What should have closed by the moment asked for, and did not come, counts as missing, on its own and as a gap."""
    _, coverage = align(bars(10, 30), series(t40=5.0), None, STEP, until)
    assert (coverage.missing_at_end, coverage.gaps) == (missing, missing + 1)


@pytest.mark.parametrize(("stamp", "missing"), [(None, 4), (20, 3), (30, 2), (50, 0)])
def test_bars_since_the_newest_open_interest_are_counted(stamp: int | None, missing: int) -> None:
    """How far the newest value lies behind the last bar, all of them where there is none."""
    rows = None if stamp is None else OpenInterest(np.array([stamp]), np.array([5.0]))
    assert align_to_end(bars(10, 20, 30, 40), rows, None)[1].open_interest_missing_at_end == missing


@pytest.mark.parametrize(("times", "gaps"), [([10], 0), ([10, 20, 30], 0), ([10, 30], 1), ([10, 50, 60, 80], 4)])
def test_missing_bars_are_counted(times: list[int], gaps: int) -> None:
    """A gap is counted by the bars that would fill it."""
    assert align_to_end(bars(*times), None, None)[1].gaps == gaps


def test_bars_of_which_nothing_is_known_are_missing() -> None:
    """They were sent, so they are counted apart from those that were not."""
    rows = bars(10, 20, 30, 50)
    for column in (rows.open, rows.high, rows.low, rows.close, rows.volume):
        column[1] = np.nan
    aligned, coverage = align_to_end(rows, series(t20=5.0, t30=6.0, t40=7.0, t60=8.0), None)
    assert aligned.time.tolist() == [10, 30, 50]
    assert interest(aligned.open_interest) == [5.0, 7.0, 8.0]
    assert (coverage.bars, coverage.gaps, coverage.unusable, coverage.repaired) == (3, 2, 1, 0)


def test_open_interest_of_which_nothing_is_known_is_counted() -> None:
    """The bar that it stands for has none."""
    aligned, coverage = align_to_end(bars(10, 20, 30), series(t20=5.0, t30=np.nan, t40=7.0), None)
    assert interest(aligned.open_interest) == [5.0, None, 7.0]
    assert coverage.open_interest_unusable == 1
    assert coverage.open_interest_share == pytest.approx(2 / 3)


def test_a_range_that_does_not_hold_its_own_ends_is_widened() -> None:
    """Every price that was traded lies in it; mark prices liquidate, and stay as they are."""
    rows = bars(10, 20, 30)
    rows.open[1], rows.close[2] = rows.low[1] - 1, rows.high[2] + 2
    aligned, coverage = align_to_end(rows, None, None)
    assert aligned.low.tolist() == [90.0, 99.0, 110.0]
    assert aligned.high.tolist() == [130.0, 140.0, 152.0]
    assert (coverage.repaired, coverage.unusable) == (2, 0)


def test_a_mark_price_of_which_nothing_is_known_is_the_traded_one() -> None:
    """As one that was not sent."""
    mark = bars(10, 20)
    mark.low[0] = np.nan
    aligned, coverage = align_to_end(bars(10, 20), None, mark)
    assert aligned.mark_low.tolist() == aligned.low.tolist()
    assert coverage.mark_price_share == 0.5


def test_a_change_over_missing_bars_is_not_called_inconsistent() -> None:
    """What was traded in them is not known."""
    _, coverage = align_to_end(bars(10, 20, 30, 60), series(t20=100.0, t30=101.0, t40=102.0, t70=190.0), None)
    assert coverage.inconsistent == 0
