"""The row of replicas: three behind one load balancer and on one cache act as one, while one of them is restarted."""

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from tests.emulator import Emulator, synthetic_truth
from tests.faults.balancer import balanced
from tests.faults.load import Crowd, Told, at_once, by_status, once
from tests.faults.rows import HEATMAP, Row
from tests.faults.stage import until
from tests.support.ports import free_port
from tests.support.service_on_exchanges import serve_at
from tests.support.valkey_server import url_of, valkey_server

REPLICAS = 3
EXCHANGES, HANGING = ("binance", "bybit", "okx"), "okx"
PATHS = (
    HEATMAP.format("binance"),
    HEATMAP.format("bybit"),
    HEATMAP.format("binance,bybit,okx"),
    "/v1/zones?exchange=bybit&symbol=ETH&timeframe=1h",
    "/v1/profile?exchange=binance&symbol=SOL",
)
# Seconds between two polls of one poller, and between two simultaneous pairs.
POLL_S, PAIR_S = 1.0, 0.5
# When a replica is restarted, of the whole time.
RESTART_AT = 0.4
# What is asked for: calls against one replica's, pairs that are alike, rates of 304 apart.
MOST_CALLS, LEAST_EQUAL, MOST_APART = 1.1, 0.99, 0.05


@dataclass
class Replica:
    """A server that can be stopped and started again at the same port."""

    urls: dict[str, str]
    log: Path
    variables: dict[str, str]
    port: int = field(default_factory=free_port)
    _running: ExitStack = field(default_factory=ExitStack)

    @property
    def base(self) -> str:
        """Return its URL."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it, and wait until it answers."""
        settings = {"LH_WORKERS": "1", "LH_EXCHANGE_SECONDS": "3"} | self.variables
        self._running.enter_context(serve_at(self.port, self.urls, self.log, settings))

    def stop(self) -> None:
        """Ask it to end, and wait until it has."""
        self._running.close()


@dataclass(frozen=True)
class Night:
    """What came of one run: calls of the exchanges that are well, what pollers were told, how pairs compared."""

    calls: int
    told: list[Told]
    pairs: list[bool]

    @property
    def rate_of_304(self) -> float:
        """Return the share of good answers that were 304, each path's first apart."""
        return sum(each.status == 304 for each in self.told) / max(len(self.told) - len(PATHS), 1)


@contextmanager
def _replicas(emulator: Emulator, count: int, **variables: str) -> Iterator[list[Replica]]:
    """Run so many servers of the same exchanges."""
    urls = {name: emulator.url(name) for name in EXCHANGES}
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        made = [Replica(urls, folder / f"{number}.log", variables) for number in range(count)]
        for replica in made:
            stack.callback(replica.stop)
            replica.start()
        yield made


def _pairs(bases: Sequence[str], ended: threading.Event, found: list[bool]) -> None:
    """Ask two replicas the same at the same moment, again and again; note whether they answer alike."""
    turn = 0
    while len(bases) > 1 and not ended.wait(PAIR_S):
        path = PATHS[turn % 2]
        one, other = at_once([(base, path) for base in bases[:2]])
        found.append(one.etag == other.etag and one.good)
        turn += 1


def _night(emulator: Emulator, seconds: float, count: int, **variables: str) -> Night:
    """Poll so many replicas through the balancer, one exchange of theirs hanging, and restart the last of several."""
    emulator.heal()
    pairs: list[bool] = []
    with _replicas(emulator, count, **variables) as replicas, balanced([each.base for each in replicas]) as base:
        emulator.fault(HANGING, delay_s=30.0)
        emulator.forget()
        ended, ends = threading.Event(), time.monotonic() + seconds
        pairing = threading.Thread(target=_pairs, args=([each.base for each in replicas], ended, pairs))
        with Crowd(base, PATHS, len(PATHS), POLL_S, validates=True) as crowd:
            pairing.start()
            time.sleep(RESTART_AT * seconds)
            if count > 1:
                replicas[-1].stop()
                replicas[-1].start()
            time.sleep(max(0.0, ends - time.monotonic()))
        ended.set()
        pairing.join()
        calls = sum(emulator.calls(name) for name in EXCHANGES if name != HANGING)
    return Night(calls, crowd.told, pairs)


def fleet(
    seconds: float, most_calls: float = MOST_CALLS, least_equal: float = LEAST_EQUAL, most_apart: float = MOST_APART
) -> Row:
    """Compare three replicas on one cache with one that has none, under the same pollers."""
    now = int(time.time() * 1000)
    with Emulator(synthetic_truth(now, ahead_hours=2), lambda: int(time.time() * 1000)) as emulator:
        with valkey_server() as server:
            three = _night(emulator, seconds, REPLICAS, LH_CACHE_URL=url_of(server), LH_FLEET_SIZE=str(REPLICAS))
        one = _night(emulator, seconds, 1)
    equal, ratio = sum(three.pairs) / max(len(three.pairs), 1), three.calls / max(one.calls, 1)
    figures = f"{seconds:g} s: {by_status(three.told)}; {three.calls} upstream calls, one replica's {one.calls} "
    figures += f"({ratio:.2f} times); ETags equal in {sum(three.pairs)} of {len(three.pairs)} pairs; "
    figures += f"304 in {100 * three.rate_of_304:.1f} %, of one replica {100 * one.rate_of_304:.1f} %"
    holds = all(each.good for each in three.told) and ratio <= most_calls and equal >= least_equal
    holds = holds and bool(three.pairs) and abs(three.rate_of_304 - one.rate_of_304) <= most_apart
    return Row("25", f"{REPLICAS} replicas, one restarted, one exchange hanging: they act as one", figures, holds)


def refused_together(seconds: float, slack: float = 0.0) -> Row:
    """429 with Retry-After to whichever replica asks first; callers go on at all three, warm."""
    path, now = HEATMAP.format("binance"), int(time.time() * 1000)
    clock = Emulator(synthetic_truth(now, ahead_hours=2), lambda: int(time.time() * 1000))
    with clock as emulator, valkey_server() as server:
        with _replicas(emulator, REPLICAS, LH_CACHE_URL=url_of(server)) as replicas, ExitStack() as crowds:
            for replica in replicas:
                until(lambda base=replica.base: once(base, [path])[0].good, 60.0)  # type: ignore[misc]  # a default pins the loop's value
            emulator.forget()
            emulator.fault("binance", "status", status=429, retry_after=seconds)
            asked = [crowds.enter_context(Crowd(each.base, [path], 5, 0.2)) for each in replicas]
            until(lambda: emulator.calls("binance") > 0, 30.0)
            time.sleep(seconds - 1.0)
            emulator.heal()
            inside = emulator.calls("binance")
            recovered = until(lambda: emulator.calls("binance") > inside, 30.0) - 1.0
        told = [each for crowd in asked for each in crowd.told]
    figures = f"{inside} call by three replicas in {seconds:g} s, {by_status(told)}, "
    figures += f"asked again {recovered:.1f} s after it"
    holds = inside == 1 and all(each.good for each in told) and recovered < 5.0 + slack
    return Row("1", f"429 to one of {REPLICAS} replicas on one cache: no other asks either", figures, holds)


REPLICA: dict[str, Callable[[], Row]] = {
    "fleet": lambda: fleet(60.0),
    "refused_together": lambda: refused_together(20.0),
}
