import numpy as np

from service.heatmap.levels.find import find_levels
from service.heatmap.levels.level import Level, at_price
from tests.support.hand_made import HOUR, MIDNIGHT, bars_of, steady

DAY = 86_400_000


def kinds(count: int, start: int = MIDNIGHT) -> dict[str, Level]:
    """Return the prior-period levels of `count` hourly bars, bar i opening at 100 + i / 100."""
    rows = [(100 + i / 100, 101 + i / 100, 99 + i / 100, 100.5 + i / 100) for i in range(count)]
    found = find_levels(bars_of(rows, start=start))
    return {level.kind: level for level in found if level.kind.startswith("prior")}


def test_prior_day() -> None:
    """On Tuesday at 05:00 the prior day is Monday: its first open, last close and extremes."""
    found = kinds(29)
    assert {kind: round(level.price, 2) for kind, level in found.items()} == {
        "prior_day_open": 100.0, "prior_day_high": 101.23, "prior_day_low": 99.0, "prior_day_close": 100.73,
    }  # fmt: skip
    assert {level.time for level in found.values()} == {MIDNIGHT}


def test_the_day_that_just_ended_is_the_prior_one() -> None:
    """At midnight the new day has begun; an hour before it had not, and Sunday is not in hand."""
    assert kinds(24)["prior_day_open"].time == MIDNIGHT
    assert kinds(23) == {}


def test_prior_week() -> None:
    """Eight days from Monday on hold the prior week."""
    found = kinds(8 * 24)
    assert found["prior_week_open"].price == 100.0
    assert round(found["prior_week_close"].price, 2) == round(100.5 + (7 * 24 - 1) / 100, 2)


def test_a_prior_day_that_is_not_in_hand_is_not_replaced() -> None:
    """After a missing day, an older day is not passed off as the prior one."""
    bars = steady(100)
    keep = np.r_[0:24, 48 + 5 : 48 + 9]
    gapped = type(bars)(step=HOUR, **{n: getattr(bars, n)[keep] for n in bars.__dataclass_fields__ if n != "step"})
    assert not [level for level in find_levels(gapped) if level.kind.startswith("prior_day")]


def test_all_kinds_come_together_in_price_order() -> None:
    """Pivots, volume, walls and prior days stand in one list, lowest first."""
    closes = 100 + 10 * np.sin(np.arange(240) / 12.0)
    bars = bars_of([(c, c + 0.5, c - 0.5, c) for c in closes.tolist()])
    bids = np.array([[99.0 - i / 10, 40.0 if i == 30 else 1.0] for i in range(100)])
    asks = np.array([[101.0 + i / 10, 40.0 if i == 30 else 1.0] for i in range(100)])
    found = find_levels(bars, bids=bids, asks=asks)
    assert [level.price for level in found] == sorted(level.price for level in found)
    assert {
        "swing_high", "swing_low", "point_of_control", "value_area_high", "value_area_low", "bid_wall", "ask_wall",
        "prior_day_high", "prior_week_low",
    } <= {level.kind for level in found}  # fmt: skip


def test_no_bars_no_levels() -> None:
    """Nothing is made up for a market without bars."""
    assert find_levels(steady(0)) == ()


def test_overlap_counts_the_edges() -> None:
    """A level on a zone's very edge is in it."""
    level = at_price("swing_low", 100.0)
    assert level.overlaps(100.0, 101.0)
    assert level.overlaps(99.0, 100.0)
    assert not level.overlaps(100.1, 101.0)
