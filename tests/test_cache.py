"""One load per key, values for a while, bounded; failures reach everyone once and stay with nobody."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from service.cache import SingleFlight, StillLoading, TimedCache
from tests.support.crowd import CountedLock, crowd
from tests.support.fake_exchange import Clock


class Load:
    """A load that notes its calls, returns their number or raises, and waits while it is held."""

    def __init__(self, *, held: bool = False) -> None:
        """Start open unless `held`."""
        self.calls = 0
        self.error: Exception | None = None
        self.entered, self.release = threading.Event(), threading.Event()
        if not held:
            self.release.set()

    def __call__(self) -> int:
        """Return how many calls there were."""
        self.calls += 1
        self.entered.set()
        assert self.release.wait(30)
        if self.error is not None:
            raise self.error
        return self.calls


def test_twenty_callers_share_one_call() -> None:
    """However many ask for a key while its call is under way, there is one call and all have its result."""
    flight: SingleFlight[int] = SingleFlight()
    flight._lock = lock = CountedLock(20)  # type: ignore[assignment]  # every caller passes it once on its way in
    load = Load(held=True)
    lock.then(load.release.set)
    assert crowd(20, lambda: flight.run("key", load)) == [1] * 20
    assert load.calls == 1


def test_a_leaders_failure_reaches_its_waiters_once() -> None:
    """All who waited get the leader's error; the next caller starts anew."""
    flight: SingleFlight[int] = SingleFlight()
    flight._lock = lock = CountedLock(20)  # type: ignore[assignment]  # as above
    load = Load(held=True)
    load.error = ValueError("down")
    lock.then(load.release.set)
    assert crowd(20, lambda: flight.run("key", load)) == [load.error] * 20
    assert load.calls == 1
    load.error = None
    assert flight.run("key", load) == 2


def test_keys_do_not_wait_for_each_other() -> None:
    """A call that hangs holds up its own key alone."""
    flight: SingleFlight[int] = SingleFlight()
    slow, quick = Load(held=True), Load()
    with ThreadPoolExecutor(1) as pool:
        leader = pool.submit(flight.run, "slow", slow)
        assert slow.entered.wait(30)
        assert flight.run("quick", quick) == 1
        slow.release.set()
        assert leader.result(30) == 1


def test_a_waiter_gives_up_on_a_leader_that_hangs() -> None:
    """After `wait` seconds a waiter is told so; the leader's result still reaches the leader."""
    flight: SingleFlight[int] = SingleFlight(wait=0.01)
    load = Load(held=True)
    with ThreadPoolExecutor(1) as pool:
        leader = pool.submit(flight.run, "key", load)
        assert load.entered.wait(30)
        with pytest.raises(StillLoading):
            flight.run("key", load)
        load.release.set()
        assert leader.result(30) == 1
    assert load.calls == 1


def test_a_timeout_of_the_leaders_own_is_not_mistaken_for_waiting() -> None:
    """TimeoutError from the call is passed on as it is."""
    load = Load()
    load.error = TimeoutError("the call's own")
    with pytest.raises(TimeoutError, match="own"):
        SingleFlight[int](wait=1.0).run("key", load)


def test_values_are_kept_for_their_seconds() -> None:
    """A value is loaded once until its time is up, then again."""
    clock, load = Clock(), Load()
    cache: TimedCache[int] = TimedCache(4, 5.0, clock)
    assert [cache.get("key", load), cache.get("key", load)] == [1, 1]
    clock.now += 4.9
    assert cache.get("key", load) == 1
    clock.now += 0.2
    assert cache.get("key", load) == 2


def test_failures_are_not_kept() -> None:
    """After a failure the next caller loads again at once."""
    load = Load()
    cache: TimedCache[int] = TimedCache(4, 5.0, Clock())
    load.error = ValueError("down")
    with pytest.raises(ValueError, match="down"):
        cache.get("key", load)
    load.error = None
    assert cache.get("key", load) == 2


def test_an_empty_value_is_a_value() -> None:
    """What is loaded may be None, and is kept all the same."""
    calls: list[None] = []
    cache: TimedCache[None] = TimedCache(4, 5.0, Clock())
    for _ in range(3):
        cache.get("key", lambda: calls.append(None))
    assert len(calls) == 1


def test_size_is_bounded() -> None:
    """However many keys are asked for, no more than `size` values are kept, the newest ones."""
    cache: TimedCache[int] = TimedCache(4, 5.0, Clock())
    loads = [Load() for _ in range(100)]
    for key, load in enumerate(loads):
        cache.get(key, load)
    assert len(cache._values) == 4
    cache.get(99, loads[99])
    cache.get(0, loads[0])
    assert [loads[99].calls, loads[0].calls] == [1, 2]


def test_a_value_that_expires_between_two_looks_is_loaded_again() -> None:
    """A clock that moves between any two readings never makes a look-up fail."""
    moments = iter(range(10_000))
    cache: TimedCache[int] = TimedCache(4, 1.0, lambda: float(next(moments)))
    load = Load()
    found = [cache.get("key", load) for _ in range(50)]
    assert found == sorted(found)
    assert found[-1] > 1


def test_a_caller_that_comes_just_too_late_to_wait_takes_what_was_left() -> None:
    """A caller that looked before the value was there, and got its turn after, does not load a second time."""
    cache: TimedCache[int] = TimedCache(4, 5.0, Clock())
    load = Load()
    looks = 0
    look = cache._kept

    def late(key: object) -> tuple[int] | None:
        nonlocal looks
        looks += 1
        if looks == 1:
            seen = look(key)
            assert cache.get("key", load) == 1
            return seen
        return look(key)

    cache._kept = late  # type: ignore[method-assign]  # stands for a thread switch at that very point
    assert cache.get("key", load) == 1
    assert load.calls == 1
