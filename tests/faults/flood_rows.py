"""The rows of too much work: parameters at and beyond their limits, the dearest requests at once, floods."""

import itertools
import json
import os
import random
import statistics
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import yaml

from tests.faults.edge_rows import HIT, served
from tests.faults.load import Caller, Crowd, Told, by_status, once, p99
from tests.faults.processes import pin, size_of
from tests.faults.rows import HEATMAP, Row
from tests.faults.stage import stage
from tests.faults.stream import Stream, run

DEAREST = "/v1/heatmap?exchange=sim&symbol=BTC&lookback=1y&timeframe=1h&uncertainty=true"
# What a GET is given where the contract asks for something.
NEEDED = {"exchange": "sim", "symbol": "BTC", "side": "long", "entry": "60000", "leverage": "10", "move_pct": "-5"}
JUNK = ("1e18", "-1e18", "NaN", "inf", "x" * 3_000, "x" * 10_000, "\x00", "a\r\nb\x1b\x7f")
REFUSED_S, REFUSED_IN_S, MOST_MB = 0.020, 0.050, 1000
# Not the newest: a map of another position is another computation, of the same data.
COLD = "/v1/heatmap?exchange=sim&symbol=BTC&lookback=30d&timeframe=1h&position_notional={}"


def limits() -> Row:
    """Every parameter of every GET at its limits, beyond them, and as what it never is."""
    contract = yaml.safe_load(Path("openapi.yaml").read_text())
    with served() as base:
        caller = Caller(base)
        told = [(path, caller.ask(path)) for path in _cases(contract)]
        caller.close()
    failed = [(path, each) for path, each in told if each.status == 0 or each.status >= 500 or not _clean(path, each)]
    refused = [each.seconds for _, each in told if 400 <= each.status < 500]
    median, slowest = statistics.median(refused), max(refused)
    figures = f"{by_status(each for _, each in told)}; refusals median {1000 * median:.1f} ms, slowest "
    figures += f"{1000 * slowest:.0f} ms{''.join(f'; {each.status} {path[:90]}' for path, each in failed[:3])}"
    holds = not failed and median < REFUSED_S
    return Row("22", "every parameter at max, beyond and as junk: never 5xx, refused in 20 ms", figures, holds)


def _clean(path: str, told: Told) -> bool:
    """Tell whether it is an answer, or an error as the contract says it: CoinGlass' paths have its envelope."""
    return told.clean or (path.startswith("/coinglass/") and set(json.loads(told.body)) == {"code", "msg"})


def _cases(contract: dict[str, Any]) -> Iterator[str]:
    for path, operations in contract["paths"].items():
        if "get" not in operations or "{" in path:
            continue
        parameters = [_resolved(contract, each) for each in operations["get"].get("parameters", [])]
        asked = [each for each in parameters if each["in"] == "query"]
        needed = {each["name"]: NEEDED.get(each["name"], "1") for each in asked if each.get("required")}
        for each in asked:
            for value in (*_at_most(contract, each["schema"]), *JUNK):
                yield f"{path}?{urlencode(needed | {each['name']: value})}"


def _resolved(contract: dict[str, Any], found: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in found:
        node: Any = contract
        for part in found["$ref"].removeprefix("#/").split("/"):
            node = node[part]
        found = node
    return found


def _at_most(contract: dict[str, Any], schema: dict[str, Any]) -> list[str]:
    most = _resolved(contract, schema).get("maximum")
    return [] if most is None else [str(most), str(most + 1)]


def dearest(callers: int) -> Row:
    """Ask the dearest legal request so often at once, each a computation of its own."""
    with served() as base:
        caller, most = Caller(base), 0.0
        done = threading.Event()
        told: list[Told] = []

        def ask() -> None:
            told.extend(once(base, [f"{DEAREST}&bins={100 + n}" for n in range(callers)]))
            done.set()

        asking = threading.Thread(target=ask)
        with Crowd(base, ["/livez", "/readyz"], 2, 0.2) as probes:
            asking.start()
            while not done.wait(0.2):
                most = max(most, size_of(base).megabytes)
            asking.join()
        caller.close()
    late = max(each.seconds for each in probes.told)
    figures = f"{by_status(told)}, slowest {max(each.seconds for each in told):.1f} s; all processes at most "
    figures += f"{most:.0f} MB; probes {by_status(probes.told)}, slowest {late:.2f} s"
    holds = all(each.clean for each in told) and 0 < most < MOST_MB and all(each.good for each in probes.told)
    return Row("22", f"the dearest request, {callers} at once: under 1 GB, probes answer", figures, holds)


@dataclass
class Flood:
    """Callers that together ask so many questions a second, each a new one, whether or not they are answered."""

    base: str
    path: str
    callers: int
    rate: float
    first: int = 0

    def run(self, seconds: float) -> list[Told]:
        """Return what all were told in that time."""
        numbers, told, ends = itertools.count(self.first), list[Told](), time.monotonic() + seconds

        def ask() -> None:
            caller = Caller(self.base)
            while (began := time.monotonic()) < ends:
                told.append(caller.ask(self.path.format(1000 + next(numbers))))
                time.sleep(max(0.0, min(ends, began + self.callers / self.rate) - time.monotonic()))
            caller.close()

        threads = [threading.Thread(target=ask) for _ in range(self.callers)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return told


@dataclass(frozen=True)
class Overload:
    """What a server could do, and what it did when five times as much was asked."""

    peak: float
    goodput: float
    told: list[Told]
    hits: list[Told]

    @property
    def shed(self) -> list[Told]:
        """What was turned away."""
        return [each for each in self.told if not each.good]

    @property
    def good_hits(self) -> float:
        """The share of kept answers that came."""
        return sum(each.good for each in self.hits) / len(self.hits)

    @property
    def figures(self) -> str:
        """Say it."""
        kept = f"{100 * self.good_hits:.1f} % good, p99 {1000 * p99(self.hits):.0f} ms"
        return (
            f"peak {self.peak:.1f}/s, then {self.goodput:.1f}/s ({100 * self.goodput / self.peak:.0f} %); "
            f"{by_status(self.told)}; turned away in p99 {1000 * p99(self.shed):.0f} ms; hits {kept}"
        )

    @property
    def holds(self) -> bool:
        """Tell whether it is as promised."""
        clean = all(each.clean for each in [*self.told, *self.hits])
        return clean and self.goodput >= 0.9 * self.peak and p99(self.shed) < REFUSED_IN_S and self.good_hits >= 0.995


def overload(seconds: float, workers: int, *, apart: bool, nice: int = 0) -> Overload:
    """Measure what the server can do, then ask for five times as much; `apart`: callers on another processor."""
    with served(LH_WORKERS=str(workers), LH_LOG_FORMAT="json") as base:
        own, others = sorted(os.sched_getaffinity(0))[:1], sorted(os.sched_getaffinity(0))[1:]
        if apart:
            pin(base, own)

        def told(*streams: Stream) -> list[list[Told]]:
            return run(base, streams, nice=nice, processors=others if apart else ())

        told(Stream(COLD, seconds / 3, callers=8, first=1_000), Stream(HIT, 2.0, callers=16))
        usual, _ = told(Stream(COLD, seconds / 2, callers=8 * workers, first=10_000), Stream(HIT, seconds / 2, 20.0))
        peak = sum(each.good for each in usual) / _lasted(usual)
        flood, hits = told(Stream(COLD, seconds, 5 * peak, first=100_000), Stream(HIT, seconds, 20.0))
    return Overload(peak, sum(each.good for each in flood) / _lasted(flood), flood, hits)


def _lasted(told: list[Told]) -> float:
    return max(each.at + each.seconds for each in told)


def five_times(seconds: float) -> Row:
    """Five times what the server can compute: callers on a processor of their own, and on the server's."""
    apart = overload(seconds, 1, apart=True)
    beside, behind = (overload(seconds, 2, apart=False, nice=nice) for nice in (0, 10))
    figures = f"one worker and its callers on a processor each: {apart.figures}; two workers, with callers on the same "
    figures += f"two processors: {beside.figures}; and with callers that run when the server does not: {behind.figures}"
    promise = "five times capacity: 90 % of peak, sheds under 50 ms, hits 99.5 % good"
    return Row("15", promise, figures, apart.holds)


def slow_and_refused(seconds: float) -> Row:
    """Twelve times as many callers as threads, and an exchange that takes two seconds and refuses three in ten."""
    hit, cold = HEATMAP.format("bybit"), HEATMAP.format("binance") + "&bins={}"
    with stage("binance", "bybit") as scene:
        scene.warm(hit, times=6)
        done, chance = threading.Event(), random.Random(7)

        def break_it() -> None:
            while not done.is_set():
                if chance.random() < 0.3:
                    scene.emulator.fault("binance", "status", status=429, delay_s=2.0)
                else:
                    scene.emulator.fault("binance", delay_s=2.0)
                done.wait(0.1)

        breaking = threading.Thread(target=break_it)
        breaking.start()
        with Crowd(scene.base, [hit], 4, 0.05) as hits, Crowd(scene.base, ["/livez"], 1, 0.2) as probes:
            # `bins` ends at 2000.
            told = Flood(scene.base, cold, 192, 192 / 2.0, -900).run(seconds)
        done.set()
        breaking.join()
    good = sum(each.good for each in hits.told) / len(hits.told)
    late = max(each.seconds for each in probes.told)
    figures = f"hits {100 * good:.2f} % good, p99 {1000 * p99(hits.told):.0f} ms; liveness {by_status(probes.told)}, "
    figures += f"slowest {late:.2f} s; the others {by_status(told)}"
    holds = good >= 0.994 and all(each.good for each in probes.told) and all(each.clean for each in told)
    return Row("16", "12 times load, 2 s upstream, 30 % 429: hits 99.4 % good, liveness never fails", figures, holds)


FLOODS: dict[str, Callable[[], Row]] = {
    "limits": limits,
    "dearest": lambda: dearest(24),
    "five_times": lambda: five_times(15.0),
    "slow_and_refused": lambda: slow_and_refused(15.0),
}
