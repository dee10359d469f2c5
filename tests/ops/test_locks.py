"""The locks: complete, in agreement with each other and with pyproject.toml, and free of any host."""

import re
import tomllib
from itertools import chain
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# In the build's lock alone: whoever has a C compiler need not fetch one.
COMPILER = "ziglang"
LOCKS = ["requirements.lock", "requirements-runtime.lock", "requirements-build.lock"]
# Beside them, of one package that nothing here depends on.
HELM4 = "requirements-helm4.lock"


def read(path: Path) -> dict[str, Requirement]:
    """Return a lock's requirements by name."""
    lines = re.findall(r"^([a-z0-9].*?) \\$", path.read_text(), re.MULTILINE)
    return {canonicalize_name(each.name): each for each in map(Requirement, lines)}


@pytest.fixture(scope="module")
def pyproject(root: Path) -> dict[str, Any]:
    """Return pyproject.toml."""
    return tomllib.loads((root / "pyproject.toml").read_text())


@pytest.mark.parametrize("name", [*LOCKS, HELM4, "package-lock.json"])
def test_no_host(root: Path, name: str) -> None:
    """Where a package is fetched from is the machine's business; a package may say where its authors take donations."""
    text = re.sub(r'^ +"url": "[^"]*",?$', "", (root / name).read_text(), flags=re.MULTILINE)
    assert "://" not in text
    assert " @ " not in text


@pytest.mark.parametrize("name", [*LOCKS, HELM4])
def test_every_requirement_is_pinned_and_hashed(root: Path, name: str) -> None:
    """One exact version each, with at least one SHA-256."""
    blocks = re.split(r"^(?=[a-z0-9])", (root / name).read_text(), flags=re.MULTILINE)[1:]
    assert len(blocks) == len(read(root / name)) >= (1 if name == HELM4 else 5)
    for block in blocks:
        assert re.match(r"[a-z0-9][a-z0-9._-]*==\S+( ; .*)? \\\n", block)
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", block)


@pytest.mark.parametrize("name", LOCKS[1:])
def test_locks_agree(root: Path, name: str) -> None:
    """What is served and what builds it is exactly what is tested."""
    whole, part = read(root / LOCKS[0]), read(root / name)
    part.pop(COMPILER, None)
    assert {each: str(part[each].specifier) for each in part} == {each: str(whole[each].specifier) for each in part}


def test_lock_follows_pyproject(root: Path, pyproject: dict[str, Any]) -> None:
    """Every dependency and extra is locked at a version that it allows; if not, run `make lock`."""
    whole, runtime = read(root / LOCKS[0]), read(root / LOCKS[1])
    project = pyproject["project"]
    extras = chain.from_iterable(project["optional-dependencies"].values())
    for lock, requirements in ((runtime, project["dependencies"]), (whole, [*project["dependencies"], *extras])):
        for requirement in map(Requirement, requirements):
            (pin,) = lock[canonicalize_name(requirement.name)].specifier
            assert requirement.specifier.contains(pin.version, prereleases=True), requirement


def test_build_lock_follows_pyproject(root: Path, pyproject: dict[str, Any]) -> None:
    """The wheel is built with the back end and the compiler that are asked for."""
    lock = read(root / LOCKS[2])
    for requirement in map(Requirement, pyproject["build-system"]["requires"]):
        assert lock[requirement.name].specifier == requirement.specifier
    (compiler,) = map(Requirement, pyproject["dependency-groups"]["compiler"])
    assert compiler.name == COMPILER
    assert lock[COMPILER].specifier == compiler.specifier


def test_helm_lock_follows_pyproject(root: Path, pyproject: dict[str, Any]) -> None:
    """Helm 4 is the one that is asked for."""
    (helm,) = map(Requirement, pyproject["dependency-groups"]["helm4"])
    assert read(root / HELM4)[helm.name].specifier == helm.specifier


def test_no_tool_is_served(root: Path, pyproject: dict[str, Any]) -> None:
    """Nothing that only developers asked for is in the image."""
    project = pyproject["project"]
    asked = {canonicalize_name(Requirement(each).name) for each in project["dependencies"]}
    tools = {canonicalize_name(Requirement(each).name) for each in project["optional-dependencies"]["dev"]}
    assert not (tools - asked) & set(read(root / LOCKS[1]))


def test_npm_writes_no_host(root: Path) -> None:
    """The registry is kept out of package-lock.json whatever machine writes it."""
    assert "omit-lockfile-registry-resolved=true" in (root / ".npmrc").read_text().splitlines()
