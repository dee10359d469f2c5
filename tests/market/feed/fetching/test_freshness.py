"""Every kind of data has its limits, which settings may change."""

from service.market.feed.fetching.freshness import LIMITS, Limit, limits_with


def test_nothing_is_stale_before_it_is_no_longer_fresh() -> None:
    """Each kind is fresh for a while and stands in for a while longer."""
    assert all(0.0 <= limit.fresh < limit.stale for limit in LIMITS.values())


def test_settings_change_what_they_name() -> None:
    """And nothing else; a fresh limit raises the stale one along."""
    changed = limits_with({"book": 90.0}, {"series": 30.0})
    assert changed["book"] == Limit(90.0, 90.0)
    assert changed["series"] == Limit(0.0, 30.0)
    assert {kind for kind in LIMITS if LIMITS[kind] != changed[kind]} == {"book", "series"}


def test_stale_limits_of_nothing_switch_it_off() -> None:
    """What is no longer fresh is then fetched before it is given."""
    assert all(limit.stale == limit.fresh for limit in limits_with({}, dict.fromkeys(LIMITS, 0.0)).values())
