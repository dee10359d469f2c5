"""Let a real Prometheus watch a server through a bad night, and keep what it answers to each query of the dashboard.

    python -m bench.dashboard_night night.json --minutes 18
    python -m bench.draw_dashboard night.json docs/pictures/dashboard.png

gunicorn with two workers, three emulated exchanges, a real Valkey, the chart's alerts. Binance refuses for a third of
the night, OKX hangs from then on, the Valkey freezes, a worker is killed, and one caller asks for more than its share.
Which alerts rang, and when, is printed.
"""

import argparse
import http.client
import json
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

from tests.support.prometheus_server import Prometheus, prometheus
from tests.support.serving import Server
from tests.support.whole_service import WholeService, whole_service

DASHBOARD = Path(__file__).resolve().parents[1] / "helm/dashboards/liquidation-heatmap.json"
EXCHANGES = ("binance", "bybit", "okx")
PATHS = ("heatmap", "zones", "profile", "cascade")
SCRAPE_SECONDS = 5
COLUMNS = 240
LIMIT = 240


@dataclass(frozen=True)
class Event:
    """Something that happens when this share of the night is over."""

    share: float
    what: str
    happen: Callable[[], object]


class Callers:
    """Callers that go on asking until told to stop, one of them for more than its share while `flooding` is set."""

    def __init__(self, server: Server) -> None:
        """Ask that server, each on a thread of its own."""
        self._server, self._stop, self.flooding = server, threading.Event(), threading.Event()
        self._threads = [threading.Thread(target=self._ask, args=(number,)) for number in range(3)]
        self._threads.append(threading.Thread(target=self._flood))

    def _ask(self, first: int) -> None:
        for number in count(first):
            if self._stop.wait(0.5):
                return
            query = f"exchange={','.join(EXCHANGES)}&symbol={('BTC', 'ETH')[number % 2]}&lookback={number % 12 + 3}d"
            # A worker that is killed takes the requests along that it has.
            with suppress(OSError, http.client.HTTPException):
                self._server.ask(f"/v1/{PATHS[number % len(PATHS)]}?{query}", X_Forwarded_For=f"192.0.2.{number % 250}")

    def _flood(self) -> None:
        while not self._stop.wait(0.1):
            if self.flooding.is_set():
                self._server.ask("/v1/exchanges", X_Forwarded_For="198.51.100.7")

    def begin(self) -> None:
        """Begin to ask."""
        for thread in self._threads:
            thread.start()

    def end(self) -> None:
        """Stop asking."""
        self._stop.set()
        for thread in self._threads:
            thread.join()


def events(service: WholeService, callers: Callers) -> list[Event]:
    """Return what happens in the night, in order."""
    venues = service.venues
    return [
        Event(0.2, "Binance refuses", lambda: venues.fault("binance", "status", status=429, retry_after=30)),
        Event(0.3, "OKX hangs", lambda: venues.fault("okx", delay_s=30)),
        Event(0.4, "a worker is killed", service.kill_worker),
        Event(0.5, "the Valkey freezes", service.freeze_cache),
        Event(0.6, "Binance is well again", lambda: venues.heal("binance")),
        Event(0.7, "one caller asks too much", callers.flooding.set),
        Event(0.8, "it stops", callers.flooding.clear),
        Event(0.9, "the Valkey wakes", service.wake_cache),
    ]


def live_through(happenings: Sequence[Event], seconds: float) -> float:
    """Let it all happen; return when the night began, epoch seconds."""
    began, clock = time.time(), time.monotonic()
    for event in happenings:
        time.sleep(max(0.0, clock + event.share * seconds - time.monotonic()))
        print(f"{event.share * seconds / 60:5.1f} min  {event.what}", flush=True)
        event.happen()
    time.sleep(max(0.0, clock + seconds - time.monotonic()))
    return began


def answers(read: Prometheus, began: float, happenings: Sequence[Event], seconds: float) -> dict[str, Any]:
    """Return what Prometheus answers to each query of the dashboard, now and over the night, and which alerts rang."""
    end, step = began + seconds, seconds / COLUMNS
    panels = [panel for panel in json.loads(DASHBOARD.read_text())["panels"] if panel.get("targets")]
    return {
        "start": began,
        "end": end,
        "events": [{"at": began + event.share * seconds, "what": event.what} for event in happenings],
        "panels": {
            str(panel["id"]): [read.between(target["expr"], began, end, step) for target in panel["targets"]]
            for panel in panels
        },
        "alerts": read.between('ALERTS{alertstate="firing"}', began, end, step),
    }


def main() -> None:
    """Live through it, and write down what was answered."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", type=Path, help="where to keep the answers, JSON")
    parser.add_argument("--minutes", type=float, default=18.0)
    asked = parser.parse_args()
    seconds = 60 * asked.minutes
    limits = {"LH_ADDRESS_RATE": str(LIMIT), "LH_TRUSTED_PROXIES": "1"}
    with whole_service(EXCHANGES, **limits) as service:
        service.venues.headers["binance"] = {"X-MBX-USED-WEIGHT-1M": "600"}
        callers = Callers(service.server)
        happenings = events(service, callers)
        with prometheus(service.metrics, SCRAPE_SECONDS) as read:
            callers.begin()
            try:
                began = live_through(happenings, seconds)
            finally:
                callers.end()
            night = answers(read, began, happenings, seconds)
    asked.file.write_text(json.dumps(night))
    for series in sorted(night["alerts"], key=lambda each: each["values"][0][0]):
        labels = {name: value for name, value in series["metric"].items() if name in {"exchange", "reason", "kind"}}
        first = (series["values"][0][0] - night["start"]) / 60
        print(f"{first:5.1f} min  {series['metric']['alertname']} rings {labels or ''}")


if __name__ == "__main__":
    main()
