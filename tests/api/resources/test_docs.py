"""GET /docs: a page that shows the contract, with nothing from any other host."""

import os
import shutil
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page, sync_playwright
from werkzeug.serving import make_server

from service.api.resources.docs import ASSETS, POLICY
from tests.support.contract import CONTRACT

FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return Chromium; where there is none, skip, but never in CI."""
    path = shutil.which("chromium")
    if path is None and os.environ.get("CI") == "true":
        pytest.fail("CI must have chromium on PATH")
    if path is None:
        pytest.skip("no chromium on PATH")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield started
        started.close()


@pytest.fixture
def served(app: Flask) -> Iterator[str]:
    """Return the address of the app on a free loopback port."""
    server = make_server("127.0.0.1", 0, app, threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def page(browser: Browser, served: str) -> Iterator[Page]:
    """Return a page, and fail if it logs an error or asks another host for anything."""
    page, trouble = browser.new_page(), []
    page.on("console", lambda said: trouble.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: trouble.append(str(error)))
    page.on("requestfailed", lambda failed: trouble.append(f"failed: {failed.url}"))
    page.on("request", lambda sent: _note_foreign(sent.url, served, trouble))
    yield page
    page.close()
    assert trouble == []


def _note_foreign(url: str, served: str, trouble: list[str]) -> None:
    if urlsplit(url).scheme != "data" and not url.startswith(served + "/"):
        trouble.append(f"leaves the host: {url}")


@pytest.mark.parametrize("path", ["/docs", "/docs/", "/"])
def test_the_page_shows_every_operation(page: Page, served: str, path: str) -> None:
    """In a real browser each path of the contract is on the page, however it was reached."""
    page.goto(served + path)
    page.wait_for_selector(".opblock")
    assert page.url == served + "/docs"
    shown = {text.replace("\u200b", "") for text in page.locator(".opblock-summary-path").all_inner_texts()}
    assert shown == set(CONTRACT["paths"])
    assert CONTRACT["info"]["title"] in page.inner_text(".info .title")


def test_an_operation_can_be_tried(page: Page, served: str) -> None:
    """Opened, filled with its examples and executed, it shows the service's own answer."""
    page.goto(served + "/docs")
    block = page.locator(".opblock", has=page.locator('[data-path="/v1/exchanges"]'))
    block.locator(".opblock-summary").click()
    block.locator(".try-out__btn").click()
    block.locator(".execute").click()
    block.locator(".live-responses-table .response-col_status", has_text="200").wait_for()
    assert "liquidation_rule" in block.locator(".live-responses-table").inner_text()


def test_the_page_allows_nothing_from_elsewhere(client: FlaskClient) -> None:
    """By policy as well as in fact."""
    response = client.get("/docs")
    assert response.headers["Content-Security-Policy"] == POLICY
    assert "http" not in POLICY
    assert "//" not in response.text.replace("<!doctype", "")


@pytest.mark.parametrize("asset", [*ASSETS, "start.js"])
def test_its_parts_are_served(client: FlaskClient, asset: str) -> None:
    """Each with its type, and not empty."""
    response = client.get(f"/docs/{asset}")
    assert response.status_code == 200
    kind = {"css": "text/css", "js": "text/javascript", "png": "image/png"}[asset.rsplit(".", 1)[1]]
    assert response.content_type.startswith(kind)
    assert response.data
    response.close()


@pytest.mark.parametrize("path", ["swagger-ui.css.map", "../settings.py", "..%2fapp.py", "index.html", "%2e%2e/x"])
def test_nothing_else_is_served(client: FlaskClient, path: str) -> None:
    """Only what the page loads, and no way out of the folder."""
    assert client.get(f"/docs/{path}").status_code == 404
