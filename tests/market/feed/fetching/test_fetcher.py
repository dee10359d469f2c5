"""One call however many ask, kept for its time, noted by the exchange's health, and waited for only so long."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from service.market.contract import BadData, ExchangeUnavailable
from service.market.feed import Health
from service.market.feed.exchange_health.back_off import FIRST_WAIT
from service.market.feed.fetching.fetcher import Fetcher, SnapshotFetcher, Upstream
from service.market.feed.fetching.freshness import Limit
from tests.support.crowd import CountedLock, crowd
from tests.support.fake_exchange import Clock, Held


class Venue:
    """Counts its calls; each answers with their number."""

    def __init__(self) -> None:
        """Have had no call."""
        self.calls, self.error = 0, None

    def __call__(self) -> int:
        """Answer, or raise."""
        self.calls += 1
        if self.error is not None:
            raise self.error
        return self.calls

    error: Exception | None


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still."""
    return Clock()


@pytest.fixture
def health(clock: Clock) -> Health:
    """Return the health of the one exchange."""
    return Health(clock)


def snapshots(health: Health, clock: Clock, wait: float | None = None) -> SnapshotFetcher[int]:
    """Return a fetcher that keeps two values for ten seconds."""
    return SnapshotFetcher(Upstream({"x": health}, clock, clock, wait), 2, Limit(10.0, 10.0))


def test_a_snapshot_is_kept_for_its_time_and_no_longer(health: Health, clock: Clock) -> None:
    """The last tick of its time is still within, its end is not."""
    fetcher, venue = snapshots(health, clock), Venue()
    began = clock.now
    asked = []
    for after in (0.0, 9.9, 10.0, 19.9, 20.0):
        clock.now = began + after
        asked.append(fetcher.get("x", "BTC", venue))
    assert asked == [1, 1, 2, 2, 3]


def test_each_key_has_its_own_value_and_few_are_kept(health: Health, clock: Clock) -> None:
    """The value not used for longest goes first."""
    fetcher, venue = snapshots(health, clock), Venue()
    assert [fetcher.get("x", key, venue) for key in ("a", "b", "a", "c", "a", "b")] == [1, 2, 1, 3, 1, 4]


def test_calls_are_noted_and_a_failure_leaves_nothing_behind(health: Health, clock: Clock) -> None:
    """Who comes at once shares the error, who comes later asks again, and health tells what came last."""
    fetcher, venue = snapshots(health, clock), Venue()
    venue.error = BadData("x", "torn")
    with pytest.raises(BadData, match="torn"):
        fetcher.get("x", "BTC", venue)
    assert (health.state, health.last_error) == ("failing", "torn")
    venue.error = None
    with pytest.raises(BadData, match="torn") as shared:
        fetcher.get("x", "BTC", venue)
    assert (venue.calls, shared.value.retry_after) == (1, FIRST_WAIT)
    clock.now += FIRST_WAIT
    assert fetcher.get("x", "BTC", venue) == 2
    assert health.state == "ok"


def test_an_exchange_that_is_left_alone_is_not_called_but_what_is_fresh_is_given(health: Health, clock: Clock) -> None:
    """A pause costs only what is not kept."""
    fetcher, venue = snapshots(health, clock), Venue()
    fetcher.get("x", "BTC", venue)
    health.fail(ExchangeUnavailable("x", "refuses", 60.0, rest=True))
    assert fetcher.get("x", "BTC", venue) == 1
    with pytest.raises(ExchangeUnavailable, match="left alone"):
        fetcher.get("x", "ETH", venue)
    assert venue.calls == 1


def test_twenty_callers_share_one_call(health: Health, clock: Clock) -> None:
    """All have its value."""
    fetcher, venue, held = snapshots(health, clock), Venue(), Held()
    fetcher._fetcher._flight._lock = lock = CountedLock(20)  # type: ignore[assignment]  # every caller passes it once on its way in
    lock.then(held.release.set)

    def call() -> int:
        held()
        return venue()

    assert crowd(20, lambda: fetcher.get("x", "BTC", call)) == [1] * 20


def test_a_call_that_hangs_is_waited_for_only_so_long(health: Health, clock: Clock) -> None:
    """The caller is told that the exchange is unavailable; the call goes on and its value is kept."""
    fetcher, venue, held = snapshots(health, clock, wait=0.01), Venue(), Held()

    def call() -> int:
        held()
        return venue()

    with ThreadPoolExecutor(1) as pool:
        leader = pool.submit(fetcher.get, "x", "BTC", call)
        assert held.entered.wait(30)
        with pytest.raises(ExchangeUnavailable, match="under way for too long"):
            fetcher.get("x", "BTC", venue)
        held.release.set()
        assert leader.result(30) == 1
    assert fetcher.get("x", "BTC", venue) == 1


def test_what_is_kept_can_be_made_into_the_new_value(health: Health, clock: Clock) -> None:
    """A load is given what is kept, fresh or not, and what it returns takes its place unless it raises."""
    fetcher: Fetcher[list[int]] = Fetcher(Upstream({"x": health}, clock, clock), 4)

    def longer(kept: list[int] | None, _: Health) -> list[int]:
        return [*(kept or []), 7]

    def torn(_: list[int] | None, health: Health) -> list[int]:
        def call() -> list[int]:
            raise BadData("x", "torn")

        return health.watch(call)

    for length in (1, 2, 3):
        assert fetcher.get("x", "rows", lambda kept, least=length: len(kept) >= least, longer) == [7] * length  # type: ignore[misc]  # a default pins the loop's value
    with pytest.raises(BadData):
        fetcher.get("x", "rows", lambda _: False, torn)
    assert fetcher.kept("x", "rows") == [7, 7, 7]
    assert fetcher.kept("x", "others") is None


def test_a_load_that_ended_in_between_is_taken(health: Health, clock: Clock) -> None:
    """A caller that finds nothing fresh, and whose turn comes after another's load, does not load again."""
    fetcher: Fetcher[int] = Fetcher(Upstream({"x": health}, clock, clock), 4)
    looks = iter([False, True])
    fetcher.get("x", "key", lambda _: False, lambda _kept, _health: 1)
    assert fetcher.get("x", "key", lambda _: next(looks), lambda _kept, _health: 2) == 1


@pytest.mark.parametrize(("until", "left"), [(1013.0, 3.0), (1020.0, 10.0), (1050.0, 10.0), (900.0, 0.0), (None, 10.0)])
def test_what_replicas_share_ends_for_all_at_once(until: float | None, left: float) -> None:
    """It is fresh until whoever read it said, as old as that makes it, and never for longer than its kind."""
    clock, calls = Clock(1010.0), []

    def call() -> int:
        calls.append(clock.now)
        return len(calls)

    upstream = Upstream({"x": Health(clock)}, clock, clock, ends={"x": lambda: until})
    fetcher: SnapshotFetcher[int] = SnapshotFetcher(upstream, 2, Limit(10.0, 10.0))
    snapshot = fetcher.read("x", "key", call)
    assert (snapshot.fresh_until, snapshot.read_at) == (1010.0 + left, 1000.0 + left)
    clock.now = max(1010.0, 1009.9 + left)
    assert fetcher.get("x", "key", call) == (1 if left else 2)
    clock.now = 1010.0 + left
    fetcher.get("x", "key", call)
    assert len(calls) == (2 if left else 3)
