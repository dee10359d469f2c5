"""The Dockerfile, read as text; hadolint reads it in `make check`."""

import re
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
    """The developers' lock stays out, and the shipped stage runs nothing but what it copies."""
    assert "requirements.lock" not in " ".join(instructions)
    assert not [line for line in final_stage(instructions) if line.startswith(("RUN ", "ADD "))]


def test_processes_are_started_without_a_shell(instructions: list[str]) -> None:
    """Signals reach gunicorn itself."""
    for name in ("CMD ", "HEALTHCHECK "):
        (line,) = [line for line in instructions if line.startswith(name)]
        assert re.search(r'CMD \["', line)
    assert not [line for line in instructions if line.startswith("ENTRYPOINT")]


def test_root_may_be_read_only(instructions: list[str]) -> None:
    """Everything that wants to write is pointed at /tmp, and no byte code is written at run time."""
    environment = next(line for line in final_stage(instructions) if line.startswith("ENV "))
    for setting in ("HOME=/tmp", "TMPDIR=/tmp", "PYTHONDONTWRITEBYTECODE=1"):
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
