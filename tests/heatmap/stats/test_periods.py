import numpy as np

from service.heatmap.stats.periods import days, weeks
from service.times import DAY_MS
from tests.support.hand_made import HOUR, MIDNIGHT, bars_of, steady


def test_days_cut_short_are_left_out() -> None:
    """Bars from 06:00 on Monday to 12:00 on Thursday hold two whole days."""
    whole = days(steady(18 + 48 + 12, start=MIDNIGHT + 6 * HOUR))
    assert whole.start.tolist() == [MIDNIGHT + DAY_MS, MIDNIGHT + 2 * DAY_MS]


def test_a_day_is_whole_once_its_last_bar_closed() -> None:
    """24 hourly bars are a day; 23 are none."""
    assert len(days(steady(24))) == 1
    assert len(days(steady(23))) == 0
    assert len(days(steady(0))) == 0


def test_open_high_low_close() -> None:
    """A day opens with its first bar, closes with its last, and takes the extremes of all."""
    rows = [(10.0 + i, 20.0 + (i == 5), 5.0 - (i == 7), 11.0 + i) for i in range(24)]
    whole = days(bars_of(rows))
    assert [x.tolist() for x in (whole.open, whole.high, whole.low, whole.close)] == [[10.0], [21.0], [4.0], [34.0]]


def test_a_missing_day_is_not_made_up() -> None:
    """Bars of Monday and Wednesday give Monday and Wednesday."""
    both = steady(72)
    keep = np.r_[0:24, 48:72]
    gapped = type(both)(step=HOUR, **{n: getattr(both, n)[keep] for n in both.__dataclass_fields__ if n != "step"})
    assert days(gapped).start.tolist() == [MIDNIGHT, MIDNIGHT + 2 * DAY_MS]


def test_weeks_begin_on_monday() -> None:
    """From a Sunday, three weeks and a day of bars hold three whole weeks from Monday on."""
    whole = weeks(steady(22 * 24, start=MIDNIGHT - DAY_MS))
    assert whole.start.tolist() == [MIDNIGHT + 7 * DAY_MS * i for i in range(3)]
