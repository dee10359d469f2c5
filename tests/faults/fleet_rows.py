"""The rows of a fleet: replicas on one cache, which is then broken in every way."""

import signal
import threading
import time
from collections.abc import Callable

from tests.faults.load import Crowd, Told, by_status, p99
from tests.faults.rows import HEATMAP, Row
from tests.faults.stage import stage
from tests.support.valkey_server import started, url_of

# What a broken cache may add to the slowest answers.
MOST_ADDED_S = 0.02
# Where more was added it is measured again, for the machine's other work is in it too; so often at most.
ROUNDS = 3
# A slow cache stands still for so long, then goes on for so long.
STILL_S, GOING_S = 0.03, 0.01


def broken_cache(seconds: float, slack: float = 0.0) -> Row:
    """Break the cache in every way under load, each after a time in which it is well; `slack` is a busy machine's."""
    paths = [HEATMAP.format("binance"), HEATMAP.format("bybit"), "/v1/zones?exchange=binance&symbol=ETH"]
    cache = Cache()
    try:
        with stage("binance", "bybit", LH_CACHE_URL=cache.url) as scene:
            scene.warm(*paths, times=4)
            every: list[Told] = []
            added: dict[str, list[float]] = {}
            for name, (breaks, mends) in cache.ways().items():
                rounds = added.setdefault(name, [])
                while not rounds or (min(rounds) > MOST_ADDED_S and len(rounds) < ROUNDS):
                    well = _asked(scene.base, paths, seconds)
                    breaks()
                    broken = _asked(scene.base, paths, seconds)
                    mends()
                    rounds.append(p99(broken) - p99(well))
                    every += well + broken
    finally:
        cache.stop()
    figures = f"{by_status(every)}; p99 after over before, ms: "
    figures += ", ".join(
        f"{name} {' '.join(f'{1000 * more:+.0f}' for more in rounds)}" for name, rounds in added.items()
    )
    holds = all(each.good for each in every) and max(map(min, added.values())) <= MOST_ADDED_S + slack
    return Row("13", f"a cache {', '.join(added)}: no error, at most 20 ms more at p99", figures, holds)


class Cache:
    """A Valkey that can be broken and mended while servers use it."""

    def __init__(self) -> None:
        """Start it."""
        self._server = started()
        self.url, self._quick = url_of(self._server), threading.Event()

    def stop(self) -> None:
        """End it, however it is."""
        self._quick.set()
        self._server.stop()

    def ways(self) -> dict[str, tuple[Callable[[], None], Callable[[], None]]]:
        """Return how it is broken and mended, by what is said of it then."""
        return {
            "full": (lambda: self._holds_at_most("1"), lambda: self._holds_at_most("0")),
            "spoilt": (self._spoil, lambda: None),
            "slow": (self._slow, self._mend_slow),
            "frozen": (lambda: self._signal(signal.SIGSTOP), lambda: self._signal(signal.SIGCONT)),
            "restarted": (self._restart, lambda: None),
            "killed": (self._kill, self._restart),
        }

    def _holds_at_most(self, memory: str) -> None:
        self._server.client().config_set("maxmemory", memory)

    def _spoil(self) -> None:
        client = self._server.client()
        for key in client.keys("*"):
            client.set(key, b"junk")

    def _slow(self) -> None:
        self._quick.clear()
        self._slowing = threading.Thread(target=self._stand_still_now_and_then)
        self._slowing.start()

    def _stand_still_now_and_then(self) -> None:
        while not self._quick.wait(GOING_S):
            self._signal(signal.SIGSTOP)
            time.sleep(STILL_S)
            self._signal(signal.SIGCONT)

    def _mend_slow(self) -> None:
        self._quick.set()
        self._slowing.join()

    def _restart(self) -> None:
        port = self._server.port
        self._kill()
        self._server = started(port)

    def _kill(self) -> None:
        self._signal(signal.SIGKILL)
        if self._server._process is not None:
            self._server._process.wait(10)

    def _signal(self, number: int) -> None:
        process = self._server._process
        if process is not None and process.poll() is None:
            process.send_signal(number)


def _asked(base: str, paths: list[str], seconds: float) -> list[Told]:
    with Crowd(base, paths, 6, 0.05) as crowd:
        time.sleep(seconds)
    return crowd.told


FLEET: dict[str, Callable[[], Row]] = {"broken_cache": lambda: broken_cache(8.0)}
