"""The README's curl lines: found, asked of a simulated service, and written anew by `python -m tests.support.readme`.

A line asks through curl and shows parts of the answer with `jq -c`. Here the application is called in place of a
server, and paths such as `.hot[0].core` are followed in place of jq, so that neither program is needed.
"""

import re
from pathlib import Path
from typing import Any

import orjson
from flask.testing import FlaskClient

from service.app import create_app
from service.settings import Settings

README = Path(__file__).resolve().parents[2] / "README.md"
BLOCK = re.compile(r"(?<=```console\n).*?(?=```)", re.DOTALL)
SET = re.compile(r"\$ (\w+)='?([^']*?)'?$")
ASKED = re.compile(
    r"""\$ curl -s "\$API(?P<path>[^"]+)"(?: \| jq -c '(?P<parts>[^']+)'| -o (?P<file>\S+) -w '(?P<told>[^']+)')$"""
)
# 2026-09-11T00:00:00Z: later than what the lines ask about, which never changes
NOW = 1_789_084_800.0


def client(now: float = NOW) -> FlaskClient:
    """Return a client of the simulated exchanges at some time."""
    return create_app(Settings(exchanges=("sim", "sim2")), clock=lambda: now).test_client()


def ran(block: str, asked: FlaskClient) -> str:
    """Return a block as a shell would show it: its commands, each with what it prints today."""
    names, shown = {}, []
    for line in [line for line in block.splitlines() if line.startswith("$ ")]:
        shown.append(line)
        if found := SET.match(line):
            names[found[1]] = found[2]
        else:
            shown += _printed(line, names, asked)
    return "\n".join(shown) + "\n"


def commands(block: str) -> list[str]:
    """Return the lines of a block that ask something."""
    return [line for line in block.splitlines() if line.startswith("$ curl")]


def _printed(line: str, names: dict[str, str], asked: FlaskClient) -> list[str]:
    found = ASKED.match(line)
    assert found, f"not a line that can be tried: {line}"
    path = re.sub(r"\$(\w+)", lambda name: names[name[1]], found["path"])
    response = asked.get(path)
    assert response.status_code == 200, f"{path}: {response.text[:300]}"
    if found["file"]:
        return [found["told"].replace("%{content_type}", str(response.content_type)).removesuffix("\\n")]
    body = orjson.loads(response.data)
    return [orjson.dumps(_part(body, part.strip())).decode() for part in found["parts"].split(",")]


def _part(body: Any, path: str) -> Any:
    for name, place in re.findall(r"\.(\w+)|\[(\d+)\]", path):
        body = body[name] if name else body[int(place)]
    return body


def main() -> None:
    """Write the README with what its lines print today."""
    asked, text = client(), README.read_text()
    README.write_text(BLOCK.sub(lambda block: ran(block[0], asked), text))


if __name__ == "__main__":
    main()
