"""What the tests of the surroundings share: the repository's root, and its chart rendered by the real helm."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import outside

KUBERNETES = "1.31.0"
Manifests = dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the repository's root."""
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def helm(root: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs helm; what asks for it is left out where there is none (tests/support/outside.py)."""
    path = outside.helm()
    assert path is not None, "CI must have helm: run npm ci"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([path, *arguments], cwd=root, capture_output=True, text=True, check=False)

    return run


@pytest.fixture(scope="session")
def template(helm: Callable[..., subprocess.CompletedProcess[str]]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that renders the chart with further arguments of `helm template`."""

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return helm("template", "test", "helm", "--kube-version", KUBERNETES, "--namespace", "markets", *arguments)

    return run


@pytest.fixture(scope="session")
def render(template: Callable[..., subprocess.CompletedProcess[str]]) -> Callable[..., Manifests]:
    """Return a function that renders the chart and gives its manifests by kind; each kind is there once."""

    def run(*arguments: str) -> Manifests:
        done = template(*arguments)
        assert done.returncode == 0, done.stderr
        manifests = [manifest for manifest in yaml.safe_load_all(done.stdout) if manifest]
        kinds = [manifest["kind"] for manifest in manifests]
        assert len(kinds) == len(set(kinds))
        return dict(zip(kinds, manifests, strict=True))

    return run
