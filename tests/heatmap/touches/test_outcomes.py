import numpy as np
import pytest

from service.heatmap.base.side import Side
from service.heatmap.touches.entries import BandEntries
from service.heatmap.touches.outcomes import BROKE, GRIND, RECENT, SWEPT, confirmed, outcomes_of, volume_z
from service.heatmap.touches.rules import TouchRules
from tests.support.hand_made import Row, bars_of, mirrored, steady

RULES = TouchRules()
QUIET = (100.0, 101.0, 99.0, 100.0)


def entry(sign: int, bar: int = 0, near: float = 95.0, far: float = 90.0, atr: float = 2.0) -> BandEntries:
    """Return one entry, into 95..90 from above unless told otherwise."""
    whole = np.array([bar]), np.array([sign])
    return BandEntries(*whole, np.array([near]), np.array([far]), np.array([atr]))


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        ([(100, 100, 92, 97), (97, 99, 96, 98)], SWEPT),
        ([(100, 100, 92, 94), (94, 97, 93, 96)], SWEPT),
        ([(100, 100, 88, 89), (89, 97, 89, 96)], SWEPT),
        ([(100, 100, 92, 93), (93, 94, 88, 89)], BROKE),
        ([(100, 100, 92, 97), (97, 97, 88, 89)], BROKE),
        ([(100, 100, 92, 93), (93, 95, 91, 94)], GRIND),
        ([(100, 100, 92, 97), (97, 97, 95, 96)], GRIND),
        ([(100, 100, 92, 97)], RECENT),
    ],
)
def test_each_class_on_paper(rows: list[Row], wanted: int) -> None:
    """Reclaimed by this bar or the next, which rises: swept. Next close beyond 90: broke. Neither: grind."""
    bars = bars_of(rows)
    assert outcomes_of(bars, entry(1), RULES).outcome.tolist() == [wanted]
    above = entry(-1, near=105.0, far=110.0)
    assert outcomes_of(mirrored(bars, 100.0), above, RULES).outcome.tolist() == [wanted]


@pytest.mark.parametrize(
    ("rows", "wanted"),
    [
        # the next close on the far edge is not beyond it
        ([(100, 100, 92, 93), (93, 94, 88, 90)], GRIND),
        ([(100, 100, 92, 93), (93, 94, 88, 89.99)], BROKE),
        # beyond the far edge within the bar, or at its own close, is not yet through
        ([(100, 100, 85, 89), (89, 91, 85, 90.5)], GRIND),
        # a close on the near edge is not back
        ([(100, 100, 92, 94), (94, 96, 93, 95)], GRIND),
        ([(100, 100, 92, 95), (95, 95, 93, 95)], GRIND),
        ([(100, 100, 92, 94), (94, 96, 93, 95.01)], SWEPT),
        # back, but the next bar stood still
        ([(100, 100, 92, 97), (97, 99, 96, 97)], GRIND),
        ([(100, 100, 92, 97), (97, 99, 96, 97.01)], SWEPT),
        # what comes after the next bar changes nothing
        ([(100, 100, 92, 93), (93, 95, 91, 94), (94, 99, 94, 99)], GRIND),
        ([(100, 100, 92, 93), (93, 95, 91, 94), (94, 94, 80, 81)], GRIND),
    ],
)
def test_the_bounds_of_the_classes(rows: list[Row], wanted: int) -> None:
    """Prices on an edge are neither beyond it nor back from it, on either side."""
    bars = bars_of(rows)
    assert outcomes_of(bars, entry(1), RULES).outcome.tolist() == [wanted]
    above = entry(-1, near=105.0, far=110.0)
    assert outcomes_of(mirrored(bars, 100.0), above, RULES).outcome.tolist() == [wanted]


@pytest.mark.parametrize(("low", "depth"), [(95.0, 0.0), (94.0, 0.2), (92.5, 0.5), (90.0, 1.0), (60.0, 1.0)])
def test_depth_on_paper(low: float, depth: float) -> None:
    """Into 95..90: 94 is a fifth of the way, 90 all of it, and there is no more than all."""
    bars = bars_of([(100, 100, low, 97), QUIET])
    assert outcomes_of(bars, entry(1), RULES).depth.tolist() == [depth]
    above = entry(-1, near=105.0, far=110.0)
    assert outcomes_of(mirrored(bars, 100.0), above, RULES).depth.tolist() == [depth]


def test_each_horizon_counts_from_the_entering_bar() -> None:
    """With a close of 100 + n at bar n and an ATR of 2: n bars after the entry are n / 2, and bar 25 has no 24 more."""
    bars = bars_of([(100 + n, 101 + n, 99 + n, 100.0 + n) for n in range(49)])
    for bar, last in ((0, 12.0), (24, 12.0), (25, np.nan)):
        np.testing.assert_array_equal(outcomes_of(bars, entry(1, bar=bar), RULES).follow, [[0.5, 2.0, last]])
    np.testing.assert_array_equal(outcomes_of(bars, entry(1, bar=48), RULES).follow, [[np.nan] * 3])


def test_wick_and_reclaim_on_paper() -> None:
    """Range 92..100, body 97..100: the lower wick is 5 of 8; for a short zone the upper wick counts, here none."""
    bars = bars_of([(100, 100, 92, 97), QUIET])
    found = outcomes_of(bars, entry(1), RULES)
    assert found.wick.tolist() == [0.625]
    assert found.reclaim.tolist() == [True]
    assert outcomes_of(bars, entry(-1, near=99.0, far=110.0), RULES).wick.tolist() == [0.0]
    assert outcomes_of(bars_of([(95, 95, 95, 95), QUIET]), entry(1), RULES).wick.tolist() == [0.0]


@pytest.mark.parametrize(("close", "back"), [(95.01, True), (95.0, False), (94.99, False)])
def test_a_close_on_the_near_edge_is_no_reclaim(close: float, back: bool) -> None:
    """Only beyond the edge is price back out of the band, on either side."""
    bars = bars_of([(100, 100, 92, close), QUIET])
    assert outcomes_of(bars, entry(1), RULES).reclaim.tolist() == [back]
    above = entry(-1, near=105.0, far=110.0)
    assert outcomes_of(mirrored(bars, 100.0), above, RULES).reclaim.tolist() == [back]


def test_follow_through_on_paper() -> None:
    """Closes 97, 98, .., in ATR of 2 from the entering close: +0.5 after one bar, +2 after four, 24 not there yet."""
    bars = bars_of([(c, c + 1, c - 1, c) for c in (97.0, 98.0, 99.0, 100.0, 101.0)])
    np.testing.assert_array_equal(outcomes_of(bars, entry(1), RULES).follow, [[0.5, 2.0, np.nan]])
    np.testing.assert_array_equal(outcomes_of(bars, entry(-1), RULES).follow, [[-0.5, -2.0, np.nan]])


def test_follow_through_stops_at_a_gap() -> None:
    """Four bars on the far side of a gap are not four bars."""
    bars = steady(8)
    late = bars.time + np.where(np.arange(8) > 2, bars.step, 0)
    gapped = type(bars)(**{**bars.__dict__, "time": late})
    np.testing.assert_array_equal(outcomes_of(gapped, entry(1), RULES).follow, [[0.0, np.nan, np.nan]])


def test_volume_z_on_paper() -> None:
    """Against 1, 2, 3 (mean 2, deviation 0.816), 4 scores 2.449; the bar itself is not in its own past."""
    found = volume_z(np.array([1.0, 2.0, 3.0, 4.0, 3.0]), 3)
    np.testing.assert_allclose(found, [np.nan, np.nan, np.nan, 2.0 / np.sqrt(2 / 3), 0.0], atol=1e-12)


def test_volume_z_of_unchanging_volume() -> None:
    """The same again is nothing special; anything else stands out without bound."""
    np.testing.assert_array_equal(volume_z(np.array([5.0, 5.0, 5.0, 5.0]), 3)[3:], [0.0])
    assert volume_z(np.array([5.0, 5.0, 5.0, 6.0]), 3)[3] == np.inf
    assert np.isnan(volume_z(np.ones(2), 3)).all()


@pytest.mark.parametrize(("volume", "spike"), [(12.0, True), (11.99, False)])
@pytest.mark.parametrize(("close", Side.LONG), [(96.0, True), (95.9, False)])
def test_the_bounds_of_the_signs(volume: float, close: float, spike: bool, long: bool) -> None:
    """Against 9 and 11 by turns (mean 10, deviation 1) 12 is a spike; a wick from 92 to 96 is half of 92..100."""
    rows: list[Row] = [QUIET] * 20 + [(100.0, 100.0, 92.0, close)]
    bars = bars_of(rows, [9.0, 11.0] * 10 + [volume])
    signs = confirmed(outcomes_of(bars, entry(1, bar=20), RULES), RULES)
    assert [sign.tolist() for sign in signs] == [[spike], [long]]


def test_confirmation_needs_spike_and_wick() -> None:
    """A spike is 2 deviations, a long wick half the range; a bar too early to tell has no spike."""
    rows = [QUIET] * 21 + [(100.0, 100.0, 92.0, 97.0), QUIET]
    volumes = [10.0 + (i % 2) for i in range(21)] + [12.0, 10.0]
    spike, wick = confirmed(outcomes_of(bars_of(rows, volumes), entry(1, bar=21), RULES), RULES)
    assert (spike.tolist(), wick.tolist()) == ([True], [True])
    spike, wick = confirmed(outcomes_of(bars_of(rows[-2:]), entry(1), RULES), RULES)
    assert (spike.tolist(), wick.tolist()) == ([False], [True])
