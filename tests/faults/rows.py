"""The rows: each brings a fault about, and says in figures whether what is promised held.

A row takes how many seconds its fault lasts, so that a quick form proves the same with less; and a slack, by which its
times may be longer where it is a test, on a machine that may be busy with others.
"""

import os
import re
import signal
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from statistics import median

from tests.faults.load import Crowd, Told, by_status, once, p99
from tests.faults.stage import Stage, stage, until
from tests.faults.stream import Stream, run

# A deadline, and what an answer may come later on a machine that does other work too.
SLACK_S = 0.5
# Seconds that a busy machine may add in a quick form: what is counted must hold all the same.
BUSY = 20.0
HEATMAP = "/v1/heatmap?exchange={}&symbol=BTC&timeframe=1h&lookback=2d"


@dataclass(frozen=True)
class Row:
    """What came of one row: its number in the table, what was promised, the figures, and whether they hold it."""

    number: str
    promise: str
    figures: str
    holds: bool


def refused(seconds: float, slack: float = 0.0) -> Row:
    """429 with Retry-After, fifty callers of a warm market, each asking five times a second."""
    path = HEATMAP.format("binance")
    with stage("binance", workers=1) as scene, ThreadPoolExecutor(1) as pool:
        scene.warm(path)
        # The book's five seconds pass, so that the next look at it is refused.
        scene.emulator.forget()
        scene.emulator.fault("binance", "status", status=429, retry_after=seconds)
        crowd = pool.submit(run, scene.base, [Stream(path, seconds + 10.0, 250.0)])
        until(lambda: scene.emulator.calls("binance") > 0, 30.0)
        scene.emulator.forget()
        time.sleep(seconds - 1.0)
        scene.emulator.heal()
        inside = scene.emulator.calls("binance")
        recovered = until(lambda: scene.emulator.calls("binance") > inside, 30.0) - 1.0
        (told,) = crowd.result()
    figures = f"{inside} calls inside the window, {by_status(told)}, "
    figures += f"p99 {1000 * p99(told):.0f} ms, asked again {recovered:.1f} s after it"
    holds = inside == 0 and _good(told) and recovered < 5.0 + slack and p99(told) < 0.05 + slack
    return Row("1", "429: nobody calls inside the window, answers go on, at p99 within 50 ms", figures, holds)


def failing_warm(seconds: float) -> Row:
    """500s on a warm market."""
    path = HEATMAP.format("binance")
    with stage("binance") as scene:
        scene.warm(path, times=6)
        scene.emulator.fault("binance", "status", status=500)
        scene.emulator.forget()
        with Crowd(scene.base, [path], 20, 0.1) as crowd:
            time.sleep(seconds)
        calls = scene.emulator.calls("binance")
    figures = f"{calls} upstream calls in {seconds:g} s from 2 processes, {by_status(crowd.told)}"
    return Row("3", "500s, warm: every answer good, at most 10 calls a key", figures, _good(crowd.told) and calls <= 20)


def failing_cold(callers: int, slack: float = 0.0) -> Row:
    """Many callers of one cold market on an exchange that fails."""
    path = HEATMAP.format("binance")
    with stage("binance") as scene:
        scene.emulator.fault("binance", "status", status=500)
        scene.emulator.forget()
        told = once(scene.base, [path] * callers)
        calls = scene.emulator.calls("binance")
    slowest = max(each.seconds for each in told)
    figures = f"{calls} upstream calls, {by_status(told)}, slowest {slowest:.1f} s"
    holds = calls <= 3 and all(each.status == 503 and each.clean and each.retry_after for each in told)
    return Row(
        "4", f"cold and failing, {callers} callers: at most 3 calls, all 503", figures, holds and slowest <= 8.0 + slack
    )


def hanging(callers: int, slack: float = 0.0) -> Row:
    """Let an exchange hang under callers of its cold markets, and look at the rest of the service."""
    good = HEATMAP.format("bybit")
    cold = [f"{HEATMAP.format('binance')}&bins={50 + n}" for n in range(callers)]
    with stage("binance", "bybit", LH_EXCHANGE_SECONDS="4") as scene:
        scene.warm(good, times=6)
        scene.emulator.fault("binance", delay_s=30.0)
        with Crowd(scene.base, ["/livez", "/readyz"], 2, 0.1) as probes, Crowd(scene.base, [good], 2, 0.1) as hits:
            told = once(scene.base, cold)
            again = once(scene.base, cold)
        scene.emulator.forget()
    both = [*told, *again]
    late, slowest = max(each.seconds for each in probes.told), max(each.seconds for each in both)
    figures = f"probes {by_status(probes.told)}, slowest {late:.2f} s; hits {by_status(hits.told)}, "
    figures += f"p99 {1000 * p99(hits.told):.0f} ms; cold {by_status(both)}, slowest {slowest:.1f} s"
    holds = _good(probes.told) and _good(hits.told) and late < 1.0 + slack and p99(hits.told) < 0.05 + slack
    holds = holds and slowest <= 6.0 + SLACK_S + slack
    holds = holds and all(each.clean and each.status in {503, 504} for each in both)
    return Row("5", "one exchange hangs: probes and others' hits go on", figures, holds)


def dripping() -> Row:
    """One byte a second."""
    with stage("binance", LH_EXCHANGE_SECONDS="3") as scene:
        scene.emulator.fault("binance", drip=1.0, drip_s=60.0)
        told = scene.ask(HEATMAP.format("binance"))
    figures = f"{told.status} after {told.seconds:.1f} s, at 3 s a call and 4.5 s a request"
    return Row("6", "a drip is ended by the wall clock", figures, told.clean and told.seconds <= 4.5 + SLACK_S)


def cut_short(offsets: int) -> Row:
    """Reset connections, and end bodies too early, on a market that is warm but for its book."""
    path = HEATMAP.format("binance")
    with stage("binance", workers=1) as scene:
        scene.warm(path)
        told = []
        for n in range(offsets):
            scene.emulator.fault("binance", cut=n * 37)
            told.append(scene.ask(f"{path}&bins={50 + n}"))
        scene.emulator.fault("binance", down=True)
        told.append(scene.ask(f"{path}&bins=300"))
        scene.emulator.heal()
        after = scene.ask(f"{path}&bins=301")
    figures = f"{by_status(told)}, then {after.status}"
    holds = all(each.clean for each in told) and after.good
    return Row("7", f"resets and truncation at {offsets} offsets: clean", figures, holds)


def redirected() -> Row:
    """Redirects to where nothing should be fetched."""
    with stage("binance", workers=1) as scene:
        told = []
        for n, where in enumerate(("http://169.254.169.254/latest/", "file:///etc/passwd", f"{scene.emulator.base}/x")):
            scene.emulator.fault("binance", redirect=where)
            told.append(scene.ask(f"/v1/markets?exchange=binance&n={n}"))
            told.append(scene.ask(HEATMAP.format("binance")))
        leaked = any(b"169.254" in each.body or b"root:" in each.body for each in told)
    holds = all(each.clean and not each.good for each in told) and not leaked
    return Row("9", "no redirect is followed", by_status(told), holds)


def expired(callers: int) -> Row:
    """Many callers at the moment when what is kept has expired."""
    path = HEATMAP.format("binance")
    with stage("binance", workers=1) as scene:
        scene.warm(path)
        # As far away as a real exchange is.
        scene.emulator.fault("binance", delay_s=0.2)
        scene.emulator.forget()
        time.sleep(5.5)
        told = once(scene.base, [path] * callers)
        until(lambda: scene.emulator.calls("binance") > 0, 10.0)
        books, calls = scene.emulator.calls("binance", "depth"), scene.emulator.calls("binance")
    figures = f"{books} fetches of the book, {calls} calls in all, {by_status(told)}"
    holds = _good(told) and calls == books == 1
    return Row("11", f"{callers} callers at one expiry: one fetch a process", figures, holds)


def one_of_three() -> Row:
    """One of three exchanges is lost."""
    path = "/v1/heatmap?exchange=binance,bybit,okx&symbol=BTC&timeframe=1h&lookback=2d"
    with stage("binance", "bybit", "okx", workers=1) as scene:
        scene.emulator.fault("bybit", down=True)
        told = scene.ask(path)
    named = b"bybit is missing" in told.body
    return Row("14", "one of three lost: 200 that names it", f"{told.status}, named: {named}", told.good and named)


def banned(turns: int, seconds: float) -> Row:
    """418 on one exchange, and what the kept answers of another take: beside a server where all is well, in turns."""
    path, other = HEATMAP.format("binance"), HEATMAP.format("bybit")
    streams = [Stream(other, seconds, 100.0), Stream(path, seconds, 20.0)]
    with stage("binance", "bybit", workers=1) as well, stage("binance", "bybit", workers=1) as ill:
        for scene in (well, ill):
            scene.warm(path, other)
        ill.emulator.fault("binance", "status", status=418, retry_after=3600)
        told: dict[Stage, list[Told]] = {well: [], ill: []}
        refused: list[Told] = []
        for turn in range(turns):
            for scene in (well, ill) if turn % 2 else (ill, well):
                others, own = run(scene.base, streams)
                told[scene] += others
                refused += own if scene is ill else []
    before, during = p99(told[well]), p99(told[ill])
    medians = [1000 * median(each.seconds for each in told[scene]) for scene in (well, ill)]
    figures = f"the other's p99 {1000 * during:.1f} ms, {1000 * before:.1f} where nobody is banned "
    figures += f"({during / before:.2f} times), medians {medians[1]:.2f} and {medians[0]:.2f} ms, "
    figures += f"{by_status(told[ill])}; the banned one {by_status(refused)}"
    return Row(
        "2", "418 on one exchange: the others do not feel it", figures, _good(told[ill]) and during <= 1.1 * before
    )


def past_limit(seconds: float) -> Row:
    """500s for longer than what is kept may stand in."""
    limits = {"LH_FRESH_SECONDS": '{"markets": 1, "book": 1}', "LH_STALE_SECONDS": '{"markets": 6, "book": 6}'}
    path = HEATMAP.format("binance")
    with stage("binance", workers=1, **limits) as scene:
        scene.warm(path)
        scene.emulator.fault("binance", "status", status=500)
        with Crowd(scene.base, [path], 4, 0.1) as crowd:
            time.sleep(seconds)
    told = sorted(crowd.told, key=lambda each: each.at)
    first = next((n for n, each in enumerate(told) if not each.good), len(told))
    later = [each for each in told[first:] if each.at > told[first].at + told[first].seconds]
    held = told[first].at - told[0].at if first < len(told) else seconds
    figures = f"{by_status(told)}; good for {held:.1f} s, limit 6 s, an answer is kept for 5 s"
    holds = first > 0 and held < 12.0 and bool(later)
    return Row("12", "past the stale limit: 503, never older data", figures, holds and not any(e.good for e in later))


def killed() -> Row:
    """SIGKILL of one of two workers under load."""
    path = HEATMAP.format("binance")
    with stage("binance") as scene:
        scene.warm(path, times=6)

        def booted() -> list[str]:
            return re.findall(r"Booting worker with pid: (\d+)", scene.log.read_text())

        workers = booted()
        with Crowd(scene.base, [path], 8, 0.02) as crowd:
            time.sleep(2.0)
            os.kill(int(workers[0]), signal.SIGKILL)
            replaced = until(lambda: len(booted()) > len(workers), 30.0)
            time.sleep(3.0)
    lost = sum(each.status == 0 for each in crowd.told)
    figures = f"replaced after {replaced:.1f} s, {by_status(crowd.told)}"
    holds = replaced <= 3.0 and lost <= 8 and all(each.clean for each in crowd.told if each.status)
    return Row("19", "a worker is killed: replaced in 3 s, what it had in flight is lost at most", figures, holds)


def _good(told: list[Told]) -> bool:
    return bool(told) and all(each.good for each in told)


# What `make faults` runs, and what the slow tests run of it.
WHOLE: dict[str, Callable[[], Row]] = {
    "refused": lambda: refused(20.0),
    "banned": lambda: banned(16, 2.5),
    "failing_warm": lambda: failing_warm(20.0),
    "failing_cold": lambda: failing_cold(200),
    "hanging": lambda: hanging(24),
    "dripping": dripping,
    "cut_short": lambda: cut_short(50),
    "redirected": redirected,
    "expired": lambda: expired(500),
    "past_limit": lambda: past_limit(20.0),
    "one_of_three": one_of_three,
    "killed": killed,
}
