"""Real Chromium before a running application: fixtures for tests of pages."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

from flask import Flask
from playwright.sync_api import Browser, Page, Route, sync_playwright
from werkzeug.serving import make_server

from tests.support import outside

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
Change = Callable[[dict[str, Any]], None]


@contextmanager
def chromium() -> Iterator[Browser]:
    """Give Chromium; what asks for `browser` is skipped where there is none (tests/support/outside.py)."""
    path = outside.chromium()
    assert path is not None, "CI must have chromium on PATH"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@contextmanager
def listening(app: Flask) -> Iterator[str]:
    """Give the address of the app on a free loopback port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@contextmanager
def clean_page(browser: Browser, base: str, *, expected: tuple[str, ...] = (), **options: object) -> Iterator[Page]:
    """Give a page, and fail if it logs anything but `expected` as an error, or asks another host for anything."""
    page, trouble = browser.new_page(**options), list[str]()  # type: ignore[arg-type]  # passed on as they are
    page.on("console", lambda said: trouble.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("request", lambda sent: _note_foreign(sent.url, base, trouble))
    yield page
    page.close()
    assert [text for text in trouble if not any(part in text for part in expected)] == []


def _note_foreign(url: str, base: str, trouble: list[str]) -> None:
    if urlsplit(url).scheme not in {"data", "blob"} and not url.startswith(base + "/"):
        trouble.append(f"leaves the host: {url}")


def answered_with(page: Page, path: str, change: Change) -> None:
    """Let the service answer, and change the answer on its way to the page."""

    def through(route: Route) -> None:
        response = route.fetch()
        body = response.json()
        change(body)
        route.fulfill(response=response, body=json.dumps(body))

    page.route(f"**{path}?**", through)
