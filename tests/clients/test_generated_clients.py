"""Clients that are generated from the contract compile, and work: one program in each of three of them.

The contract is read by other people's generators. Each makes a client of openapi.yaml; a program that reads what may
be null and sends lists is checked by its language's type checker, and then run against a server on loopback.
"""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask

from service.app import create_app
from service.settings import Settings
from tests.conftest import SIM_NOW
from tests.support.browsing import listening
from tests.support.contract import COMMITTED
from tests.support.fake_apps import ask

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]

HERE, ROOT = Path(__file__).parent, COMMITTED.parent
# A name that a generator had to number, for want of one in the contract.
NUMBERED = re.compile(r"\b(\w*Type\d+(Type\d+)*|VALUE_\d+)\b")
OPTIONS = {"strict": True, "skipLibCheck": True, "target": "es2022", "module": "nodenext", "types": ["node"]}
# It knows bytes by their plain name alone.
PYTHON_CLIENT = {
    "post_hooks": [],
    "content_type_overrides": dict.fromkeys(
        ("image/png", "application/x-npz", "application/vnd.apache.arrow.stream"), "application/octet-stream"
    ),
}
HEY_API = {
    "input": str(COMMITTED),
    "output": {"path": "client", "importFileExtension": ".js"},
    "plugins": ["@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk"],
}


@pytest.fixture(scope="module")
def app() -> Flask:
    """Return the simulated exchanges at a fixed time."""
    return create_app(Settings(exchanges=("sim", "sim2")), clock=lambda: SIM_NOW)


@pytest.fixture(scope="module")
def base(app: Flask) -> Iterator[str]:
    """Return where it is served."""
    with listening(app) as url:
        yield url


@pytest.fixture(scope="module")
def expected(app: Flask) -> list[str]:
    """Return what every program prints, as this side reads the answers, but for how it writes a time and null."""
    heatmap = ask(app, "/v1/heatmap", exchange="sim", bins=20)["grid"]
    zones = ask(app, "/v1/zones", exchange="sim,sim2", timeframes="1h,4h")
    scan = ask(app, "/v1/scan", exchange="sim", symbols="BTC,ETH")
    price = ask(app, "/v1/liquidation-price", exchange="sim", side="long", entry=60_000, leverage=10)
    return [
        f"heatmap {len(heatmap['time'])} {len(heatmap['edges'])}",
        "zones 1h,4h",
        *(f"zone {zone['id']} {stop_of(zone)}" for zone in zones["hot"] + zones["cold"]),
        *(f"row {row['symbol']} {row['long']['distance_pct'] if row['long'] else ''}" for row in scan["symbols"]),
        "diff exchanges",
        "cascade down",
        f"liquidation-price {price['price']}",
        "problem /problems/unknown-exchange",
    ]


def stop_of(zone: dict[str, Any]) -> object:
    """Return the stop's price of a zone that has one."""
    return zone["stop"]["price"] if zone["stop"] else ""


def run(*command: str | Path, cwd: Path) -> str:
    """Run a command and return what it printed; it must succeed."""
    done = subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def told(printed: str) -> list[str]:
    """Return the lines that a program printed, each zone without its time and source of depth."""
    lines = [line.replace("None", "").replace("undefined", "") for line in printed.splitlines()]
    return [" ".join(line.split(" ")[:3]) if line.startswith("zone ") else line for line in lines]


def node_tool(name: str) -> Path:
    """Return a tool that `npm ci` puts here."""
    tool = ROOT / "node_modules/.bin" / name
    assert tool.exists(), f"no {name}: run npm ci"
    return tool


def numbered_names(folder: Path) -> set[str]:
    """Return the names in what was generated that a generator had to number."""
    return {found[0] for file in folder.rglob("*.*") for found in NUMBERED.findall(file.read_text(encoding="utf-8"))}


@pytest.fixture
def typescript(tmp_path: Path) -> Path:
    """Return a folder in which TypeScript finds the packages that `npm ci` put here."""
    (tmp_path / "node_modules").symlink_to(node_tool("tsc").parents[1])
    (tmp_path / "package.json").write_text('{"type": "module"}')
    (tmp_path / "tsconfig.json").write_text(json.dumps({"compilerOptions": OPTIONS | {"outDir": "built"}}))
    return tmp_path


def compiled_and_run(folder: Path, sample: str, base: str) -> str:
    """Type-check a program, compile it with all that it imports, and run it."""
    (folder / sample).write_text((HERE / sample).read_text())
    run(node_tool("tsc"), "--project", ".", cwd=folder)
    return run("node", f"built/{sample[:-3]}.js", base, cwd=folder)


def test_openapi_python_client(tmp_path: Path, base: str, expected: list[str]) -> None:
    """Python, checked by mypy in strict mode."""
    bin_folder = Path(sys.executable).parent
    (tmp_path / "config.yaml").write_text(json.dumps(PYTHON_CLIENT))
    options = ("--meta", "none", "--config", "config.yaml", "--output-path", "heatmap_client")
    run(
        bin_folder / "openapi-python-client",
        "generate",
        "--path",
        COMMITTED,
        *options,
        "--fail-on-warning",
        cwd=tmp_path,
    )
    assert numbered_names(tmp_path / "heatmap_client" / "models") == set()
    (tmp_path / "sample.py").write_text((HERE / "python_sample.py").read_text())
    run(sys.executable, "-m", "mypy", "--strict", "--follow-imports=silent", "sample.py", cwd=tmp_path)
    assert told(run(sys.executable, "sample.py", base, cwd=tmp_path)) == expected


def test_openapi_typescript_and_openapi_fetch(typescript: Path, base: str, expected: list[str]) -> None:
    """TypeScript: the contract's types, on a thin client."""
    run(node_tool("openapi-typescript"), COMMITTED, "--output", "schema.d.ts", cwd=typescript)
    assert told(compiled_and_run(typescript, "openapi_fetch_sample.ts", base)) == expected


def test_hey_api(typescript: Path, base: str, expected: list[str]) -> None:
    """TypeScript: a client with a function for each operation."""
    (typescript / "openapi-ts.config.mjs").write_text(f"export default {json.dumps(HEY_API)}")
    run(node_tool("openapi-ts"), "--file", "openapi-ts.config.mjs", cwd=typescript)
    assert numbered_names(typescript / "client") == set()
    assert told(compiled_and_run(typescript, "hey_api_sample.ts", base)) == expected
