"""The chart, rendered by the real helm once for every scenario in helm/ci."""

import json
import re
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.ops.conftest import IMAGE
from tests.support import outside
from tests.support.kubernetes_schemas import violations

outside.require("helm", __file__)

Manifests = dict[str, dict[str, Any]]
Render = Callable[..., Manifests]
Helm = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = sorted(path.name.removesuffix("-values.yaml") for path in (ROOT / "helm/ci").glob("*-values.yaml"))
# what a later release of the service may know, so that the chart's side of it is tested before
LATER = ("LH_CACHE_URL", "LH_METRICS_PORT")
SELECTOR = {"app.kubernetes.io/name": "liquidation-heatmap", "app.kubernetes.io/instance": "test"}


def containers(pod: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield every container of a pod."""
    yield from pod.get("initContainers", [])
    yield from pod["containers"]


@pytest.fixture(scope="module", params=SCENARIOS)
def manifests(request: pytest.FixtureRequest, render: Render, chart_with: Callable[..., str]) -> Manifests:
    """Return what one scenario renders to."""
    return render("--values", f"helm/ci/{request.param}-values.yaml", chart=chart_with(*LATER))


@pytest.fixture
def pod(manifests: Manifests) -> dict[str, Any]:
    """Return the pod's spec."""
    return manifests["Deployment"]["spec"]["template"]["spec"]


@pytest.fixture
def container(pod: dict[str, Any]) -> dict[str, Any]:
    """Return the service's container."""
    (found,) = [each for each in pod["containers"] if each["name"] == "heatmap"]
    return found


def test_manifests_are_valid(manifests: Manifests) -> None:
    """Kubernetes knows every field; all versions are asked in test_chart_versions.py."""
    assert {"ConfigMap", "Deployment", "Service"} <= set(manifests)
    assert [violations(manifest, "1.33") for manifest in manifests.values()] == [[]] * len(manifests)


def test_objects_say_where_they_belong(manifests: Manifests) -> None:
    """Every object names its namespace and carries the common labels."""
    for kind, manifest in manifests.items():
        assert manifest["metadata"]["namespace"] == "markets"
        labels = manifest["metadata"]["labels"]
        assert labels["app.kubernetes.io/name"].startswith(("liquidation-heatmap", "heatmap")), kind
        assert labels["app.kubernetes.io/instance"] == "test"
        assert labels["app.kubernetes.io/managed-by"] == "Helm"


@pytest.mark.parametrize(
    ("release", "arguments", "name"),
    [
        ("1abc", (), "heatmap-1abc-liquidation-heatmap"),
        ("liquidation-heatmap", (), "liquidation-heatmap"),
        ("abc", ("--set", "fullnameOverride=7x"), "heatmap-7x"),
        ("9" * 53, (), f"heatmap-{'9' * 53}-l"),
    ],
)
def test_a_name_begins_with_a_letter(helm: Helm, release: str, arguments: tuple[str, ...], name: str) -> None:
    """Whatever the release is called, the Service's name is one that Kubernetes takes, and all objects share it."""
    done = helm("template", release, "helm", "--kube-version", "1.33.0", "--set", IMAGE, *arguments)
    assert done.returncode == 0, done.stderr
    manifests = [each for each in yaml.safe_load_all(done.stdout) if each]
    assert {re.sub("-(proxy|test)$", "", each["metadata"]["name"]) for each in manifests} == {name}
    assert re.fullmatch(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", name)
    (deployment,) = [each for each in manifests if each["kind"] == "Deployment"]
    container = deployment["spec"]["template"]["spec"]["containers"][0]
    assert container["envFrom"] == [{"configMapRef": {"name": name}}]


def test_pod_is_restricted(pod: dict[str, Any]) -> None:
    """The pod passes the restricted pod security standard, and has neither token nor a writable root."""
    assert pod["automountServiceAccountToken"] is False
    assert pod["enableServiceLinks"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
    for container in containers(pod):
        assert container["securityContext"] == {
            "allowPrivilegeEscalation": False,
            "privileged": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        }
    memory = [volume["emptyDir"] for volume in pod["volumes"] if "emptyDir" in volume]
    assert memory
    assert all(volume["medium"] == "Memory" and volume["sizeLimit"] for volume in memory)
    assert not [volume for volume in pod["volumes"] if not {"emptyDir", "configMap"} & set(volume)]


def test_pod_runs_as_the_image_does(root: Path, pod: dict[str, Any]) -> None:
    """Chart and Dockerfile name the same user and group."""
    user, group = re.findall(r"^USER (\d+):(\d+)$", (root / "Dockerfile").read_text(), re.MULTILINE)[-1]
    context = pod["securityContext"]
    assert (context["runAsUser"], context["runAsGroup"]) == (int(user), int(group))


def test_probes(pod: dict[str, Any], container: dict[str, Any]) -> None:
    """Starting and living ask /livez, being ready asks /readyz, where something listens; a busy pod has a minute."""
    names = ("startupProbe", "livenessProbe", "readinessProbe")
    asked = {name: (container[name]["httpGet"]["path"], container[name]["httpGet"]["port"]) for name in names}
    (port,) = [port["containerPort"] for each in containers(pod) for port in each["ports"] if port["name"] == "http"]
    assert asked == {
        "startupProbe": ("/livez", port),
        "livenessProbe": ("/livez", port),
        "readinessProbe": ("/readyz", port),
    }
    for name in ("startupProbe", "livenessProbe"):
        assert container[name]["periodSeconds"] * container[name]["failureThreshold"] >= 60


def test_the_service_leads_to_the_pods(manifests: Manifests, pod: dict[str, Any]) -> None:
    """The Service looks for labels that the pods carry, the test's pod does not, and leads to ports that listen."""
    selector = manifests["Service"]["spec"]["selector"]
    deployment = manifests["Deployment"]["spec"]
    assert selector == deployment["selector"]["matchLabels"]
    assert selector.items() <= deployment["template"]["metadata"]["labels"].items()
    assert not selector.items() <= manifests["Pod/test"]["metadata"]["labels"].items()
    ports = {port["name"]: port["containerPort"] for each in containers(pod) for port in each["ports"]}
    for port in manifests["Service"]["spec"]["ports"]:
        assert port["targetPort"] in {port["name"], ports[port["name"]]}


def test_the_selector_never_changes(manifests: Manifests) -> None:
    """It is that of the first release, whatever labels values add: a Deployment's selector cannot be changed."""
    selector = manifests["Deployment"]["spec"]["selector"]["matchLabels"]
    assert selector in ({**SELECTOR}, {**SELECTOR, "app.kubernetes.io/name": "heatmap"})


def test_the_server_is_where_it_is_looked_for(manifests: Manifests, pod: dict[str, Any]) -> None:
    """The service binds the proxy's socket, in a folder that both mount, or else the port itself."""
    bind = manifests["ConfigMap"]["data"]["LH_BIND"]
    if "ConfigMap/proxy" not in manifests:
        assert bind == f"0.0.0.0:{pod['containers'][0]['ports'][0]['containerPort']}"
        return
    path = bind.removeprefix("unix:")
    assert f"server unix:{path} " in manifests["ConfigMap/proxy"]["data"]["nginx.conf"]
    for container in (pod["initContainers"][-1], pod["containers"][0]):
        mounts = {mount["mountPath"]: mount["name"] for mount in container["volumeMounts"]}
        assert mounts[str(Path(path).parent)] == "socket"
    assert pod["initContainers"][-1]["restartPolicy"] == "Always"


def test_stopping_takes_its_time(manifests: Manifests, pod: dict[str, Any], container: dict[str, Any]) -> None:
    """Sleep and drain fit into the time before Kubernetes kills."""
    sleep = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    drain = int(manifests["ConfigMap"]["data"]["LH_GRACEFUL_TIMEOUT"])
    assert pod["terminationGracePeriodSeconds"] >= sleep + drain + 5


def test_the_proxy_finishes_before_the_service_stops_to_listen(pod: dict[str, Any], container: dict[str, Any]) -> None:
    """It waits for less than the service does, and then quits: kept connections would be answered 502 otherwise."""
    proxies = [each for each in pod.get("initContainers", []) if each["name"] == "proxy"]
    for proxy in proxies:
        command = proxy["lifecycle"]["preStop"]["exec"]["command"]
        waits = re.search(r"time\.sleep\((\d+)\)", command[-1])
        assert waits
        assert int(waits[1]) < container["lifecycle"]["preStop"]["sleep"]["seconds"]
        quits = json.loads(command[-1].partition("'nginx', ")[2].removesuffix(")"))
        assert quits == [*proxy["command"], "-s", "quit"]


def test_what_the_test_says_can_be_read(manifests: Manifests) -> None:
    """`helm test --logs` reads the pod after it has succeeded, so that it may not be deleted by then."""
    annotations = manifests["Pod/test"]["metadata"]["annotations"]
    assert annotations == {"helm.sh/hook": "test", "helm.sh/hook-delete-policy": "before-hook-creation"}


def test_replicas_are_spread(manifests: Manifests, pod: dict[str, Any]) -> None:
    """Each constraint counts these pods, and an update takes none away before its successor is ready."""
    assert pod["topologySpreadConstraints"]
    for constraint in pod["topologySpreadConstraints"]:
        assert constraint["labelSelector"] == manifests["Deployment"]["spec"]["selector"]
    assert manifests["Deployment"]["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}


def test_every_container_is_bounded(manifests: Manifests) -> None:
    """Each asks for processor and memory and cannot take all the memory of its node, that of the test too."""
    pods = [manifests["Deployment"]["spec"]["template"]["spec"], manifests["Pod/test"]["spec"]]
    for container in (each for pod in pods for each in containers(pod)):
        assert {"cpu", "memory"} <= set(container["resources"]["requests"])
        assert "memory" in container["resources"]["limits"]


def test_no_secret_is_in_plain_sight(manifests: Manifests, container: dict[str, Any]) -> None:
    """Settings come from the ConfigMap, where no URL has a password, and what may be secret from a Secret."""
    assert container["envFrom"][0] == {"configMapRef": {"name": manifests["ConfigMap"]["metadata"]["name"]}}
    data = manifests["ConfigMap"]["data"]
    assert all(isinstance(value, str) and key.startswith("LH_") and "@" not in value for key, value in data.items())
    for variable in container.get("env", []):
        assert not variable["name"].startswith("LH_") or set(variable["valueFrom"]) == {"secretKeyRef"}


def test_a_disruption_budget_is_there_where_it_helps(manifests: Manifests) -> None:
    """More than one pod: all but one stay. One pod: a budget would only hold up the drain of its node."""
    replicas = manifests["Deployment"]["spec"].get("replicas", 2)
    assert ("PodDisruptionBudget" in manifests) is (replicas > 1)
    if replicas > 1:
        spec = manifests["PodDisruptionBudget"]["spec"]
        assert spec["selector"] == manifests["Deployment"]["spec"]["selector"]
        assert (spec["maxUnavailable"], spec["unhealthyPodEvictionPolicy"]) == (1, "AlwaysAllow")


def test_metrics_have_a_port_of_their_own(manifests: Manifests, container: dict[str, Any]) -> None:
    """Where the service knows the setting: in the environment, the container and the Service alike."""
    port = int(manifests["ConfigMap"]["data"]["LH_METRICS_PORT"])
    assert {"name": "metrics", "containerPort": port, "protocol": "TCP"} in container["ports"]
    assert [each["port"] for each in manifests["Service"]["spec"]["ports"] if each["name"] == "metrics"] == [port]
