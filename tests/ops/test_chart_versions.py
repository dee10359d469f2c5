"""Every scenario by helm 3 and by helm 4, for every version of Kubernetes that there are schemas for from 1.33 on."""

import importlib.util
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ops.conftest import by_kind
from tests.support.kubernetes_schemas import versions, violations

pytestmark = pytest.mark.slow
ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = sorted(str(path.relative_to(ROOT)) for path in (ROOT / "helm/ci").glob("*-values.yaml"))
Manifests = dict[str, dict[str, Any]]


@pytest.fixture(scope="module")
def helm4() -> dict[str, Manifests]:
    """Return what helm 4 makes of every scenario; what asks for it is left out where there is none."""
    assert importlib.util.find_spec("helm_python"), "CI must have helm 4: run make chart-env"
    command = [sys.executable, "-m", "tests.support.helm4", "helm", *SCENARIOS]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return {values: by_kind(manifests) for values, manifests in json.loads(done.stdout).items()}


@pytest.fixture(scope="module")
def helm3(template: Callable[..., subprocess.CompletedProcess[str]]) -> dict[str, Manifests]:
    """Return what helm 3 makes of every scenario."""
    found = {}
    for values in SCENARIOS:
        done = template("--values", values)
        assert done.returncode == 0, done.stderr
        found[values] = by_kind(yaml.safe_load_all(done.stdout))
    return found


def wrong(manifests: dict[str, Manifests]) -> Iterator[str]:
    """Yield what any version of Kubernetes would not take of any scenario, a kind that it does not know among it."""
    for version in versions():
        for values, objects in manifests.items():
            for manifest in objects.values():
                yield from (f"{version}: {values}: {each}" for each in violations(manifest, version))


def test_helm_3_renders_what_every_version_takes(helm3: dict[str, Manifests]) -> None:
    """Strictly: no field that a version does not know. One that nobody knows is found, in every kind."""
    assert len(helm3) == 8
    assert {"1.33", "1.34", "1.35", "1.36", "1.37"} <= set(versions())
    assert list(wrong(helm3)) == []
    for objects in helm3.values():
        for manifest in objects.values():
            assert violations({**manifest, "colour": "blue"}, "1.37"), manifest["kind"]
    assert violations({**manifest, "kind": "Unheard"}, "1.37")


def test_helm_4_renders_the_same(helm3: dict[str, Manifests], helm4: dict[str, Manifests]) -> None:
    """Object by object, so that what was said of the one holds for the other."""
    assert helm4.keys() == helm3.keys()
    for values, objects in helm3.items():
        assert helm4[values].keys() == objects.keys()
        for kind, manifest in objects.items():
            assert helm4[values][kind] == manifest, f"{values}: {kind}"
