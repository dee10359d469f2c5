"""The chart, rendered by the real helm once for every scenario in helm/ci."""

import re
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

Manifests = dict[str, dict[str, Any]]
Render = Callable[..., Manifests]
Helm = Callable[..., subprocess.CompletedProcess[str]]
ROOT = Path(__file__).resolve().parents[2]
SCENARIOS = sorted(path.name for path in (ROOT / "helm/ci").glob("*-values.yaml"))


@pytest.fixture(scope="module", params=SCENARIOS)
def manifests(request: pytest.FixtureRequest, render: Render) -> Manifests:
    """Return what one scenario renders to."""
    return render("--values", f"helm/ci/{request.param}")


@pytest.fixture
def pod(manifests: Manifests) -> dict[str, Any]:
    """Return the pod's spec."""
    return manifests["Deployment"]["spec"]["template"]["spec"]


@pytest.fixture
def container(pod: dict[str, Any]) -> dict[str, Any]:
    """Return the one container."""
    assert len(pod["containers"]) == 1
    return pod["containers"][0]


def test_scenarios_are_there() -> None:
    """The fixture above renders something."""
    assert "default-values.yaml" in SCENARIOS
    assert len(SCENARIOS) >= 4


def test_manifests_are_valid(manifests: Manifests) -> None:
    """Kubernetes knows every field; a kind without a schema raises here too."""
    assert {"ConfigMap", "Deployment", "Service"} <= set(manifests)
    for manifest in manifests.values():
        assert kubernetes_validate.validate(manifest, "1.31", strict=True) == "1.31"


def test_objects_say_where_they_belong(manifests: Manifests) -> None:
    """Every object names its namespace and carries the common labels."""
    for manifest in manifests.values():
        assert manifest["metadata"]["namespace"] == "markets"
        labels = manifest["metadata"]["labels"]
        assert labels["app.kubernetes.io/name"] == "liquidation-heatmap"
        assert labels["app.kubernetes.io/instance"] == "test"
        assert labels["app.kubernetes.io/managed-by"] == "Helm"


@pytest.mark.parametrize(
    ("release", "arguments", "name"),
    [
        ("1abc", (), "heatmap-1abc-liquidation-heatmap"),
        ("abc", (), "abc-liquidation-heatmap"),
        ("liquidation-heatmap", (), "liquidation-heatmap"),
        ("abc", ("--set", "fullnameOverride=7x"), "heatmap-7x"),
        ("9" * 53, (), f"heatmap-{'9' * 53}-l"),
    ],
)
def test_a_name_begins_with_a_letter(helm: Helm, release: str, arguments: tuple[str, ...], name: str) -> None:
    """Whatever the release is called, the Service's name is one that Kubernetes takes, and all objects share it."""
    done = helm("template", release, "helm", "--kube-version", "1.31.0", *arguments)
    assert done.returncode == 0, done.stderr
    manifests = {each["kind"]: each for each in yaml.safe_load_all(done.stdout) if each}
    assert {each["metadata"]["name"] for each in manifests.values()} == {name}
    assert re.fullmatch(r"[a-z]([a-z0-9-]{0,61}[a-z0-9])?", manifests["Service"]["metadata"]["name"])
    container = manifests["Deployment"]["spec"]["template"]["spec"]["containers"][0]
    assert container["envFrom"] == [{"configMapRef": {"name": name}}]


def test_pod_is_restricted(pod: dict[str, Any], container: dict[str, Any]) -> None:
    """The pod passes the restricted pod security standard, and has neither token nor a writable root."""
    assert pod["automountServiceAccountToken"] is False
    assert pod["enableServiceLinks"] is False
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert not {"hostNetwork", "hostPID", "hostIPC"} & set(pod)
    assert container["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "privileged": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }
    assert container["volumeMounts"] == [{"name": "tmp", "mountPath": "/tmp"}]  # noqa: S108 - compared, not written
    assert [set(volume) for volume in pod["volumes"]] == [{"name", "emptyDir"}]


def test_pod_runs_as_the_image_does(root: Path, pod: dict[str, Any]) -> None:
    """Chart and Dockerfile name the same user and group."""
    user, group = re.findall(r"^USER (\d+):(\d+)$", (root / "Dockerfile").read_text(), re.MULTILINE)[-1]
    context = pod["securityContext"]
    assert (context["runAsUser"], context["runAsGroup"]) == (int(user), int(group))


def test_probes(container: dict[str, Any]) -> None:
    """Starting and living ask /livez, being ready asks /readyz, and a busy pod has a minute before it is killed."""
    paths = {name: container[name]["httpGet"]["path"] for name in ("startupProbe", "livenessProbe", "readinessProbe")}
    assert paths == {"startupProbe": "/livez", "livenessProbe": "/livez", "readinessProbe": "/readyz"}
    assert all(container[name]["httpGet"]["port"] == "http" for name in paths)
    for name in ("startupProbe", "livenessProbe"):
        assert container[name]["periodSeconds"] * container[name]["failureThreshold"] >= 60


def test_ports_meet(manifests: Manifests, container: dict[str, Any]) -> None:
    """The Service leads to the port that the server binds, in pods that carry the labels it looks for."""
    assert container["ports"][0]["name"] == manifests["Service"]["spec"]["ports"][0]["targetPort"]
    assert manifests["ConfigMap"]["data"]["LH_BIND"] == f"0.0.0.0:{container['ports'][0]['containerPort']}"
    deployment = manifests["Deployment"]["spec"]
    selector = manifests["Service"]["spec"]["selector"]
    assert selector == deployment["selector"]["matchLabels"]
    assert selector.items() <= deployment["template"]["metadata"]["labels"].items()


def test_stopping_takes_its_time(manifests: Manifests, pod: dict[str, Any], container: dict[str, Any]) -> None:
    """Sleep and drain fit into the time before Kubernetes kills."""
    sleep = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    drain = int(manifests["ConfigMap"]["data"]["LH_GRACEFUL_TIMEOUT"])
    assert pod["terminationGracePeriodSeconds"] > sleep + drain


def test_replicas_are_spread(manifests: Manifests, pod: dict[str, Any]) -> None:
    """Pods prefer different nodes and zones, and an update takes none away before its successor is ready."""
    keys = [constraint["topologyKey"] for constraint in pod["topologySpreadConstraints"]]
    assert keys == ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
    assert manifests["Deployment"]["spec"]["strategy"]["rollingUpdate"] == {"maxSurge": 1, "maxUnavailable": 0}


def test_resources_are_bounded(container: dict[str, Any]) -> None:
    """A pod asks for processor and memory and cannot take all the memory of its node."""
    assert {"cpu", "memory"} <= set(container["resources"]["requests"])
    assert "memory" in container["resources"]["limits"]


def test_environment_comes_from_the_config_map(manifests: Manifests, container: dict[str, Any]) -> None:
    """The container reads the ConfigMap, and nothing but strings is in it."""
    name = manifests["ConfigMap"]["metadata"]["name"]
    assert container["envFrom"] == [{"configMapRef": {"name": name}}]
    data = manifests["ConfigMap"]["data"]
    assert all(isinstance(value, str) and key.startswith("LH_") for key, value in data.items())


def test_config_arrives_as_written(render: Render) -> None:
    """Text, JSON, large whole numbers and booleans survive the way into the environment."""
    settings = yaml.safe_load((ROOT / "helm/ci/exchanges-values.yaml").read_text())["config"]
    data = render("--values", "helm/ci/exchanges-values.yaml", "--set", "config.LH_LARGE=12000000")["ConfigMap"]["data"]
    assert data["LH_BASE_URLS"] == settings["LH_BASE_URLS"]
    assert (data["LH_LARGE"], data["LH_ACCESS_LOG"], data["LH_KEEPALIVE"]) == ("12000000", "true", "120")


def test_change_of_config_makes_new_pods(render: Render) -> None:
    """The checksum on the pods follows the ConfigMap."""
    annotations = [
        render("--set", f"server.threads={threads}")["Deployment"]["spec"]["template"]["metadata"]["annotations"]
        for threads in (4, 4, 5)
    ]
    assert annotations[0] == annotations[1] != annotations[2]


DIGEST = "sha256:" + "ab" * 32


@pytest.mark.parametrize(
    ("arguments", "image"),
    [
        ((), "liquidation-heatmap:{version}"),
        (("image.tag=9.9",), "liquidation-heatmap:9.9"),
        ((f"image.digest={DIGEST}", "image.tag=9.9"), f"liquidation-heatmap@{DIGEST}"),
        (("image.repository=registry.example/a/b",), "registry.example/a/b:{version}"),
    ],
)
def test_image(render: Render, arguments: tuple[str, ...], image: str) -> None:
    """A digest goes before a tag, a tag before the chart's version."""
    version = yaml.safe_load((ROOT / "helm/Chart.yaml").read_text())["appVersion"]
    pod = render(*(word for argument in arguments for word in ("--set-string", argument)))["Deployment"]["spec"]
    assert pod["template"]["spec"]["containers"][0]["image"] == image.format(version=version)


@pytest.mark.parametrize(
    ("arguments", "account", "made"),
    [
        ((), "test-liquidation-heatmap", True),
        (("--set", "serviceAccount.name=mine"), "mine", True),
        (("--set", "serviceAccount.create=false"), "default", False),
        (("--set", "serviceAccount.create=false,serviceAccount.name=theirs"), "theirs", False),
    ],
)
def test_service_account(render: Render, arguments: tuple[str, ...], account: str, made: bool) -> None:
    """The pods run under the account that was asked for, made here or not, and it carries no token."""
    manifests = render(*arguments)
    assert manifests["Deployment"]["spec"]["template"]["spec"]["serviceAccountName"] == account
    assert ("ServiceAccount" in manifests) is made
    if made:
        assert manifests["ServiceAccount"]["metadata"]["name"] == account
        assert manifests["ServiceAccount"]["automountServiceAccountToken"] is False
