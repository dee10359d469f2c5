"""What tests share: how many examples they try, what needs real hours, and apps on fake and simulated exchanges."""

from collections.abc import Callable
from typing import Any

import hypothesis
import orjson
import pytest
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.app import create_app
from service.settings import Settings
from tests.support import outside
from tests.support.fake_apps import OnSim, without_contract
from tests.support.fake_exchange import Clock, FakeExchange

# Where the clock of the simulated app stands: 2025-10-09T08:53:20Z.
SIM_NOW = 1_760_000_000.0

Problem = Callable[[TestResponse], dict[str, Any]]

# `--hypothesis-profile=quick` is the fast set's; no example is timed, for other work may be going on.
hypothesis.settings.register_profile("thorough", deadline=None)
hypothesis.settings.register_profile("quick", deadline=None, max_examples=10)
hypothesis.settings.load_profile("thorough")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Skip what needs something that is not on this machine."""
    outside.skip_alone(items)


@pytest.fixture(scope="session")
def reference_python() -> str:
    """Return the Python that runs the reference scorer; what asks for it is skipped where there is none."""
    found = outside.reference_python()
    assert found is not None
    return found


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands at a full hour."""
    return Clock()


@pytest.fixture
def fake() -> FakeExchange:
    """Return an exchange that offers everything, under the id that tests ask where they name none."""
    return FakeExchange("sim")


@pytest.fixture
def app(fake: FakeExchange, clock: Clock) -> Flask:
    """Return an application that reads the fake exchange alone; see `without_contract`."""
    return without_contract(Settings(), {"sim": fake}, clock)


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    """Return a client of it."""
    return app.test_client()


@pytest.fixture(scope="module")
def steady_client() -> FlaskClient:
    """Return a client of an application that a file's tests share: for those that leave it as it is."""
    return without_contract(Settings(), {"sim": FakeExchange("sim")}, Clock()).test_client()


@pytest.fixture
def pair() -> tuple[FakeExchange, FakeExchange]:
    """Return two exchanges that answer, a little apart in price."""
    return FakeExchange("a"), FakeExchange("b", price=100.2)


@pytest.fixture(scope="session")
def sim_app() -> Flask:
    """Return an application on both simulated exchanges, at a fixed time."""
    app = create_app(Settings(exchanges=("sim", "sim2")), clock=lambda: SIM_NOW)
    app.test_client_class = OnSim
    return app


@pytest.fixture
def sim_client(sim_app: Flask) -> FlaskClient:
    """Return a client of it."""
    return sim_app.test_client()


@pytest.fixture
def problem() -> Problem:
    """Return a function that reads an answer as a problem and checks what all problems have."""

    def read(response: TestResponse) -> dict[str, Any]:
        assert response.content_type == "application/problem+json"
        assert "Traceback" not in response.text
        assert 'File "' not in response.text
        body: dict[str, Any] = orjson.loads(response.data)
        assert body["type"].startswith("/problems/")
        assert body["status"] == response.status_code
        assert body["title"]
        assert body["detail"]
        return body

    return read
