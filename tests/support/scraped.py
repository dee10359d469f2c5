"""The metrics of a running server, as Prometheus' own parser reads them."""

import http.client
import threading
from collections.abc import Callable, Mapping

from prometheus_client.parser import text_string_to_metric_families

POLL_SECONDS = 0.05


def scrape(port: int) -> list[tuple[str, Mapping[str, str], float]]:
    """Return every series."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/metrics")
    text = connection.getresponse().read().decode()
    connection.close()
    return [(each.name, each.labels, each.value) for of in text_string_to_metric_families(text) for each in of.samples]


def total(port: int, name: str, **labels: str) -> float:
    """Return the sum of all series of a name that have these labels."""
    return sum(value for called, of, value in scrape(port) if called == name and labels.items() <= of.items())


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds, or fail after a minute."""
    waited = threading.Event()
    for _ in range(int(60 / POLL_SECONDS)):
        if holds():
            return
        waited.wait(POLL_SECONDS)
    raise AssertionError("it did not come to hold within a minute")
