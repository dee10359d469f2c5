"""From the release before, and as a part of another chart."""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ops.conftest import IMAGE
from tests.support import outside
from tests.support.kubernetes_schemas import violations

outside.require("helm", __file__)

Render = Callable[..., dict[str, dict[str, Any]]]
BEFORE = "tests/data/chart/values-0.1.0.yaml"
SELECTOR = {"app.kubernetes.io/name": "liquidation-heatmap", "app.kubernetes.io/instance": "test"}


@pytest.fixture(scope="module", params=["given again", "reused"])
def upgraded(request: pytest.FixtureRequest, render: Render, chart_with: Callable[..., str]) -> dict[str, Any]:
    """Return what the values of 0.1.0 render to: over the defaults of now, and as --reuse-values does, without them."""
    if request.param == "given again":
        return render("--values", BEFORE)
    chart = chart_with()
    shutil.copy(BEFORE, Path(chart) / "values.yaml")
    return render(chart=chart)


def test_the_values_of_the_release_before_render(upgraded: dict[str, Any]) -> None:
    """All that was set is still there, in objects that Kubernetes takes, with the selector that cannot be changed."""
    assert [violations(manifest, "1.33") for manifest in upgraded.values()] == [[]] * len(upgraded)
    spec = upgraded["Deployment"]["spec"]
    assert (spec["replicas"], spec["selector"]["matchLabels"]) == (2, SELECTOR)
    container = spec["template"]["spec"]["containers"][0]
    assert container["image"] == "liquidation-heatmap:0.1.0"
    assert container["resources"]["limits"] == {"memory": "2Gi"}
    # Reused values do not have it, and a namespace that enforces the restricted standard takes no pod without it.
    for pod in (spec["template"]["spec"], upgraded["Pod/test"]["spec"]):
        assert pod["securityContext"]["runAsNonRoot"] is True
        assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert upgraded["Service"]["spec"]["selector"] == SELECTOR


def test_what_the_release_before_did_not_know_stays_off(render: Render, chart_with: Callable[..., str]) -> None:
    """With its values alone there is neither proxy nor budget, and the server binds its port as it did."""
    chart = chart_with()
    shutil.copy(BEFORE, Path(chart) / "values.yaml")
    manifests = render(chart=chart)
    assert set(manifests) == {"ConfigMap", "Deployment", "Pod/test", "Service", "ServiceAccount"}
    assert manifests["ConfigMap"]["data"]["LH_BIND"] == "0.0.0.0:8080"


def test_a_quoted_setting_of_the_release_before_is_taken(render: Render) -> None:
    """It asked for quotes around what is not a whole number."""
    manifests = render("--set", IMAGE, "--set-string", "config.LH_EXCHANGE_SECONDS=2.5")
    assert manifests["ConfigMap"]["data"]["LH_EXCHANGE_SECONDS"] == "2.5"


def test_it_can_be_a_part_of_another_chart(render: Render, root: Path, tmp_path: Path) -> None:
    """Globals pass the schema, the condition is read by the parent, and a typing error below its name is refused."""
    parent = tmp_path / "parent"
    shutil.copytree(root / "helm", parent / "charts/liquidation-heatmap")
    dependency = {"name": "liquidation-heatmap", "version": ">=0.0.0", "condition": "liquidation-heatmap.enabled"}
    chart = {"apiVersion": "v2", "name": "parent", "version": "1.0.0", "dependencies": [dependency]}
    (parent / "Chart.yaml").write_text(yaml.safe_dump(chart))
    values = yaml.safe_load((root / "helm/ci/subchart-values.yaml").read_text())
    nested = {"global": values.pop("global"), "liquidation-heatmap": values}
    (parent / "values.yaml").write_text(yaml.safe_dump(nested))
    manifests = render(chart=str(parent))
    assert manifests["Deployment"]["metadata"]["name"] == "test-heatmap"
    assert [violations(manifest, "1.33") for manifest in manifests.values()] == [[]] * len(manifests)
