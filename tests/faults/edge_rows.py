"""The rows of the edge: a server that is stopped under load, wrong keys, and parameters at and beyond their limits."""

import hashlib
import http.client
import signal
import socket
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.faults.load import Caller, Told, by_status
from tests.faults.rows import Row
from tests.faults.stage import until
from tests.support.service_on_exchanges import serve
from tests.support.serving import start

HIT = "/v1/zones?exchange=sim&symbol=BTC"
# Two workers of eight threads: half of them have a caller.
WORKERS, HALF = 2, 8
LIMIT, WITHIN = 600, 0.05
RIGHT = "a key that this server knows"


def stopped(times: int) -> Row:
    """SIGTERM under callers that keep their connections."""
    sent, lost, unended = 0, 0, 0
    for _ in range(times):
        server = start(LH_EXCHANGES="sim", LH_WORKERS=str(WORKERS), LH_THREADS="8")
        # Each of both processes has the answer, most likely.
        until(lambda server=server: all(server.ask(HIT).status == 200 for _ in range(6)), 60.0)  # type: ignore[misc]  # a default pins the loop's value
        answered: list[tuple[float, bool]] = []
        stop = threading.Event()
        callers = [threading.Thread(target=_keep_asking, args=(server.port, answered, stop)) for _ in range(HALF)]
        for caller in callers:
            caller.start()
        time.sleep(1.0)
        stopped_at = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        unended += server.end() != 0
        stop.set()
        for caller in callers:
            caller.join()
        before = [whole for at, whole in answered if at < stopped_at]
        sent, lost = sent + len(before), lost + before.count(False)
    figures = f"{lost} of {sent} lost that were sent before it, {unended} of {times} servers ended badly"
    holds = sent > 0 and lost == 0 and unended == 0
    return Row("18", f"SIGTERM x {times} at half load: nothing sent before is lost", figures, holds)


def _keep_asking(port: int, answered: list[tuple[float, bool]], stop: threading.Event) -> None:
    """Ask on one connection, and note when each request had been sent and whether its answer came whole."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    while not stop.wait(0.005):
        try:
            connection.request("GET", HIT)
        except OSError:
            connection.close()
            continue
        at = time.monotonic()
        try:
            answer = connection.getresponse()
            answer.read()
            answered.append((at, answer.status == 200))
        except (OSError, http.client.HTTPException):
            answered.append((at, False))
            connection.close()
    connection.close()


def wrong_keys(count: int, seconds: float) -> Row:
    """So many wrong keys; then one right key, and after it one address, asking more than its limit allows."""
    digest = hashlib.sha256(RIGHT.encode()).hexdigest()
    with served(LH_API_KEYS=digest, LH_KEY_RATE=str(LIMIT)) as base:
        wrong = _all_ask(base, [{"X_API_Key": f"wrong-{n}"} for n in range(count)])
        key = _share(base, seconds, X_API_Key=RIGHT)
    with served(LH_ADDRESS_RATE=str(LIMIT)) as base:
        address = _share(base, seconds)
    figures = f"{by_status(wrong)}; of what the limit allows, over {WORKERS} workers: {100 * key:.1f} % for a key, "
    figures += f"{100 * address:.1f} % for an address"
    holds = all(each.status == 401 and each.clean for each in wrong)
    holds = holds and all(abs(share - 1) <= WITHIN for share in (key, address))
    return Row("23", f"{count} wrong keys: all 401; limits accurate to 5 % across workers", figures, holds)


def slow_callers() -> Row:
    """Callers that send nothing, half of a request, read nothing, or stay when told off; no proxy in front."""
    half = b"GET /v1/zones HTTP/1.1\r\nHost: x\r\nX: "
    whole = b"GET /v1/heatmap?exchange=sim&symbol=BTC&bins=400&lookback=30d HTTP/1.1\r\nHost: x\r\n\r\n"
    body = b"POST /v1/liquidation-price HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\n{"
    kinds = {"200 silent": (200, b""), "200 half-sent": (200, half), "60 half-sent bodies": (60, body)}
    kinds |= {"60 slow readers": (60, whole), "60 told off and still there": (60, b"nonsense\r\n\r\n")}
    answered = {}
    for kind, (count, sent) in kinds.items():
        with served() as base, ExitStack() as stack:
            for _ in range(count):
                slow = stack.enter_context(socket.socket())
                slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
                slow.connect(("127.0.0.1", int(base.rsplit(":", 1)[1])))
                slow.sendall(sent)
            time.sleep(1.5)
            answered[kind] = sum(_lives(base) for _ in range(6))
    figures = ", ".join(f"{kind}: {count} of 6" for kind, count in answered.items())
    holds = all(count == 6 for count in answered.values())
    return Row("17", "slow callers on gunicorn alone: 6 of 6 probes within 1 s", figures, holds)


def _lives(base: str) -> bool:
    caller = Caller(base, 3.0)
    told = caller.ask("/livez")
    caller.close()
    return told.good and told.seconds < 1


@contextmanager
def served(**variables: str) -> Iterator[str]:
    """Serve the simulated exchange until the block ends; give the URL."""
    with tempfile.TemporaryDirectory() as folder:
        exchanges = {"LH_EXCHANGES": "sim", "LH_WORKERS": str(WORKERS)}
        with serve({}, Path(folder) / "log", **exchanges | variables) as service:
            yield service.base


def _all_ask(base: str, headers: list[dict[str, str]]) -> list[Told]:
    """Return what each of these is told, asked by as many callers as half of the threads."""

    def part(n: int) -> list[Told]:
        caller = Caller(base)
        told = [caller.ask("/v1/exchanges", **_named(each)) for each in headers[n::HALF]]
        caller.close()
        return told

    with ThreadPoolExecutor(HALF) as pool:
        return [each for told in pool.map(part, range(HALF)) for each in told]


def _share(base: str, seconds: float, **headers: str) -> float:
    """Return how many were let through in that time, as a share of a minute's worth and what came back since."""
    began = time.monotonic()
    ends, told = began + seconds, Counter[int]()

    def ask(_: int) -> Counter[int]:
        caller, counted = Caller(base), Counter[int]()
        while time.monotonic() < ends:
            counted[caller.ask("/v1/exchanges", **_named(headers)).status] += 1
        caller.close()
        return counted

    with ThreadPoolExecutor(HALF) as pool:
        for counted in pool.map(ask, range(HALF)):
            told += counted
    assert told.keys() <= {200, 429}, told
    assert told[429], "more was asked for than is allowed"
    return told[200] / (LIMIT + (time.monotonic() - began) * LIMIT / 60)


def _named(headers: dict[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}


EDGE: dict[str, Callable[[], Row]] = {
    "stopped": lambda: stopped(10),
    "slow_callers": slow_callers,
    "wrong_keys": lambda: wrong_keys(10_000, 8.0),
}
