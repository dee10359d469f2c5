import math
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.heatmap import standing as kernel
from service.heatmap.assumptions import Assumptions, curves
from service.heatmap.bars import Bars
from service.heatmap.distance import distance_curve
from service.heatmap.flows import flows
from service.heatmap.inventory import take_inventory
from service.heatmap.path import LONG, SHORT, SIDES, STEP, side_path
from service.heatmap.standing import Standing, stand, survivors
from tests.heatmap import kernel_twin
from tests.heatmap.hand_made import steady
from tests.heatmap.kernel_market import FEW, MARKS, RATE, VENUE, random_bars

EVERYTHING = (1e-6, 1e9)
amounts = st.floats(1e-6, 1e9)


def inventory_of(bars: Bars, assumptions: Assumptions = FEW) -> dict[int, Standing]:
    """Return both sides with every bin of every bar."""
    return take_inventory(bars, assumptions, VENUE, EVERYTHING, len(bars)).sides


def twin_of(bars: Bars, side: int, assumptions: Assumptions = FEW) -> list[kernel_twin.Column]:
    """Return what the plain-Python twin makes of the same bars."""
    mix = assumptions.mix
    rate = RATE + assumptions.early
    buckets = kernel_twin.buckets_of(mix.edges.tolist(), mix.weights.tolist(), rate, side)
    return kernel_twin.run(bars, buckets, side, assumptions.churn, mix.unlevered)


def assert_like(found: Standing, expected: list[kernel_twin.Column], tolerance: float) -> None:
    """Assert that every flow and every bin after every bar is the twin's, within an amount."""
    for name in ("swept", "opened", "closed", "levered", "unlevered"):
        wanted = [getattr(column, name) for column in expected]
        assert getattr(found, name) == pytest.approx(wanted, rel=1e-9, abs=tolerance), name
    rows = found.rows
    for row, column in zip(rows, expected[-len(rows) :], strict=True):
        inside = {number - found.start: sum(held) for number, held in column.bins.items()}
        wanted = np.zeros(len(row))
        for number, amount in inside.items():
            if 0 <= number < len(row):
                wanted[number] = amount
        assert row == pytest.approx(wanted, rel=0.0, abs=tolerance)
        assert sum(amount for n, amount in inside.items() if not 0 <= n < len(row)) == pytest.approx(0, abs=tolerance)


@pytest.mark.parametrize("marks", MARKS)
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("seed", range(3))
def test_agrees_with_the_twin(seed: int, side: int, marks: str) -> None:
    """Gaps, flat bars, unknown open interest and impossible changes of it give what plain loops over bins give."""
    bars = random_bars(seed, 12, marks=marks)
    assert_like(inventory_of(bars)[side], twin_of(bars, side), 1e-8)


@pytest.mark.parametrize("side", SIDES)
def test_folding_the_scale_changes_nothing(side: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Amounts come out the same however often the running scale is folded back in."""
    bars = random_bars(5, 12)
    monkeypatch.setattr(kernel, "SMALLEST_SCALE", 1.5)
    assert_like(inventory_of(bars)[side], twin_of(bars, side), 1e-8)


@pytest.mark.parametrize("turnover", [10.0, 400.0, 1e6])
def test_turnover_that_leaves_nothing_of_the_old(turnover: float) -> None:
    """Volume of many times the open interest folds the scale, down to nothing at all, and stays finite and whole."""
    bars = random_bars(1, 15)
    bars = replace(bars, volume=np.full(15, turnover * 1000.0), open_interest=np.full(15, 1000.0))
    for side, found in inventory_of(bars).items():
        assert found.levered + found.unlevered == pytest.approx(bars.open_interest, rel=1e-12)
        assert found.rows.sum(axis=1) == pytest.approx(found.levered, rel=1e-9)
        assert_like(found, twin_of(bars, side), 1e-8)


@pytest.mark.parametrize("side", SIDES)
def test_nothing_stands_where_price_has_been(side: int) -> None:
    """Nothing stands at or before a bar's close, only its own opens at or before its reach, and nothing is negative."""
    bars = random_bars(2, 60, marks="wider")
    found, path = inventory_of(bars)[side], side_path(bars, side)
    first = (np.floor(path.cut / STEP) + 1 - found.start).astype(int)
    unreached = (np.floor(path.reach / STEP) + 1 - found.start).astype(int)
    assert not any(row[:edge].any() for row, edge in zip(found.rows, first, strict=True))
    swept_area = np.array([row[:edge].sum() for row, edge in zip(found.rows, unreached, strict=True)])
    assert np.all(swept_area <= found.opened * (1 - FEW.mix.unlevered) + 1e-9)
    assert (found.opened == 0.0).any()
    assert min(found.rows.min(), found.swept.min(), found.closed.min(), found.opened.min()) >= 0.0


@pytest.mark.parametrize("side", SIDES)
def test_a_window_shows_the_same_bins(side: int) -> None:
    """Asking for fewer bins or fewer columns leaves those asked for as they are, and the flows as well."""
    bars = random_bars(3, 40)
    path, flow, curve = side_path(bars, side), flows(bars, 1.0), curves(FEW, VENUE)[side]
    whole = stand(path, flow, curve, 0.2, 1e9, 40)
    middle = float(path.cut[-1])
    part = stand(path, flow, curve, 0.2, middle + 0.1, 7, middle - 0.05)
    first = part.start - whole.start
    assert part.start * STEP <= middle - 0.05
    assert (part.start + part.rows.shape[1]) * STEP >= middle + 0.1
    assert part.rows == pytest.approx(whole.rows[-7:, first : first + part.rows.shape[1]], abs=1e-9)
    for name in ("swept", "opened", "closed", "levered", "unlevered", "survival"):
        assert getattr(part, name) == pytest.approx(getattr(whole, name), rel=1e-12, abs=1e-12)


def test_opens_with_no_room_to_stand_carry_no_leverage() -> None:
    """Where every entry's liquidation lies in the bin of the close, the opens are without leverage, not lost."""
    bars = steady(3, half_range=0.0)
    bars = replace(bars, open_interest=np.array([5.0, 6.0, 7.0]))
    curve = distance_curve(1.0 - np.array([2e-6, 1e-6]), np.ones(1), np.array([400.0]))
    found = stand(side_path(bars, LONG), flows(bars, 1.0), curve, 0.0, 9.0, 3)
    assert not found.levered.any()
    assert found.unlevered == pytest.approx([5.0, 6.0, 7.0])


@given(standing=amounts, target=amounts, closes=amounts)
def test_survivors_leave_room_for_the_target(standing: float, target: float, closes: float) -> None:
    """Where at least the loss of open interest closes, a share of 0..1 is left, and never more than the target."""
    share = survivors(standing, target, max(closes, standing - target))
    assert 0.0 <= share <= 1.0
    assert share * standing <= target * (1 + 1e-12)


@given(standing=amounts, change=st.floats(-0.5, 0.5), turnover=st.floats(0.0, 3.0), parts=st.integers(2, 48))
def test_survivors_compose(standing: float, change: float, turnover: float, parts: int) -> None:
    """Closing in many steps leaves what one step leaves."""
    target = standing * (1 + change)
    closes = max(turnover * standing, standing - target)
    steps = np.linspace(standing, target, parts + 1)
    share = math.prod(survivors(a, b, closes / parts) for a, b in pairwise(steps))
    assert share == pytest.approx(survivors(standing, target, closes), rel=1e-9)


@given(standing=amounts, closes=st.floats(0.0, 3.0), change=st.floats(-1e-6, 1e-6))
def test_survivors_are_smooth_at_no_change(standing: float, closes: float, change: float) -> None:
    """Open interest that hardly moves closes as open interest that does not."""
    out = max(closes, -change) * standing
    assert survivors(standing, standing * (1 + change), out) == pytest.approx(math.exp(-out / standing), rel=1e-5)


def test_survivors_of_nothing() -> None:
    """Open interest that goes to zero leaves nobody."""
    assert survivors(5.0, 0.0, 5.0) == 0.0


@pytest.mark.parametrize("side", [LONG, SHORT])
def test_hours_close_as_much_as_their_day(side: int) -> None:
    """A day cut into 24 hours leaves of the old inventory what the day as one bar leaves."""
    hours = replace(
        random_bars(0, 25),
        **dict.fromkeys(("open", "high", "low", "close", "mark_low", "mark_high"), np.full(25, 100.0)),
        open_interest=np.linspace(1000.0, 1300.0, 25),
        volume=np.full(25, 50.0),
    )
    day = replace(hours.part(0, 2), open_interest=np.array([1000.0, 1300.0]), volume=np.array([0.0, 24 * 50.0]))
    by_hour = inventory_of(hours)[side].survival[1:].prod()
    assert by_hour == pytest.approx(inventory_of(day)[side].survival[1], rel=1e-12)
