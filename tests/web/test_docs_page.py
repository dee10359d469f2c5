"""The page of the contract in real Chromium, with nothing from any other host."""

from collections.abc import Iterator

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page

from tests.support import outside
from tests.support.browsing import chromium, clean_page, listening
from tests.support.contract import CONTRACT

outside.require("browser", __file__)
pytestmark = pytest.mark.slow


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


def test_the_first_three_things_work(page: Page, served: str) -> None:
    """The page begins with links that lead somewhere, on an exchange that is served, and with the picture of now."""
    page.goto(served + "/docs")
    page.wait_for_function("() => document.querySelector('#map').naturalWidth === 1200")
    links = page.locator("#first li a").evaluate_all("links => links.map((link) => link.href)")
    assert len(links) == 3
    assert [page.request.get(link).status for link in links] == [200, 200, 200]
    assert page.locator("#first").bounding_box()["y"] < page.locator("#contract").bounding_box()["y"]  # type: ignore[index]  # both are shown
