"""The command `mcp`: over stdio and HTTP, before a running service, and what it says where it cannot serve."""

import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests
from mcp import StdioServerParameters, stdio_client
from werkzeug.serving import make_server

from service.app import create_app
from service.cli import main as cli
from service.mcp_server.checked_server import CheckedServer
from service.settings import Settings
from service.times import rfc3339
from tests.support.ports import free_port
from tests.support.tool_calls import CALLS, called, checked, text_of

SCRIPT = str(Path(sys.executable).parent / "liquidation-heatmap")
HOUR_MS = 3_600_000


@pytest.fixture
def running() -> Iterator[str]:
    """Return the address of a running service on simulated exchanges."""
    server = make_server("127.0.0.1", 0, create_app(Settings(exchanges=("sim", "sim2"))), threaded=True)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.mark.slow
def test_every_tool_answers_over_stdio() -> None:
    """The script as it is installed, asked by the package's own client; a bad argument is an error it survives."""
    yesterday = rfc3339(int(time.time() * 1000) // HOUR_MS * HOUR_MS - 24 * HOUR_MS)
    script = stdio_client(StdioServerParameters(command=SCRIPT, args=["mcp"], env={"LH_EXCHANGES": "sim,sim2"}))
    refused = ("zones", {"exchange": "sim", "range_pct": 200})
    past = ("zones", {"exchange": "sim", "as_of": yesterday})
    tools, (first, moment, *results) = called(script, refused, past, *CALLS.items())
    assert first.is_error
    assert "range_pct" in text_of(first)
    assert checked(tools["zones"], moment)["as_of"] == yesterday
    for name, result in zip(CALLS, results, strict=True):
        assert checked(tools[name], result)["simulated"] is True


@pytest.mark.slow
def test_tools_answer_over_http_for_a_running_service(running: str) -> None:
    """Streamable HTTP on loopback, with --url: what it says is what that service says."""
    port = free_port()
    command = [SCRIPT, "mcp", "--http", f"127.0.0.1:{port}", "--url", running]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as server:
        try:
            assert server.stderr is not None
            assert server.stderr.readline() == f"MCP at http://127.0.0.1:{port}/mcp\n"
            _wait_until_open(port)
            tools, (zones,) = called(f"http://127.0.0.1:{port}/mcp", ("zones", CALLS["zones"]))
            own = requests.get(f"{running}/v1/zones", params={"exchange": "sim"}, timeout=60).json()
            assert checked(tools["zones"], zones)["hot"][0]["low"] == own["hot"][0]["low"]
        finally:
            server.terminate()


def _wait_until_open(port: int) -> None:
    for _ in range(600):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    pytest.fail("nothing listens")


def test_the_options_choose_how_it_is_served(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], running: str
) -> None:
    """Standard input and output unless an address is given; what is listed there is the same, whoever is asked."""
    served: list[tuple[str, dict[str, object], list[str]]] = []

    def run(server: CheckedServer, transport: str, **options: object) -> None:
        served.append((transport, options, list(called(server)[0])))

    monkeypatch.setattr(CheckedServer, "run", run)
    monkeypatch.setenv("LH_EXCHANGES", "sim")
    port = free_port()
    assert cli.main(["mcp"]) == 0
    assert capsys.readouterr() == ("", "")
    assert cli.main(["mcp", "--url", running, "--http", f"127.0.0.1:{port}"]) == 0
    assert [tools for _, _, tools in served] == [list(CALLS)] * 2
    assert served[0][:2] == ("stdio", {})
    assert served[1][0] == "streamable-http"
    assert (served[1][1]["host"], served[1][1]["port"]) == ("127.0.0.1", port)


def test_without_the_extra_one_line_says_what_to_install(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """And no stack."""
    monkeypatch.setitem(sys.modules, "mcp", None)
    assert cli.main(["mcp"]) == 2
    assert capsys.readouterr().err == ("the command mcp needs the extra mcp: pip install 'liquidation-heatmap[mcp]'\n")


def test_an_address_that_is_taken_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    """With the option that chooses another."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert cli.main(["mcp", "--url", "http://127.0.0.1:1", "--http", f"127.0.0.1:{port}"]) == 2
    said = capsys.readouterr().err
    assert said.startswith(f"cannot serve on 127.0.0.1:{port}: ")
    assert "--http" in said


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--http", "8090"], "must be HOST:PORT with a port from 1 to 65535, not '8090'"),
        (["--http", "localhost:99999"], "must be HOST:PORT"),
        (["--url", "localhost:8080"], "must begin with http:// or https://, not 'localhost:8080'"),
    ],
)
def test_options_that_cannot_be_used(options: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Each says what it may be."""
    with pytest.raises(SystemExit):
        cli.main(["mcp", *options])
    assert said in capsys.readouterr().err
