"""A stage: emulated exchanges whose clock runs, and the real server before them."""

import re
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from tests.emulator import Emulator, synthetic_truth
from tests.faults.load import Caller, Told
from tests.support.service_on_exchanges import serve

POLL_S = 0.1


@dataclass(frozen=True, eq=False)
class Stage:
    """The exchanges, the server's URL and what it has logged."""

    emulator: Emulator
    base: str
    log: Path
    workers: int

    def ask(self, path: str) -> Told:
        """Return what one caller is told."""
        caller = Caller(self.base)
        told = caller.ask(path)
        caller.close()
        return told

    def warm(self, *paths: str, times: int = 1) -> None:
        """Ask until every path has been answered well so often in a row, and by every process."""
        for path in paths:
            began = len(self.log.read_bytes())

            def warmed(path: str = path, began: int = began) -> bool:
                good = all(self.ask(path).good for _ in range(times))
                answered = re.findall(rb" status=200 .*pid=(\d+)", self.log.read_bytes()[began:])
                return good and len(set(answered)) >= self.workers

            until(warmed, 60.0)


@contextmanager
def stage(*exchanges: str, workers: int = 2, **variables: str) -> Iterator[Stage]:
    """Serve these exchanges, emulated, until the block ends; `variables` are settings of the server."""
    now = int(time.time() * 1000)
    with ExitStack() as stack:
        emulator = stack.enter_context(Emulator(synthetic_truth(now, ahead_hours=2), lambda: int(time.time() * 1000)))
        log = Path(stack.enter_context(tempfile.TemporaryDirectory())) / "service.log"
        urls = {name: emulator.url(name) for name in exchanges}
        service = stack.enter_context(serve(urls, log, LH_WORKERS=str(workers), **{"LH_SOFT_SECONDS": "2"} | variables))
        yield Stage(emulator, service.base, log, workers)


def until(holds: Callable[[], bool], seconds: float) -> float:
    """Wait until it holds; return how long that took, and fail after so many seconds."""
    began = time.monotonic()
    while not holds():
        waited = time.monotonic() - began
        assert waited < seconds, f"it did not come true within {seconds:g} s"
        time.sleep(POLL_S)
    return time.monotonic() - began
