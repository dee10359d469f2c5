"""Each example runs as it stands, against the simulated exchange."""

import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, HTTPServer, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
import yaml
from flask.testing import FlaskClient
from playwright.sync_api import Browser

from service.app import create_app
from service.settings import Settings
from tests.conftest import SIM_NOW
from tests.support import outside
from tests.support.browsing import chromium, listening

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
Posted = list[tuple[str, str, bytes]]


@pytest.fixture(scope="module")
def base() -> Iterator[str]:
    """Return the address of a service that simulates, at a fixed time."""
    with listening(create_app(Settings(exchanges=("sim", "sim2")), clock=lambda: SIM_NOW)) as address:
        yield address


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Return Chromium."""
    with chromium() as started:
        yield started


def run(script: str, *arguments: str, **environment: str) -> str:
    """Return what an example prints; it must succeed and warn of nothing."""
    command = [sys.executable, str(EXAMPLES / script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120, env=environment or None)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    return done.stdout


def test_every_example_is_listed_and_tested() -> None:
    """In its README, and by name in this file."""
    listed = set(re.findall(r"\]\(([\w.]+)\)", (EXAMPLES / "README.md").read_text()))
    there = {path.name for path in EXAMPLES.iterdir() if path.name not in {"README.md", "__pycache__"}}
    assert listed == there
    assert [name for name in there if name not in Path(__file__).read_text()] == []


def test_the_loop_polls_and_acts(base: str) -> None:
    """trading_loop.py: what it says is a zone of the API, and it says it once: the second poll is a 304."""
    said = run("trading_loop.py", "--base", base, "--polls", "1")
    answer = create_app(Settings(exchanges=("sim",)), clock=lambda: SIM_NOW).test_client().get(
        "/v1/zones?exchange=sim&symbol=BTC&timeframes=1h,4h&kind=hot").get_json()  # fmt: skip
    running = [zone["id"] for zone in answer["hot"] if zone["approach"]["state"] in {"fast", "approaching"}]
    assert sorted(re.findall(r"towards (\S+),", said)) == sorted(running)


def test_the_loop_pays_nothing_while_nothing_changed(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """trading_loop.py: the tag is sent back, and an answer that is known is told as such."""
    monkeypatch.syspath_prepend(EXAMPLES)
    from trading_loop import Zones, signals  # type: ignore[import-not-found] # noqa: PLC0415 - a script beside the tests

    zones = Zones(base, exchange="sim", symbol="BTC")
    assert zones.poll() is True
    assert zones.wait >= 1.0
    first = zones.answer
    assert zones.poll() is False
    assert zones.answer is first
    assert signals(first | {"stale": True}) == []
    assert signals(first | {"data_quality": {"value": 0.1}}) == []


@pytest.fixture
def webhook() -> Iterator[tuple[str, Posted]]:
    """Return the address of a server that takes whatever is posted, and what it took: path, type and body."""
    posted: Posted = []

    class Taking(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            posted.append((self.path, self.headers["Content-Type"], body))
            self.send_response(204)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Taking)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}", posted
    server.shutdown()
    thread.join()
    server.server_close()


def test_the_picture_is_posted(base: str, webhook: tuple[str, Posted]) -> None:
    """poster.py: to Discord and to Telegram, each as it wants it, with a sentence about the nearest zone."""
    address, posted = webhook
    said = run("poster.py", "--base", base, "--discord", f"{address}/api/webhooks/1/t", "--telegram",
               f"{address}/bot1:t", "--chat", "42").strip()  # fmt: skip
    assert re.fullmatch(
        r"BTC/USDT:USDT [\d,]+: the next hot zone is .+ % (above|below), core .+ \(simulated prices\)", said
    )
    assert [path for path, _, _ in posted] == ["/api/webhooks/1/t", "/bot1:t/sendPhoto"]
    for (_, content_type, body), name in zip(posted, ("files[0]", "photo"), strict=True):
        edge = content_type.partition("boundary=")[2].encode()
        parts = body.split(b"--" + edge)
        assert len(parts) == (4 if name == "files[0]" else 5)
        picture = next(part for part in parts if f'name="{name}"'.encode() in part)
        assert b"\x89PNG" in picture
        assert said.encode() in body


@pytest.mark.slow
def test_the_figure_is_drawn(base: str, tmp_path: Path) -> None:
    """plot.py: pandas and matplotlib read the grid as it comes."""
    out = tmp_path / "map.png"
    assert run("plot.py", "--base", base, "--out", str(out)) == f"wrote {out}\n"
    assert out.read_bytes().startswith(b"\x89PNG")


@pytest.mark.slow
def test_the_strategy_knows_the_zones(base: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """freqtrade_strategy.py: without freqtrade, its methods give the columns that freqtrade reads."""
    import pandas as pd  # noqa: PLC0415 - takes a second

    monkeypatch.setenv("HEATMAP_URL", base)
    monkeypatch.syspath_prepend(EXAMPLES)
    from freqtrade_strategy import ZonesStrategy, next_zones  # type: ignore[import-not-found] # noqa: PLC0415 - as above

    zones = next_zones("BTC/USDT:USDT")
    strategy = ZonesStrategy()
    strategy.dp = type("DataProvider", (), {"current_whitelist": lambda _: ["BTC/USDT:USDT"]})()
    assert strategy.informative_pairs() == [("BTC/USDT:USDT", "4h")]
    frame = strategy.populate_indicators(pd.DataFrame({"close": [1.0, 2.0]}), {"pair": "BTC/USDT:USDT"})
    for side, name in (("long", "below"), ("short", "above")):
        assert frame[f"{name}_pct"].iloc[-1] == zones[side]["distance_pct"]
        assert frame[f"{name}_stop"].iloc[-1] == zones[side]["stop"]["price"]
        assert frame[f"{name}_pct"].iloc[:-1].isna().all()
    near = frame.assign(below_pct=[9.0, 0.1], above_pct=[0.1, 9.0])
    assert strategy.populate_entry_trend(near.copy(), {})["enter_long"].tolist()[-1] == 1
    assert strategy.populate_exit_trend(near.copy(), {})["exit_long"].tolist()[0] == 1


@pytest.mark.slow
def test_the_notebook_runs(base: str, tmp_path: Path) -> None:
    """notebook.ipynb: its cells run from first to last, in an interpreter of their own."""
    cells = json.loads((EXAMPLES / "notebook.ipynb").read_text())["cells"]
    code = [
        "import matplotlib",
        'matplotlib.use("Agg")',
        *("".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"),
        'print(len(table), heat.shape, left.abs().max() < 1e-9, fall["symbol"])',
    ]
    (tmp_path / "cells.py").write_text("\n".join(code))
    said = run(str(tmp_path / "cells.py"), HEATMAP_URL=base, MPLCONFIGDIR=str(tmp_path))
    assert re.fullmatch(r"\d+ \(168, \d+\) True BTC/USDT:USDT\n", said)


@pytest.mark.slow
@pytest.mark.skipif(outside.chromium() is None, reason="no chromium on PATH")
def test_the_page_reads_another_origin(base: str, browser: Browser) -> None:
    """page.html: from another host's origin it shows the picture and a row for each hot zone."""
    with files_of(EXAMPLES) as other:
        page = browser.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.goto(f"{other}/page.html?api={base}")
        page.wait_for_function("() => document.querySelector('#picture').naturalWidth === 1200")
        expected = page.evaluate(
            f"async () => (await (await fetch('{base}/v1/zones?exchange=sim&kind=hot')).json()).hot.length"
        )
        assert page.locator("tbody tr").count() == expected > 0
        assert "simulated" in page.inner_text("#said")
        page.close()
        assert errors == []


@contextmanager
def files_of(folder: Path) -> Iterator[str]:
    """Give the address of a server of plain files, as a page of someone else would come from."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def _at(body: Any, path: str) -> Any:
    for name in path.split(".") if path else []:
        body = body[name]
    return body


def test_the_dashboard_reads_what_is_answered(sim_client: FlaskClient) -> None:
    """grafana.json: each panel's address is answered, and its rows and their columns are where it looks."""
    board = json.loads((EXAMPLES / "grafana.json").read_text())
    values = {one["name"]: one.get("query", "") for one in board["templating"]["list"]} | {"base": ""}
    fill: Callable[[str], str] = lambda text: re.sub(r"\$\{(\w+)\}", lambda name: values[name[1]], text)  # noqa: E731 - used twice below
    looked = 0
    for panel in board["panels"]:
        for target in panel.get("targets", []):
            response = sim_client.get(fill(target["url"]))
            assert response.status_code == 200, response.text
            rows = _at(response.get_json(), target["root_selector"])
            for row in rows if isinstance(rows, list) else [rows]:
                for column in target["columns"]:
                    value = _at(row, column["selector"])
                    assert isinstance(value, (int, float) if column["type"] == "number" else str), column
                    looked += 1
        if panel["type"] == "text":
            picture = re.findall(r'src="([^"]+)"', panel["options"]["content"])[0]
            assert sim_client.get(fill(picture)).content_type == "image/png"
    assert looked > 20


def test_alerts_are_about_what_is_scraped(sim_client: FlaskClient) -> None:
    """prometheus.yml and alerts.yml: each target is answered, with every metric that a rule names."""
    scraped = yaml.safe_load((EXAMPLES / "prometheus.yml").read_text())
    assert scraped["rule_files"] == ["alerts.yml"]
    job = scraped["scrape_configs"][0]
    asked = {rule["target_label"]: rule for rule in job["relabel_configs"]}
    given: set[str] = set()
    for target in job["static_configs"][0]["targets"]:
        query = {
            name.removeprefix("__param_"): re.fullmatch(rule["regex"], target)[int(rule["replacement"].strip("$"))]  # type: ignore[index]  # it matches
            for name, rule in asked.items()
            if name.startswith("__param_")
        }
        response = sim_client.get(job["metrics_path"], query_string=query)
        assert response.status_code == 200, response.text
        given |= set(re.findall(r"^(\w+)[ {]", response.text, re.MULTILINE))
    rules = yaml.safe_load((EXAMPLES / "alerts.yml").read_text())["groups"][0]["rules"]
    for rule in rules:
        named = set(re.findall(r"\b(?:heatmap|probe)_\w+", rule["expr"]))
        assert named
        assert named <= given, rule["alert"]
        assert rule["annotations"]["summary"]
