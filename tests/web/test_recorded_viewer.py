"""The recorded viewer in real Chromium, before a server of plain files: every view that it offers is in it."""

import functools
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from service.cli.main import main
from tests.support import outside
from tests.support.browsing import chromium, clean_page

outside.require("browser", __file__)
pytestmark = pytest.mark.slow

DRAWN = "() => globalThis.viewer?.shown && document.querySelector('#status').textContent === ''"


class Quiet(SimpleHTTPRequestHandler):
    """Serves files and says nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Return the address of a recording, below a folder as a site of documentation would have it."""
    site: Path = tmp_path_factory.mktemp("site")
    assert main(["record", "--out", str(site / "demo")]) == 0
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(site)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/demo"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return Chromium."""
    with chromium() as started:
        yield started


@pytest.fixture
def page(browser: Browser, base: str) -> Iterator[Page]:
    """Return a page that has drawn, logs no error and asks nobody else."""
    with clean_page(browser, base, viewport={"width": 1440, "height": 900}) as page:
        page.goto(f"{base}/")
        page.wait_for_function(DRAWN)
        yield page


def test_it_says_that_it_is_a_recording(page: Page) -> None:
    """When it was made stands at the foot, and what it does not hold is not offered."""
    assert "A recording of 20" in page.inner_text("footer")
    for hidden in ("#leverage", "[name=mix]", "footer a[href=docs]"):
        assert not page.locator(hidden).is_visible()
    assert page.locator(".zone").count() > 0


@pytest.mark.parametrize("exchange", ["sim", "sim2"])
def test_every_view_that_is_offered_is_drawn(page: Page, exchange: str) -> None:
    """Each timeframe, alone and against the other exchange, has its answers; only files are asked for."""
    asked = list[str]()
    page.on("request", lambda sent: asked.append(sent.url))
    page.select_option("[name=exchange]", exchange)
    other = {"sim": "sim2", "sim2": "sim"}[exchange]
    for timeframe in page.locator("[name=timeframe] option").evaluate_all("all => all.map((one) => one.value)"):
        for compare, layer in (("", "heat"), (other, "diff")):
            page.select_option("[name=timeframe]", timeframe)
            page.select_option("[name=compare]", compare)
            page.wait_for_function(
                "([timeframe, layer]) => { const { shown } = globalThis.viewer; return shown.layer === layer"
                " && shown.answer.timeframe === timeframe && document.querySelector('#status').textContent === '' }",
                arg=[timeframe, layer],
            )
    assert any("/demo/answers/" in url for url in asked)
    assert [url for url in asked if "/v1/" in url] == []


def test_what_is_not_in_it_is_said(browser: Browser, base: str) -> None:
    """Another symbol is answered by a sentence and not by a request."""
    with clean_page(browser, base, viewport={"width": 1440, "height": 900}) as page:
        page.goto(f"{base}/?symbol=ETH")
        page.wait_for_selector("#status.error")
        assert "is a recording" in page.inner_text("#status")
