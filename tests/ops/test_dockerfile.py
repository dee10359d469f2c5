"""The Dockerfile, read as text; hadolint reads it in `make check`."""

import re
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.fixture(scope="module")
def instructions(root: Path) -> list[str]:
    """Return the instructions, one a string, without comments."""
    text = re.sub(r"^#.*\n", "", (root / "Dockerfile").read_text(), flags=re.MULTILINE)
    return [line for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def final_stage(instructions: list[str]) -> list[str]:
    """Return the instructions of the stage that is shipped."""
    last = max(index for index, line in enumerate(instructions) if line.startswith("FROM "))
    return instructions[last:]


def test_user_is_a_number_and_not_root(instructions: list[str]) -> None:
    """Kubernetes can check runAsNonRoot only against a number."""
    users = [line for line in final_stage(instructions) if line.startswith("USER ")]
    assert len(users) == 1
    match = re.fullmatch(r"USER (\d+):(\d+)", users[0])
    assert match
    assert min(map(int, match.groups())) >= 10_000


def test_every_download_is_locked(instructions: list[str]) -> None:
    """Each pip install checks hashes, or reads no index at all, and none resolves anything on its own."""
    installs = re.findall(r"pip \S+ \S+ install [^&]*|pip install [^&]*", " ".join(instructions))
    assert len(installs) == 3
    for install in installs:
        assert "--no-deps" in install
        assert "--require-hashes" in install or "--no-index" in install


def test_only_runtime_is_shipped(instructions: list[str]) -> None:
    """The developers' lock stays out, and the shipped stage begins with nothing and runs nothing but what it copies."""
    assert "requirements.lock" not in " ".join(instructions)
    shipped = final_stage(instructions)
    assert shipped[0] == "FROM scratch"
    assert not [line for line in shipped if line.startswith(("RUN ", "ADD "))]


def test_what_changes_often_is_a_layer_of_its_own(instructions: list[str]) -> None:
    """The system, the libraries and the source are copied in this order, and the source comes last in the build too."""
    copied = [line.split()[2:] for line in final_stage(instructions) if line.startswith("COPY ")]
    assert copied == [["/system", "/"], ["/opt/heatmap", "/opt/heatmap"], ["/source", "/"]]
    build = [line for line in instructions if line.startswith(("COPY ", "RUN "))]
    assert build.index("COPY service ./service") > max(i for i, line in enumerate(build) if "-r requirements" in line)


def test_byte_code_is_never_checked_or_written(instructions: list[str]) -> None:
    """All that is shipped is compiled in the build, in an order and with times that are the same every time."""
    compiled = [line for line in instructions if "compileall" in line]
    assert len(compiled) == 3
    assert all("--invalidation-mode unchecked-hash" in line for line in compiled)
    assert all("--no-compile" in line for line in instructions if "pip --python" in line and " install " in line)
    text = " ".join(instructions)
    assert "PYTHONHASHSEED=0" in text
    assert text.count('touch --no-dereference --date "@${SOURCE_DATE_EPOCH}"') == 2


@pytest.mark.slow
def test_what_is_taken_out_is_never_imported(root: Path, instructions: list[str]) -> None:
    """The whole service starts and answers without it."""
    (line,) = [line for line in instructions if "uninstall" in line]
    names = re.search(r"uninstall --yes ([a-z0-9 -]+) &&", re.sub(" +", " ", line))
    assert names
    modules = [name.replace("-", "_") for name in names[1].split()]
    modules += [f"ccxt.{part}" for part in re.findall(r"site-packages/ccxt/(\w+)", line)]
    assert {"aiohttp", "uvloop", "ccxt.async_support", "ccxt.pro", "ccxt.test"} <= set(modules)
    code = f"""
import sys
for name in {modules!r}:
    sys.modules[name] = None
from service.app import create_app
from service.settings import Settings
import gunicorn.workers.gthread
client = create_app(Settings()).test_client()
assert client.get("/v1/heatmap?exchange=sim&symbol=BTC").status_code == 200
assert client.get("/docs").status_code == 200
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_processes_are_started_without_a_shell(instructions: list[str]) -> None:
    """Signals reach gunicorn itself."""
    for name in ("CMD ", "HEALTHCHECK "):
        (line,) = [line for line in instructions if line.startswith(name)]
        assert re.search(r'CMD \["', line)
    assert not [line for line in instructions if line.startswith("ENTRYPOINT")]


def test_root_may_be_read_only(instructions: list[str]) -> None:
    """Everything that wants to write is pointed at /tmp, and no byte code is written at run time."""
    environment = next(line for line in final_stage(instructions) if line.startswith("ENV "))
    for setting in ("HOME=/tmp", "TMPDIR=/tmp", "PYTHONDONTWRITEBYTECODE=1", "MALLOC_ARENA_MAX=2"):
        assert setting in environment
    assert "WORKDIR /opt/heatmap" in final_stage(instructions), "modules are looked for there first"


def test_context_holds_only_what_is_copied(root: Path, instructions: list[str]) -> None:
    """.dockerignore starts from nothing and lets in exactly what the build copies."""
    rules = [line for line in (root / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    copied = {
        word.removeprefix("./")
        for line in instructions
        if line.startswith("COPY ") and "--from" not in line
        for word in line.split()[1:-1]
    }
    assert {rule[1:] for rule in rules if rule.startswith("!")} == copied
