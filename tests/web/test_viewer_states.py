"""Each state of the viewer in real Chromium: it says what is wrong, everyone can use it, and a screenshot is kept.

The screenshots lie in build/viewer, one a state.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route

from service.api.pictures.looks import scale
from service.app import create_app
from service.settings import Settings
from tests.conftest import SIM_NOW
from tests.support import outside
from tests.support.browsing import Change, answered_with, chromium, clean_page, listening

outside.require("axe", __file__)
outside.require("browser", __file__)
pytestmark = pytest.mark.slow

KEPT = Path(__file__).resolve().parents[2] / "build/viewer"
DESK, PHONE = {"width": 1440, "height": 900}, {"width": 390, "height": 844}
DRAWN = "() => globalThis.viewer?.shown && document.querySelector('#status').textContent === ''"
# WCAG 2.1 A and AA, and what axe itself advises
CHECK = "async () => (await axe.run(document)).violations.map((one) => `${one.id}: ${one.nodes[0].html}`)"


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return Chromium."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def axe() -> str:
    """Return the source of axe-core."""
    path = outside.axe()
    assert path is not None
    return Path(path).read_text()


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """Return the address of both simulated exchanges at a fixed time."""
    app: Flask = create_app(Settings(exchanges=("sim", "sim2")), clock=lambda: SIM_NOW)
    with listening(app) as address:
        yield address


def drawn(page: Page, address: str) -> None:
    """Open the viewer and wait until it has drawn."""
    page.goto(address)
    page.wait_for_function(DRAWN)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def keep(page: Page, name: str) -> None:
    """Keep a screenshot of a state."""
    KEPT.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=KEPT / f"{name}.png")


def refused(page: Page, path: str, status: int, detail: str) -> None:
    """Let a path answer with a problem."""
    body = json.dumps({"type": "/problems/x", "title": "No", "status": status, "detail": detail})
    page.route(f"**{path}?**", lambda route: route.fulfill(
        status=status, content_type="application/problem+json", body=body))  # fmt: skip


@pytest.mark.parametrize(
    ("name", "query", "size"),
    [("dark", "", DESK), ("light", "?theme=light", DESK), ("safe", "?palette=safe", DESK),
     ("notional", "?layer=notional", DESK), ("diff", "?compare=sim2", DESK), ("phone", "", PHONE),
     ("phone-light", "?theme=light", PHONE)],
)  # fmt: skip
def test_everyone_can_use_it(
    browser: Browser, base: str, axe: str, name: str, query: str, size: dict[str, int]
) -> None:
    """Axe finds nothing: names, contrasts, order and focus, in every look and on a telephone."""
    with clean_page(browser, base, viewport=size) as page:
        drawn(page, f"{base}/{query}")
        page.evaluate(axe)
        assert page.evaluate(CHECK) == []
        keep(page, name)


def test_what_is_chosen_is_usable_too(browser: Browser, base: str, axe: str) -> None:
    """With a zone chosen, an alert set and told, and the help open."""
    with clean_page(browser, base, viewport=DESK) as page:
        drawn(page, f"{base}/")
        page.keyboard.press("j")
        page.keyboard.press("a")
        page.locator("summary", has_text="Keys").click()
        page.evaluate(axe)
        assert page.evaluate(CHECK) == []
        assert page.locator("#alerts li").count() == 1
        keep(page, "chosen")


def stale(body: dict[str, Any]) -> None:
    """Make an answer an hour old."""
    body["stale"], body["age_seconds"] = True, 3700.0


def unsure(body: dict[str, Any]) -> None:
    """Take an answer's data quality."""
    body["data_quality"] = {"value": 0.3, "parts": [{"name": "sample", "value": 0.3, "reason": "a week of trading"}]}


def lacking(body: dict[str, Any]) -> None:
    """Take an exchange out of an answer."""
    absent = {"exchange": "okx", "state": "missing", "reason": "did not answer in time"}
    body["sources"].append({**body["sources"][0], **absent})


@pytest.mark.parametrize(
    ("change", "words", "reason"),
    [(stale, "Stale: 62 min old", "being fetched, or the exchange has not sent them"),
     (unsure, "Low data quality: 30 %", "a week of trading"),
     (lacking, "okx is missing", "did not answer in time"), (lambda _: None, "Simulated market", "Invented prices")],
    ids=["stale", "unsure", "lacking", "simulated"],
)  # fmt: skip
@pytest.mark.parametrize("size", [DESK, PHONE], ids=["desk", "phone"])
def test_what_to_know_is_said_over_the_map(
    browser: Browser, base: str, change: Change, words: str, reason: str, size: dict[str, int]
) -> None:
    """In a few words over the map, where a telephone shows it too, and with its reason at the side."""
    with clean_page(browser, base, viewport=size) as page:
        answered_with(page, "/v1/zones", change)
        drawn(page, f"{base}/")
        badge = page.locator("#badges li", has_text=words)
        assert badge.is_visible()
        assert reason in page.inner_text("#remarks")
        box, chart = badge.bounding_box(), page.locator("#chart").bounding_box()
        assert box is not None
        assert chart is not None
        assert chart["x"] <= box["x"]
        assert box["x"] + box["width"] <= chart["x"] + chart["width"]
        keep(page, f"{words.split(':', maxsplit=1)[0].lower().replace(' ', '-')}-{size['width']}")


@pytest.mark.parametrize(
    ("status", "words"), [(503, "okx does not answer"), (429, "Too many requests"), (404, "No such")]
)
def test_a_refusal_is_said_and_the_last_picture_stays(browser: Browser, base: str, status: int, words: str) -> None:
    """In the service's own words; what was shown is still there, with its age."""
    with clean_page(browser, base, expected=(str(status),), viewport=DESK) as page:
        drawn(page, f"{base}/")
        refused(page, "/v1/heatmap", status, words)
        page.keyboard.press("r")
        page.wait_for_selector("#status.error")
        told = page.inner_text("#status")
        assert words in told
        assert "What is shown is" in told
        assert page.locator(".zone").count() > 0
        keep(page, f"error-{status}")


def test_cold_data_show_that_something_is_under_way(browser: Browser, base: str) -> None:
    """While an answer takes its time the page says what it waits for; then it draws."""
    with clean_page(browser, base, viewport=DESK) as page:
        held: list[Route] = []
        page.route("**/v1/heatmap?**", lambda route: held.append(route))  # noqa: PLW0108 - it is written to
        page.goto(f"{base}/")
        page.wait_for_selector("#status.progress")
        assert "Asking sim for its data" in page.inner_text("#status")
        keep(page, "progress")
        assert held
        page.unroute("**/v1/heatmap?**")  # which lets through what was held
        page.wait_for_function(DRAWN)


def test_all_is_done_by_keys(browser: Browser, base: str) -> None:
    """Layer, theme, palette, zones, alert, time and zoom, without a mouse."""
    with clean_page(browser, base, viewport=DESK) as page:
        drawn(page, f"{base}/")
        for key, kept in (("l", "layer=notional"), ("t", "theme=light"), ("p", "palette=safe")):
            page.keyboard.press(key)
            page.wait_for_url(f"**{kept}**")
        page.wait_for_function(DRAWN)
        view = "() => { const { chart } = globalThis.viewer; return [chart.x(0), chart.x(100)] }"
        whole = page.evaluate(view)
        wide = whole[1] - whole[0]
        page.keyboard.press("+")
        page.wait_for_function(f"(wide) => {{ const [a, b] = ({view})(); return b - a > wide + 5 }}", arg=wide)
        first = page.evaluate(view)[0]
        page.keyboard.press("ArrowLeft")
        page.wait_for_function(f"(first) => ({view})()[0] > first + 5", arg=first)
        page.keyboard.press("0")
        page.wait_for_function(f"(first) => Math.abs(({view})()[0] - first) < 1", arg=whole[0])


def test_a_finger_moves_and_reads_the_map(browser: Browser, base: str) -> None:
    """On a telephone a tap reads a cell."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, has_touch=True, is_mobile=True)
    page = context.new_page()
    drawn(page, f"{base}/")
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    box = page.locator("#chart").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 60, box["y"] + 80)
    page.touchscreen.tap(box["x"] + 60, box["y"] + 80)
    page.wait_for_function("() => document.querySelector('#reading').textContent.includes('heat')")
    context.close()


@pytest.mark.parametrize("ticked", ["10", "25", "50", "100"])
def test_leverages_are_shown_alone(browser: Browser, base: str, ticked: str) -> None:
    """Ticking one asks for a map of it, and the link keeps it."""
    with clean_page(browser, base, viewport=DESK) as page:
        drawn(page, f"{base}/")
        with page.expect_request(lambda sent: f"{ticked}%3A1" in sent.url and "/v1/heatmap" in sent.url):
            page.locator(f"#leverage input[value='{ticked}']").check()
        page.wait_for_function(DRAWN)
        assert f"leverage={ticked}" in page.url


@pytest.mark.parametrize("theme", ["dark", "light"])
@pytest.mark.parametrize("palette", ["fire", "safe", "diff"])
def test_the_viewer_and_the_pictures_have_the_same_colours(
    browser: Browser, base: str, palette: str, theme: str
) -> None:
    """All 256 steps of each scale, as the page and as /v1/heatmap.png mix them from one file."""
    with clean_page(browser, base, viewport=DESK) as page:
        page.goto(f"{base}/")
        words = page.evaluate(
            "async ([palette, theme]) => [...(await import('/web/js/palette.js')).scale(palette, theme)]",
            [palette, theme],
        )
    assert [[word & 255, (word >> 8) & 255, (word >> 16) & 255] for word in words] == scale(palette, theme).tolist()
