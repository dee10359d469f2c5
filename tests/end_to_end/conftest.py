"""Fixtures: the real service on emulated exchanges, and a stage for faults whose clock stands still."""

import time
from collections.abc import Iterator

import pytest

from tests.emulator import Emulator, real_truth, synthetic_truth
from tests.end_to_end.stage import HOUR, REAL
from tests.support.service_on_exchanges import Served, serve
from tests.support.simulated_hours import write_hours

# 20 minutes past an hour, so that every bar but the shortest is still forming
NOW = 1_790_000_400_000
AHEAD_HOURS = 72


@pytest.fixture(scope="session")
def hours(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """Emulate the venues on hours of a table, moved to the present time."""
    now = int(time.time() * 1000)
    truth = real_truth(now, ahead_hours=24, folder=write_hours(tmp_path_factory.mktemp("hours")))
    with Emulator(truth, lambda: int(time.time() * 1000)) as running:
        yield running


@pytest.fixture(scope="session")
def served(hours: Emulator, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """Serve all exchanges through gunicorn."""
    log = tmp_path_factory.mktemp("served") / "service.log"
    with serve({name: hours.url(name) for name in REAL}, log) as service:
        yield service


@pytest.fixture(scope="session")
def walk() -> Iterator[Emulator]:
    """Emulate the venues on a random walk that goes on for three days after NOW."""
    with Emulator(synthetic_truth(NOW, ahead_hours=AHEAD_HOURS), NOW) as running:
        yield running


@pytest.fixture
def emulator(walk: Emulator) -> Iterator[Emulator]:
    """Give the walk healthy, at NOW, its counters at zero."""
    walk.heal()
    walk.forget()
    walk.now_ms = NOW
    yield walk
    walk.heal()


def next_hour(emulator: Emulator) -> None:
    """Move on by one bar of an hour."""
    emulator.now_ms += HOUR
