"""Who is asked for golden answers: the simulated exchanges, and the emulated ones, under clocks that stand still."""

from contextlib import ExitStack
from functools import cached_property
from types import TracebackType
from typing import Self

from flask.testing import FlaskClient

from service.app import create_app
from service.settings import Settings
from tests.emulator import Emulator, synthetic_truth
from tests.end_to_end.stage import Stage
from tests.golden.answers import Golden
from tests.golden.requests import EMULATED, REFUSED, SIMULATED

# 2025-10-09T08:53:20Z, and 20 minutes past an hour, so that every bar but the shortest is still forming.
SIMULATED_SECONDS, EMULATED_MS = 1_760_000_000.0, 1_790_000_400_000
# What is asked here is what an answer says, not how soon: a busy machine has all the time it needs.
PATIENT_SECONDS = 60.0
VENUES = ("binance", "bitget", "bybit", "gate", "htx", "hyperliquid", "kucoin", "okx")


class Askers:
    """The applications that are asked, each built on first use. Use as a context manager."""

    def __init__(self) -> None:
        """Build nothing yet."""
        self._open = ExitStack()

    def ask(self, name: str) -> Golden:
        """Return the answer to the request of that name, as it is now."""
        if name in SIMULATED:
            return Golden.of(self._simulated.get(SIMULATED[name]))
        if name in EMULATED:
            return Golden.of(self._emulated.get(EMULATED[name]))
        status, paths = REFUSED[name]
        self._emulator.fault("bybit", "status", status=status)
        try:
            with Stage(self._emulator, VENUES) as untried:
                client = untried.app.test_client()
                return Golden.of([client.get(path) for path in paths][-1])
        finally:
            self._emulator.heal()

    @cached_property
    def _simulated(self) -> FlaskClient:
        settings = Settings(exchanges=("sim", "sim2"))
        return create_app(settings, clock=lambda: SIMULATED_SECONDS).test_client()

    @cached_property
    def _emulator(self) -> Emulator:
        return self._open.enter_context(Emulator(synthetic_truth(EMULATED_MS), EMULATED_MS))

    @cached_property
    def _emulated(self) -> FlaskClient:
        return self._open.enter_context(Stage(self._emulator, VENUES, PATIENT_SECONDS)).app.test_client()

    def __enter__(self) -> Self:
        """Enter."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the connections and end the emulator."""
        self._open.close()
