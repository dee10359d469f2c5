"""The viewer in real Chromium: it draws what the API answers, and says what is wrong when something is."""

import re
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page, Route

from service.analysis.limits import columns_of, most_cells
from service.api.query.lookback import Lookback
from service.app import create_app
from service.market.venues import VENUE_IDS
from service.settings import Settings
from tests.conftest import SIM_NOW
from tests.support import outside
from tests.support.browsing import answered_with, chromium, clean_page, listening
from tests.support.fake_apps import without_contract
from tests.support.fake_exchange import Clock, FakeExchange

outside.require("browser", __file__)
pytestmark = pytest.mark.slow

# What the browser says of a test that reads the canvas.
READ_BACK = "willReadFrequently"
SIZE = {"width": 1440, "height": 900}
DRAWN = "() => globalThis.viewer?.shown && document.querySelector('#status').textContent === ''"
# The colour of the chart's picture at a cell's middle, straight from the canvas that shows it.
PIXEL = """([column, bin]) => {
  const { shown, chart } = globalThis.viewer;
  const x = chart.x(column), y = chart.y(shown.edges[bin] + shown.step / 2);
  const canvas = [...document.querySelectorAll('#chart canvas')].find((one) => one.width > 300 && one.height > 300);
  const ratio = canvas.width / canvas.clientWidth;
  return [...canvas.getContext('2d').getImageData(Math.round(x * ratio), Math.round(y * ratio), 1, 1).data].slice(0, 3);
}"""
EXPECTED = """async ([column, bin, name]) => {
  const { scale } = await import('/web/js/palette.js');
  const word = scale(name, 'dark')[globalThis.viewer.shown.values[column * globalThis.viewer.shown.bins + bin]];
  return [word & 255, (word >> 8) & 255, (word >> 16) & 255];
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return Chromium."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="module")
def app() -> Flask:
    """Return both simulated exchanges at a fixed time."""
    return create_app(Settings(exchanges=("sim", "sim2")), clock=lambda: SIM_NOW)


@pytest.fixture(scope="module")
def base(app: Flask) -> Iterator[str]:
    """Return the address of the app."""
    with listening(app) as address:
        yield address


@pytest.fixture
def page(browser: Browser, base: str) -> Iterator[Page]:
    """Return a page that must stay without errors."""
    with clean_page(browser, base, expected=(READ_BACK,), viewport=SIZE) as page:
        yield page


def open_at(page: Page, base: str, query: str = "") -> None:
    """Open the viewer and wait until it has drawn."""
    page.goto(f"{base}/{query}")
    page.wait_for_function(DRAWN)
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")


def far_cells(page: Page) -> list[tuple[int, int]]:
    """Return cells over the whole map that neither a candle nor the line of the price covers."""
    shown: dict[str, Any] = page.evaluate(
        "() => { const { columns, bins, answer, edges, step } = globalThis.viewer.shown;"
        " return { columns, bins, high: answer.candles.high, low: answer.candles.low, edges, step,"
        " price: globalThis.viewer.found.price } }"
    )
    columns = range(5, int(shown["columns"] * 0.8), max(shown["columns"] // 12, 1))
    bins = range(3, shown["bins"] - 3, max(shown["bins"] // 12, 1))
    gap = 4 * shown["step"]
    return [
        (column, bin_)
        for column in columns
        for bin_ in bins
        if not shown["low"][column] - gap < shown["edges"][bin_] < shown["high"][column] + gap
        and abs(shown["edges"][bin_] - shown["price"]) > gap
    ]


@pytest.mark.parametrize("query", ["", "?layer=notional", "?palette=safe"])
def test_the_picture_is_the_answer(page: Page, base: str, query: str) -> None:
    """The colours on the screen are those of the API's cells, sampled over the whole map."""
    open_at(page, base, query)
    cells = far_cells(page)
    assert len(cells) > 80
    name = "safe" if "safe" in query else "fire"
    for column, bin_ in cells:
        seen = page.evaluate(PIXEL, [column, bin_])
        assert seen == page.evaluate(EXPECTED, [column, bin_, name]), (column, bin_)
    assert len({tuple(page.evaluate(PIXEL, cell)) for cell in cells}) > 5


def test_the_crosshair_reads_the_answer(page: Page, base: str) -> None:
    """Time, price range and amounts under the mouse are the API's."""
    open_at(page, base)
    column, bin_ = far_cells(page)[20]
    x, y = page.evaluate(
        "([column, bin]) => { const { shown, chart } = globalThis.viewer;"
        " return [chart.x(column), chart.y(shown.edges[bin] + shown.step / 2)] }",
        [column, bin_],
    )
    box = page.locator("#chart").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + x, box["y"] + y)
    page.wait_for_function("() => document.querySelector('#reading').textContent.includes('long')")
    text = page.inner_text("#reading")
    told = page.evaluate(
        "async ([column, bin]) => { const { shown } = globalThis.viewer; const f = await import('/web/js/format.js');"
        " const grid = shown.answer.grid;"
        " return [f.moment(grid.time[column]), f.price(shown.edges[bin], shown.step),"
        " `long ${f.usd(grid.long[column][bin])}`, `short ${f.usd(grid.short[column][bin])}`] }",
        [column, bin_],
    )
    for part in told:
        assert part in text


# How many pixels of the map's canvas have the colour of rising candles.
CANDLES = """async () => {
  const { themeOf } = await import('/web/js/palette.js');
  const [red, green, blue] = themeOf('dark').candles.fire.up.match(/[0-9a-f]{2}/gi).map((part) => parseInt(part, 16));
  const canvas = [...document.querySelectorAll('#chart canvas')].find((one) => one.width > 300 && one.height > 300);
  const { data } = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
  let count = 0;
  for (let at = 0; at < data.length; at += 4) {
    count += data[at] === red && data[at + 1] === green && data[at + 2] === blue;
  }
  return count;
}"""


def test_candles_stay_under_the_mouse(page: Page, base: str) -> None:
    """Pointing at the map reads it, and covers nothing that is drawn over it."""
    open_at(page, base)
    before = page.evaluate(CANDLES)
    assert before > 200
    page.mouse.move(500, 300)
    page.wait_for_function("() => document.querySelector('#reading').textContent.includes('heat')")
    page.evaluate("() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert page.evaluate(CANDLES) > before / 2


@pytest.mark.parametrize(("stale", "after"), [(True, 4_000), (False, 16_000)])
def test_what_is_stale_is_asked_for_sooner(browser: Browser, base: str, stale: bool, after: int) -> None:
    """Newer data are mostly there seconds later; nobody looks at a warning for the rest of the usual time."""

    def aged(route: Route) -> None:
        # Without a tag, so that it is sent whole the next time.
        route.fulfill(json=route.fetch(headers={}).json() | {"stale": stale})

    with clean_page(browser, base, viewport=SIZE) as page:
        page.clock.install()
        page.route("**/v1/zones?**", aged)
        open_at(page, base)
        asked = list[str]()
        page.on("request", lambda sent: asked.append(sent.url) if "/v1/heatmap" in sent.url else None)
        page.clock.fast_forward(after // 2)
        assert page.evaluate("() => document.title")
        assert asked == []
        with page.expect_response("**/v1/zones?**"):
            page.clock.fast_forward(after // 2)
        page.wait_for_function(DRAWN)
        assert len(asked) == 1


def test_zones_are_listed_and_chosen(page: Page, base: str) -> None:
    """Every zone of the answer has its row; choosing one by mouse or key marks it."""
    open_at(page, base)
    zones = page.evaluate("() => globalThis.viewer.zones.map((zone) => zone.id)")
    assert zones
    assert page.locator(".zone").evaluate_all("rows => rows.map((row) => row.dataset.id)") == zones
    page.locator(".zone .pick").first.click()
    assert page.locator(".zone.chosen").get_attribute("data-id") == zones[0]
    page.keyboard.press("j")
    assert page.locator(".zone.chosen").get_attribute("data-id") == zones[1]


def test_zones_that_are_gone_are_listed(page: Page, base: str) -> None:
    """Each with its prices, what it held, why it is gone and when; without any there is no list."""
    open_at(page, base, "?symbol=SOL")
    ended = page.evaluate("() => globalThis.viewer.found.ended.slice(0, 6)")
    assert ended
    rows = page.locator("#ended li")
    assert rows.evaluate_all("rows => rows.map((row) => row.dataset.id)") == [zone["id"] for zone in ended]
    for zone, text in zip(ended, rows.all_inner_texts(), strict=True):
        assert zone["why"] in text
        assert f"{zone['side']}s" in text
        assert (zone["ended_at"] or "since the last close")[:10] in text
    answered_with(page, "/v1/zones", lambda body: body.update(ended=[]))
    open_at(page, base, "?symbol=SOL&layer=notional")
    assert page.locator("#gone").is_hidden()


def test_an_alert_is_told_at_the_edge(page: Page, base: str) -> None:
    """A zone's bell adds an alert, and a price at the edge tells it once."""
    open_at(page, base)
    page.locator(".zone .bell").first.click()
    assert page.locator("#alerts li button").count() == 1
    page.evaluate(
        "async () => { const { Alerts } = await import('/web/js/alerts.js'); const list = document.createElement('ul');"
        " const zone = globalThis.viewer.zones[0]; const alerts = new Alerts(list, document.querySelector('#toasts'));"
        " const edge = zone.side === 'long' ? zone.high : zone.low;"
        " alerts.add(zone, zone.side === 'long' ? edge * 1.1 : edge * 0.9, 1);"
        " alerts.check(edge); alerts.check(edge); }"
    )
    assert page.locator(".toast").count() == 1


def test_another_exchange_and_the_difference_of_two(page: Page, base: str) -> None:
    """Choosing an exchange asks for it and is kept in the address; comparing paints the difference of shares."""
    open_at(page, base)
    page.select_option("[name=exchange]", "sim2")
    page.wait_for_function("() => globalThis.viewer.shown.answer.exchange === 'sim2'")
    assert "exchange=sim2" in page.url
    page.select_option("[name=compare]", "sim")
    page.wait_for_function("() => globalThis.viewer.shown.layer === 'diff'")
    assert "In common" in page.inner_text("#comparison")
    values = page.evaluate(
        "() => { const v = globalThis.viewer.shown.values; return [Math.min(...v), Math.max(...v)] }"
    )
    assert values[0] < 100
    assert values[1] > 150


def test_what_is_wrong_is_said(browser: Browser, base: str) -> None:
    """An unknown symbol is answered in the service's own words, and the page goes on when it is put right."""
    with clean_page(browser, base, expected=("404",), viewport=SIZE) as page:
        page.goto(f"{base}/?symbol=NOPE")
        page.wait_for_selector("#status.error")
        assert "NOPE" in page.inner_text("#status")
        page.fill("[name=symbol]", "ETH")
        page.keyboard.press("Enter")
        page.locator("[name=symbol]").blur()
        page.wait_for_function(DRAWN)
        assert page.evaluate("() => globalThis.viewer.shown.answer.symbol") == "ETH/USDT:USDT"


@pytest.mark.parametrize("width", [390, 768, 1920])
def test_it_fits_the_screen(browser: Browser, base: str, width: int) -> None:
    """From a telephone to a large screen nothing is wider than the page."""
    with clean_page(browser, base, viewport={"width": width, "height": 900}) as page:
        open_at(page, base)
        assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
        box = page.locator("#chart").bounding_box()
        assert box is not None
        assert box["width"] > 0.4 * width
        assert box["height"] > 300


def test_theme_and_palette_are_kept_in_the_address(page: Page, base: str) -> None:
    """Light and safe colours by key or button, and a link leads to the same picture."""
    open_at(page, base)
    page.click("#theme")
    page.click("#palette")
    assert re.search(r"theme=light", page.url)
    assert re.search(r"palette=safe", page.url)
    open_at(page, base, page.url.removeprefix(f"{base}/"))
    assert page.get_attribute("html", "data-theme") == "light"


@pytest.mark.parametrize("name", ["mix", "timeframe", "lookback", "layer", "exchange"])
def test_whatever_can_be_chosen_is_answered(page: Page, base: str, name: str) -> None:
    """No option of a menu leads to a refusal."""
    open_at(page, base)
    values = page.locator(f"[name={name}] option").evaluate_all("options => options.map((one) => one.value)")
    assert len(values) > 1
    for value in values:
        page.evaluate("() => { globalThis.viewer.before = true; }")
        page.select_option(f"[name={name}]", value)
        # Each is waited for: the server of this test does not learn that a page asks for something else meanwhile.
        page.wait_for_function(
            "([name, value]) => { const { state, shown, before } = globalThis.viewer; return !before"
            " && state[name] === value && document.querySelector('#status').textContent === ''"
            " && shown.answer.timeframe === state.timeframe }",
            arg=[name, value],
        )


def test_the_last_of_quick_changes_is_asked_for(page: Page, base: str) -> None:
    """Going through menus by key sends nothing for what is passed on the way; the view is the new market's."""
    open_at(page, base)
    asked = list[str]()
    page.on("request", lambda sent: asked.append(sent.url) if "/v1/" in sent.url else None)
    page.evaluate(
        "() => { const { elements } = document.querySelector('form');"
        " for (const [name, value] of [['exchange', 'sim2'], ['timeframe', '30m'], ['timeframe', '4h'],"
        " ['mix', 'retail'], ['mix', 'degen'], ['layer', 'notional']]) {"
        "  elements[name].value = value; elements[name].dispatchEvent(new Event('change', { bubbles: true })); } }"
    )
    page.wait_for_function("() => globalThis.viewer.shown.layer === 'notional'")
    page.wait_for_function(DRAWN)
    paths = sorted(url.removeprefix(f"{base}/v1/").partition("?")[0] for url in asked)
    assert paths == ["heatmap", "markets", "zones"]
    assert all("exchange=sim2" in url for url in asked)
    shown = page.evaluate("() => globalThis.viewer.shown.answer")
    assert (shown["exchange"], shown["timeframe"]) == ("sim2", "4h")


@pytest.mark.parametrize("query", ["?palette=nope", "?palette=constructor&layer=__proto__", "?theme=nope", "?symbol="])
def test_nonsense_in_the_address_is_put_right(page: Page, base: str, query: str) -> None:
    """What the page itself decides falls back to what is usual."""
    open_at(page, base, query)
    assert page.input_value("[name=symbol]") == "BTC"


@pytest.mark.parametrize("query", ["?exchange=sim&compare=sim2", "?exchange=sim,sim2"])
def test_the_open_interest_is_of_the_market_that_is_named(page: Page, base: str, query: str) -> None:
    """Beside another exchange it stays that of the one whose name stands over it; of several it is their sum."""
    open_at(page, base, query)
    told, known, line = page.evaluate(
        "async () => { const { usd } = await import('/web/js/format.js'); const { found } = globalThis.viewer;"
        " const own = found.sources.map((one) => one.open_interest_usd);"
        " return [document.querySelector('#market dd').textContent, usd(own.reduce((sum, one) => sum + one)),"
        " document.querySelector('#market dl').previousSibling.textContent]; }"
    )
    assert told == known
    assert line.endswith(query.removeprefix("?exchange=").partition("&")[0].replace(",", ", "))


def test_every_map_that_is_asked_for_fits_into_an_answer(page: Page, base: str) -> None:
    """Whatever the menus offer, of one exchange or of all, alone or beside another: bins and parts are allowed."""
    open_at(page, base)
    sizes = page.evaluate(
        "async () => { const { sizeOf, exchangesIn } = await import('/web/js/size.js');"
        " const { columnsOf, lookbacksOf } = await import('/web/js/controls.js'); const sizes = [];"
        " for (const timeframe of ['5m', '15m', '30m', '1h', '4h', '1d'])"
        "  for (const lookback of lookbacksOf(timeframe))"
        "   for (const [exchange, split] of [['a', false], ['a,b', false], ['a,b', true], ['all', false]]) {"
        "    const columns = columnsOf({ timeframe, lookback });"
        "    const size = sizeOf(exchange, columns, { split });"
        "    sizes.push([timeframe, lookback, columns, exchangesIn(exchange), split, size]);"
        "   } return sizes; }"
    )
    assert len(sizes) > 80
    for timeframe, lookback, columns, exchanges, compared, size in sizes:
        assert columns == columns_of(Lookback().deserialize(lookback), timeframe)
        assert exchanges <= len(VENUE_IDS)
        parts = 1 + exchanges * bool(size["split"])
        assert 100 <= size["bins"] <= 240
        assert size["bins"] * columns * parts <= most_cells(exchanges)
        assert bool(size["split"]) >= compared


@pytest.mark.parametrize(("view", "apart"), [("timeframe=5m&lookback=1d", True), ("timeframe=15m&lookback=7d", False)])
def test_all_exchanges_are_shown_however_many(browser: Browser, view: str, apart: bool) -> None:
    """Eight exchanges at any timeframe are a map, with the part of each where these fit beside their sum."""
    fakes = {name: FakeExchange(name) for name in "abcdefgh"}
    with (
        listening(without_contract(Settings(), fakes, Clock())) as address,
        # The map and the zones of eight at once may be more than one process computes: the page waits for its turn.
        clean_page(browser, address, expected=("503",), viewport=SIZE) as page,
    ):
        open_at(page, address, f"?exchange=all&{view}")
        assert len(page.evaluate("() => globalThis.viewer.shown.answer.sources")) == len(fakes)
        assert page.evaluate("() => Boolean(globalThis.viewer.shown.answer.split)") is apart
        page.mouse.move(500, 300)
        page.wait_for_selector("#reading span")
        outside_of = page.evaluate(
            "() => { const stage = document.querySelector('.stage').getBoundingClientRect();"
            " return [...document.querySelectorAll('#reading span')].filter((part) => {"
            " const { left, right } = part.getBoundingClientRect();"
            " return left < stage.left || right > stage.right;"
            " }).map((part) => part.textContent) }"
        )
        told = page.locator("#reading span").all_inner_texts()
        assert outside_of == []
        assert [text.split()[0] for text in told[5:]] == (list(fakes) if apart else [])


def test_a_hot_zone_is_not_called_cold(page: Page, base: str) -> None:
    """One that is hot for its distance and has little heat is called that."""
    answered_with(page, "/v1/zones", lambda body: body["hot"][0].update(colour="cold"))
    open_at(page, base)
    assert page.inner_text("#hot .tag >> nth=0") == "hot for its distance"
    assert page.inner_text("#hot .tag >> nth=1") == page.evaluate("() => globalThis.viewer.found.hot[1].colour")


@pytest.mark.parametrize(("status", "again"), [(429, True), (503, True), (404, False)])
def test_what_may_be_asked_again_is(browser: Browser, base: str, status: int, again: bool) -> None:
    """Too many requests and what is down for now are tried once more, what is refused is not."""
    with clean_page(browser, base, expected=(str(status),), viewport=SIZE) as page:
        page.clock.install()
        refusal = {"status": status, "body": '{"detail": "No"}', "headers": {"Retry-After": "20"}}
        # Looked at from the start on: a request that leaves just as looking begins may pass unseen.
        refused = threading.Event()
        page.route(
            "**/v1/heatmap?**", lambda route: route.fulfill(**refusal) if refused.is_set() else route.continue_()
        )
        open_at(page, base)
        asked = list[str]()
        page.on("request", lambda sent: asked.append(sent.url) if "/v1/heatmap" in sent.url else None)
        refused.set()
        page.keyboard.press("r")
        page.wait_for_selector("#status.error")
        assert ("asked again" in page.inner_text("#status")) is again
        refused.clear()
        page.clock.fast_forward(19_000)
        assert len(asked) == 1
        page.clock.fast_forward(2_000)
        if again:
            page.wait_for_function(DRAWN)
        assert len(asked) == 1 + again


def test_a_sum_is_not_compared(page: Page, base: str) -> None:
    """All exchanges together are shown alone, whatever is chosen beside them."""
    open_at(page, base, "?exchange=all&compare=sim")
    assert page.evaluate("() => globalThis.viewer.shown.layer") == "heat"
