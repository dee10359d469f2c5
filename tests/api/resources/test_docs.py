"""GET /docs: a page that shows the contract, with nothing from any other host."""

from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, Page

from service.api.resources.docs import ASSETS, POLICY
from tests.support.browsing import chromium, clean_page, listening
from tests.support.contract import CONTRACT


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return Chromium."""
    with chromium() as started:
        yield started


@pytest.fixture
def served(sim_app: Flask) -> Iterator[str]:
    """Return the address of an application that describes its contract, on a free loopback port."""
    with listening(sim_app) as base:
        yield base


@pytest.fixture
def page(browser: Browser, served: str) -> Iterator[Page]:
    """Return a page, and fail if it logs an error or asks another host for anything."""
    with clean_page(browser, served) as page:
        yield page


@pytest.mark.parametrize("path", ["/docs", "/docs/"])
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
