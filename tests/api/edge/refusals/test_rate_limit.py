"""Rate limits: so many a minute, by whichever process of the server."""

import multiprocessing
import os

import pytest

from service.api.edge.refusals.rate_limit import RateLimit, Taken


class Clock:
    """Monotonic seconds, moved by hand."""

    def __init__(self) -> None:
        """Begin at some moment."""
        self.seconds = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.seconds


def allowed(limit: RateLimit, who: str, times: int) -> int:
    """Return how many of so many requests may go on."""
    return sum(limit.take(who).allowed for _ in range(times))


@pytest.mark.parametrize("per_minute", [1, 7, 60, 1000])
def test_a_minutes_worth_may_come_at_once(per_minute: int) -> None:
    """Then one at a time, as fast as the limit says; after a minute of rest all again."""
    clock = Clock()
    limit = RateLimit("key", per_minute, b"salt", clock)
    assert allowed(limit, "a", 2 * per_minute + 3) == per_minute
    clock.seconds += 60.0 / per_minute
    assert allowed(limit, "a", 3) == 1
    clock.seconds += 60.0
    assert allowed(limit, "a", 2 * per_minute + 3) == per_minute


def test_over_an_hour_it_is_the_limit() -> None:
    """Whoever always asks gets what is stated, within the first minute's worth."""
    clock = Clock()
    limit, got = RateLimit("key", 30, b"salt", clock), 0
    for _ in range(36_000):
        clock.seconds += 0.1
        got += limit.take("a").allowed
    assert 30 * 60 <= got <= 30 * 61


def test_callers_do_not_share() -> None:
    """One that has none left takes nothing of the others."""
    limit = RateLimit("key", 5, b"salt", Clock())
    assert allowed(limit, "a", 10) == 5
    assert [allowed(limit, f"b{n}", 10) for n in range(50)] == [5] * 50


def test_processes_share() -> None:
    """What the children of a fork count is counted together, to the last one, however they are interrupted."""
    limit = RateLimit("key", 20_000, b"salt", Clock())
    with multiprocessing.get_context("fork").Pool(3, _keep, (limit,)) as pool:
        found = pool.map(_take, [6_000] * 5, chunksize=1)
    assert sum(found) == 20_000
    assert not limit.take("a").allowed


def test_a_process_that_dies_counting_holds_nobody_up() -> None:
    """Its lock goes with it."""
    limit = RateLimit("key", 100, b"salt", Clock())
    process = multiprocessing.get_context("fork").Process(target=_die_counting, args=(limit,))
    process.start()
    process.join()
    assert process.exitcode == 9
    assert limit.take("a").allowed


KEPT: list[RateLimit] = []


def _keep(limit: RateLimit) -> None:
    KEPT.append(limit)


def _take(times: int) -> int:
    return allowed(KEPT[0], "a", times)


def test_headers() -> None:
    """The limit and what is left, as structured fields."""
    clock = Clock()
    limit = RateLimit("address", 60, b"salt", clock)
    assert limit.headers(limit.take("a")) == [
        ("RateLimit-Policy", '"address";q=60;w=60'),
        ("RateLimit", '"address";r=59;t=1'),
    ]
    assert limit.headers(Taken(allowed=False, remaining=0, wait=1.0, reset=60.0))[1] == (
        "RateLimit",
        '"address";r=0;t=60',
    )


def _die_counting(limit: RateLimit) -> None:
    limit._now = lambda: os._exit(9)
    limit.take("a")
