"""Fixtures: both truths, an emulator on each, and one ccxt client per venue."""

from collections.abc import Iterator

import ccxt
import pytest

from tests.emulator import Emulator, Truth, load_truth
from tests.emulator.clients import DIALECTS, connect
from tests.emulator.sources import REAL_HOURS

# a quarter past the hour: the last bar of every timeframe but 5m and 15m is still forming
NOW = 1_724_105_700_000


@pytest.fixture(scope="session", params=["synthetic", "real"])
def truth(request: pytest.FixtureRequest) -> Truth:
    """Return each source's truth in turn."""
    if request.param == "real" and not REAL_HOURS.is_dir():
        pytest.skip("needs the real hours of ../shared/data")
    return load_truth(request.param, NOW)


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
    client = connect(running, venue)
    client.load_markets()
    yield client
    client.session.close()


@pytest.fixture
def client(emulator: Emulator, loaded: ccxt.Exchange) -> ccxt.Exchange:
    """Return the venue's client, once the emulator is healthy again."""
    assert not emulator.stopping.is_set()
    return loaded
