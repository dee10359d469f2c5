"""What the tests of the surroundings share: the repository's root, and its chart rendered by the real helm."""

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.support import outside

KUBERNETES = "1.33.0"
IMAGE = "image.repository=registry.example/heatmap"
Manifests = dict[str, dict[str, Any]]


@pytest.fixture(scope="session")
def root() -> Path:
    """Return the repository's root."""
    return Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session")
def helm(root: Path) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that runs helm; what asks for it is skipped where there is none (tests/support/outside.py)."""
    path = outside.helm()
    assert path is not None, "CI must have helm: run npm ci"

    def run(*arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([path, *arguments], cwd=root, capture_output=True, text=True, check=False)

    return run


@pytest.fixture(scope="session")
def template(helm: Callable[..., subprocess.CompletedProcess[str]]) -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return a function that renders the chart with further arguments of `helm template`; `chart` may be a copy."""

    def run(*arguments: str, chart: str = "helm") -> subprocess.CompletedProcess[str]:
        return helm("template", "test", chart, "--kube-version", KUBERNETES, "--namespace", "markets", *arguments)

    return run


@pytest.fixture(scope="session")
def render(template: Callable[..., subprocess.CompletedProcess[str]]) -> Callable[..., Manifests]:
    """Return a function that renders the chart and gives its manifests by kind; `ConfigMap/proxy` by its suffix too."""

    def run(*arguments: str, chart: str = "helm") -> Manifests:
        done = template(*arguments, chart=chart)
        assert done.returncode == 0, done.stderr
        return by_kind(yaml.safe_load_all(done.stdout))

    return run


def by_kind(documents: Any) -> Manifests:
    """Return manifests by kind, those of a further name by kind and what their name ends in; none is there twice."""
    manifests = [manifest for manifest in documents if manifest]
    shortest = min(
        (manifest["metadata"]["name"] for manifest in manifests if manifest["kind"] == "Deployment"), key=len
    )
    found: Manifests = {}
    for manifest in manifests:
        suffix = manifest["metadata"]["name"].removeprefix(shortest)
        key = manifest["kind"] + (f"/{suffix.strip('-')}" if suffix in {"-proxy", "-test", "-dashboard"} else "")
        assert key not in found, f"{key} is there twice"
        found[key] = manifest
    return found


@pytest.fixture(scope="session")
def chart_with(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """Return a function that copies the chart as if the service knew further settings; it gives the copy's folder."""

    def copy(*settings: str) -> str:
        folder = tmp_path_factory.mktemp("chart") / "helm"
        shutil.copytree(root / "helm", folder)
        known = folder / "files/settings.yaml"
        names = yaml.safe_load(known.read_text()) | {name: {} for name in settings}
        known.write_text(yaml.safe_dump(names))
        return str(folder)

    return copy
