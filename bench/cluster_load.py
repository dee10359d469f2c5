"""Callers that keep asking a Service, half of them on connections that they keep; runs in a pod, on what Python brings.

    python cluster_load.py http://SERVICE:80 CALLERS PAUSE

It ends on SIGTERM with one line of JSON: how often each status came, and what failed without one, by kind of caller.
Where a kept connection ends before the first byte of an answer, the question is asked again on a new one, as clients do
that keep connections: it had been closed while it was idle. Anything else that has no answer is lost.
"""

import http.client
import json
import signal
import sys
import threading
import time
from collections import Counter
from urllib.parse import urlsplit

PATHS = (
    "/v1/zones?exchange=sim&symbol=BTC",
    "/v1/heatmap?exchange=sim&symbol=BTC",
    "/v1/profile?exchange=sim2&symbol=ETH",
    "/v1/exchanges",
)
PATIENCE_SECONDS = 30.0
IDLE = (http.client.RemoteDisconnected, BrokenPipeError, ConnectionResetError)


class Caller:
    """One caller: what it was told, and the longest that it waited."""

    def __init__(self, host: str, *, keeps: bool) -> None:
        """Speak to that host; `keeps` is whether a connection is used again."""
        self._host, self._keeps = host, keeps
        self._connection: http.client.HTTPConnection | None = None
        self.told: Counter[str] = Counter()
        self.longest = 0.0

    def ask(self, path: str) -> None:
        """Ask once, and note what came of it."""
        began, used = time.monotonic(), self._connection is not None
        try:
            try:
                status = self._once(path)
            except IDLE:
                if not used:
                    raise
                self._close()
                self.told["asked again"] += 1
                status = self._once(path)
            self.told[str(status)] += 1
        except (OSError, http.client.HTTPException) as error:
            self.told[f"lost: {type(error).__name__}"] += 1
            self._close()
        self.longest = max(self.longest, time.monotonic() - began)
        if not self._keeps:
            self._close()

    def _once(self, path: str) -> int:
        if self._connection is None:
            self._connection = http.client.HTTPConnection(self._host, timeout=PATIENCE_SECONDS)
        self._connection.request("GET", path)
        answer = self._connection.getresponse()
        answer.read()
        if answer.will_close:
            self._close()
        return answer.status

    def _close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def run(caller: Caller, first: int, pause: float, stop: threading.Event) -> None:
    """Ask the paths in turn until told to stop."""
    number = first
    while not stop.wait(pause):
        caller.ask(PATHS[number % len(PATHS)])
        number += 1


def main() -> None:
    """Ask until SIGTERM."""
    url, callers, pause = sys.argv[1], int(sys.argv[2]), float(sys.argv[3])
    stop = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: stop.set())
    crowd = [Caller(urlsplit(url).netloc, keeps=number % 2 == 0) for number in range(callers)]
    threads = [threading.Thread(target=run, args=(caller, number, pause, stop)) for number, caller in enumerate(crowd)]
    for thread in threads:
        thread.start()
    print("asking", flush=True)
    for thread in threads:
        thread.join()
    of_kind = {"kept": crowd[::2], "new": crowd[1::2]}
    told = {kind: dict(sum((caller.told for caller in callers), Counter())) for kind, callers in of_kind.items()}
    print(json.dumps(told | {"longest": round(max(caller.longest for caller in crowd), 3)}), flush=True)


if __name__ == "__main__":
    main()
