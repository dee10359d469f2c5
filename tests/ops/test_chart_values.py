"""The chart's values: documented, closed by a schema, and refused with a reason when wrong."""

import json
import re
import subprocess
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from tests.ops.conftest import IMAGE


@pytest.fixture(scope="module")
def schema(root: Path) -> dict[str, Any]:
    """Return the schema of the values."""
    return json.loads((root / "helm/values.schema.json").read_text())


@pytest.fixture(scope="module")
def values(root: Path) -> dict[str, Any]:
    """Return the default values."""
    return yaml.safe_load((root / "helm/values.yaml").read_text())


def objects(node: Any, where: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield every schema in the schema that describes an object, and where it is."""
    if isinstance(node, dict):
        if node.get("type") == "object":
            yield where, node
        for name, value in node.items():
            inner = (
                where if name in {"properties", "definitions", "items", "additionalProperties"} else f"{where}.{name}"
            )
            yield from objects(value, inner)


# what Kubernetes itself judges, and a parent chart's globals
OPEN = {
    ".global",
    ".autoscaling.behavior.scaleUp",
    ".autoscaling.behavior.scaleDown",
    ".extraEnv",
    ".extraEnvFrom",
    ".extraVolumes",
    ".extraVolumeMounts",
    ".extraContainers",
    ".initContainers",
    ".networkPolicy.ingressFrom",
    ".networkPolicy.metricsFrom",
    ".networkPolicy.extraEgress",
    ".tolerations",
    ".affinity.nodeAffinity",
    ".affinity.podAffinity",
    ".affinity.podAntiAffinity",
    ".topologySpreadConstraints",
    ".updateStrategy.rollingUpdate",
    ".podSecurityContext",
}


def paths(values: dict[str, Any], before: str = "") -> Iterator[str]:
    """Yield the dotted name of every value that is set."""
    for name, value in values.items():
        if isinstance(value, dict) and value:
            yield from paths(value, f"{before}{name}.")
        else:
            yield f"{before}{name}"


def test_every_object_is_closed(schema: dict[str, Any]) -> None:
    """No object of ours lets an unknown name pass, so a typing error is an error."""
    found = list(objects(schema))
    assert len(found) >= 30
    assert {where for where, each in found if "additionalProperties" not in each} == OPEN
    assert [each for _, each in found if each.get("additionalProperties") is False]


def test_schema_itself_is_sound(schema: dict[str, Any], values: dict[str, Any]) -> None:
    """It is a valid draft 7 schema, and the defaults satisfy it."""
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.Draft7Validator(schema).validate(values)


def test_defaults_and_schema_name_the_same(schema: dict[str, Any], values: dict[str, Any]) -> None:
    """Every property has a default and every default is a property, two levels deep."""
    assert {*values, "global"} == set(schema["properties"])
    for name, described in schema["properties"].items():
        if "properties" in described and name not in {"config", "affinity"}:
            assert set(values[name]) == set(described["properties"])


def test_every_value_is_explained(root: Path, values: dict[str, Any]) -> None:
    """A `# --` comment stands above each default, or above the group it is in."""
    text = (root / "helm/values.yaml").read_text()
    explained = re.findall(r"^ *# -- .*\n(?: *#.*\n)*( *)([a-zA-Z]+):", text, re.MULTILINE)
    names = {name for _, name in explained}
    for path in paths(values):
        assert set(path.split(".")) & names, path


@pytest.mark.parametrize(
    ("setting", "blamed"),
    [
        ("colour=blue", "colour"),
        ("image.colour=blue", "colour"),
        ("server.colour=blue", "colour"),
        ("service.colour=blue", "colour"),
        ("serviceAccount.colour=blue", "colour"),
        ("resources.colour=blue", "colour"),
        ("resources.limits.colour=blue", "colour"),
        ("config.EXCHANGES=sim", "EXCHANGES"),
        ("config.lh_exchanges=sim", "lh_exchanges"),
        ("config.LH_BIND=:1", "LH_BIND"),
        ("config.LH_WORKERS=4", "LH_WORKERS"),
        ("config.LH_EXCHANGE=sim", "LH_EXCHANGE"),
        ("config.LH_EXCHANGES=binance\\,mtgox", "LH_EXCHANGES"),
        ("config.LH_LOAD_THREADS=257", "LH_LOAD_THREADS"),
        ("config.LH_LOAD_THREADS=many", "LH_LOAD_THREADS"),
        ("config.LH_EXCHANGE_SECONDS=0", "LH_EXCHANGE_SECONDS"),
        ("config.LH_EXCHANGE_SECONDS=121", "LH_EXCHANGE_SECONDS"),
        ("config.LH_ACCESS_LOG=perhaps", "LH_ACCESS_LOG"),
        ("config.LH_EGRESS_PROXY=http://p:1", "LH_EGRESS_PROXY"),
        ("egress.proxy=http://me:secret@proxy:3128", "egress.proxy"),
        ("egress.proxy=socks5://proxy:1080", "egress.proxy"),
        ("externalCache.url=redis://:secret@valkey:6379", "externalCache.url"),
        ("existingSecret.settings={LH_EGRES_PROXY}", "existingSecret.settings"),
        ("proxy.microCacheSeconds=60", "proxy.microCacheSeconds"),
        ("proxy.colour=blue", "colour"),
        ("autoscaling.colour=blue", "colour"),
        ("podDisruptionBudget.maxUnavailable=0", "maxUnavailable"),
        ("metrics.serviceMonitor.interval=often", "interval"),
        ("livenessProbe.path=/x", "path"),
        ("service.ipFamilies={IPv5}", "ipFamilies"),
        ("ingress.hosts={Not a host}", "ingress.hosts"),
        ("networkPolicy.cilium.exchangeHosts={}", "exchangeHosts"),
        ("commonLabels.team=a b", "commonLabels"),
        ("extraEnv[0].name=LH_EXCHANGES", "extraEnv"),
        ("replicaCount=0", "replicaCount"),
        ("replicaCount=many", "replicaCount"),
        ("server.port=80", "server.port"),
        ("server.gracefulTimeoutSeconds=0", "server.gracefulTimeoutSeconds"),
        ("image.repository=a@sha256:0", "image.repository"),
        ("image.digest=latest", "image.digest"),
        ("image.pullPolicy=Sometimes", "image.pullPolicy"),
        ("service.type=ExternalName", "service.type"),
        ("service.port=70000", "service.port"),
        ("resources.limits.memory=lots", "resources.limits.memory"),
        ("fullnameOverride=Not_A_Name", "fullnameOverride"),
    ],
)
def test_wrong_value_is_refused(
    template: Callable[..., subprocess.CompletedProcess[str]], setting: str, blamed: str
) -> None:
    """Helm refuses to render and names what is wrong."""
    done = template("--set", IMAGE, "--set", setting)
    assert done.returncode != 0
    assert blamed in done.stderr
    assert done.stdout == ""


CACHE = ("--set", "externalCache.url=redis://valkey:6379")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--set", "image.repository="), "image.repository is not set: say where the cluster pulls the image from"),
        (("--set", "autoscaling.enabled=true"), "autoscaling.enabled needs a shared cache"),
        (CACHE, "version 0.1.0 of the service has no shared cache"),
        (
            ("--set", "metrics.serviceMonitor.enabled=true,metrics.enabled=false"),
            "metrics.serviceMonitor: metrics are off",
        ),
        (("--set", "httpRoute.enabled=true"), "httpRoute.parentRefs is empty"),
        (("--set", "existingSecret.settings={LH_EGRESS_PROXY}"), "existingSecret.name"),
        (("--set", "proxy.image.repository=nginx"), "proxy.image.tag or proxy.image.digest is not set"),
        (("--set-string", "config.LH_LOAD_THREADS=257"), "config.LH_LOAD_THREADS: 257 is out of range"),
        (("--set-string", "config.LH_EXCHANGE_SECONDS=0"), "config.LH_EXCHANGE_SECONDS: 0 is out of range"),
        (("--set", "metrics.prometheusRule.enabled=true"), "metrics.prometheusRule"),
    ],
)
def test_what_does_not_go_together_is_explained(
    template: Callable[..., subprocess.CompletedProcess[str]],
    chart_with: Callable[..., str],
    root: Path,
    arguments: tuple[str, ...],
    said: str,
) -> None:
    """A sentence says what is missing and what to set."""
    known = yaml.safe_load((root / "helm/files/settings.yaml").read_text())
    if arguments == CACHE and "LH_CACHE_URL" in known:
        pytest.skip("this release of the service has a shared cache")
    chart = "helm"
    if "prometheusRule" in said and (root / "helm/files/alerts.yaml").exists():
        chart = chart_with("LH_METRICS_PORT")
        (Path(chart) / "files/alerts.yaml").unlink()
    done = template("--set", IMAGE, *arguments, chart=chart)
    assert done.returncode != 0
    assert said in done.stderr


def test_old_cluster_is_refused(helm: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """A Kubernetes without the preStop sleep is told so, not given a pod that drops requests."""
    done = helm("template", "test", "helm", "--kube-version", "1.29.9", "--set", IMAGE)
    assert done.returncode != 0
    assert "kubeVersion" in done.stderr


def test_chart_and_project_agree_on_the_version(root: Path) -> None:
    """The tag the chart pulls by default is the version that is built here."""
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    assert yaml.safe_load((root / "helm/Chart.yaml").read_text())["appVersion"] == version
    assert f"ARG VERSION={version}\n" in (root / "Dockerfile").read_text()
