"""The service as an operator starts it, on exchanges at given addresses: the console script, gunicorn, its workers."""

import gzip
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPConnection
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

from tests.support.ports import free_port

ROOT = Path(__file__).resolve().parents[2]
START_SECONDS, POLL_SECONDS = 120.0, 0.05


class Served:
    """A running service."""

    def __init__(self, base: str) -> None:
        """Speak to the one at that URL."""
        self.base = base

    def get(self, path: str, **query: Any) -> tuple[int, Any, Mapping[str, str]]:
        """Return status, JSON body and headers of one GET, compressed on the way as browsers ask for it."""
        request = Request(f"{self.base}{path}?{urlencode(query)}", headers={"Accept-Encoding": "gzip"})
        try:
            with urlopen(request, timeout=60) as answer:
                raw, status, headers = answer.read(), answer.status, answer.headers
        except HTTPError as error:
            with error:
                raw, status, headers = error.read(), error.code, error.headers
        body = gzip.decompress(raw) if headers.get("Content-Encoding") == "gzip" else raw
        return status, json.loads(body), dict(headers)

    def ask(self, path: str, **query: Any) -> Any:
        """Return the body of an answer that must be a success."""
        status, body, _ = self.get(path, **query)
        assert status == 200, body
        return body


@contextmanager
def serve(base_urls: Mapping[str, str], log: Path, **variables: str) -> Iterator[Served]:
    """Run the service on those exchanges until the block ends; what it says goes to `log`, `variables` are settings."""
    with serve_at(free_port(), base_urls, log, variables) as served:
        yield served


@contextmanager
def serve_at(port: int, base_urls: Mapping[str, str], log: Path, variables: Mapping[str, str]) -> Iterator[Served]:
    """Run it at that port."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("LH_")}
    environment |= {
        "LH_EXCHANGES": ",".join(base_urls),
        "LH_BASE_URLS": json.dumps(dict(base_urls)),
        "LH_UNTHROTTLED": "true",
        # No exchange is left out for being slow on a machine that is busy.
        "LH_SOFT_SECONDS": "60",
        **variables,
    }
    script = Path(sys.executable).parent / "liquidation-heatmap"
    with log.open("wb") as out:
        process = subprocess.Popen(
            [script, "serve", "--port", str(port)], cwd=ROOT, env=environment, stdout=out, stderr=subprocess.STDOUT
        )
        try:
            _wait_until_live(port, process, log)
            yield Served(f"http://127.0.0.1:{port}")
        finally:
            process.terminate()
            process.wait(30)


def _wait_until_live(port: int, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        connection = HTTPConnection("127.0.0.1", port, timeout=5)
        try:
            connection.request("GET", "/livez")
            if connection.getresponse().status == 200:
                return
        except OSError:
            time.sleep(POLL_SECONDS)
        finally:
            connection.close()
    raise AssertionError(f"no answer within {START_SECONDS:g} s: {log.read_text()}")
