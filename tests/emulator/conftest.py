"""Fixtures: both truths, an emulator on each, and one ccxt client per venue."""

from collections.abc import Iterator

import ccxt
import pytest

from tests.emulator import Emulator, Truth, real_truth, synthetic_truth
from tests.emulator.clients import DIALECTS, connect
from tests.support.simulated_hours import write_hours

# a quarter past the hour: the last bar of every timeframe but 5m and 15m is still forming
NOW = 1_724_105_700_000


@pytest.fixture(scope="session", params=["synthetic", "table"])
def truth(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Truth:
    """Return each source's truth in turn: a random walk, and a table of hours as real ones are read."""
    if request.param == "synthetic":
        return synthetic_truth(NOW)
    return real_truth(NOW, folder=write_hours(tmp_path_factory.mktemp("hours")))


@pytest.fixture(scope="session")
def running(truth: Truth) -> Iterator[Emulator]:
    """Return an emulator that runs for the whole session."""
    with Emulator(truth, NOW) as emulator:
        yield emulator


@pytest.fixture
def emulator(running: Emulator) -> Emulator:
    """Return the running emulator, healthy, with counters at zero and the clock where it was."""
    running.heal()
    running.forget()
    running.now_ms = NOW
    return running


@pytest.fixture(scope="session", params=sorted(DIALECTS))
def venue(request: pytest.FixtureRequest) -> str:
    """Return each dialect's name in turn."""
    name: str = request.param
    return name


@pytest.fixture(scope="session")
def loaded(running: Emulator, venue: str) -> Iterator[ccxt.Exchange]:
    """Return a client that lasts for the session, markets loaded."""
    # a test before this one may have left a fault
    running.heal()
    client = connect(running, venue)
    client.load_markets()
    yield client
    client.session.close()


@pytest.fixture
def client(emulator: Emulator, loaded: ccxt.Exchange) -> ccxt.Exchange:
    """Return the venue's client, once the emulator is healthy again."""
    assert not emulator.stopping.is_set()
    return loaded
