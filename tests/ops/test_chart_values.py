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


@pytest.fixture(scope="module")
def schema(root: Path) -> dict[str, Any]:
    """Return the schema of the values."""
    return json.loads((root / "helm/values.schema.json").read_text())


@pytest.fixture(scope="module")
def values(root: Path) -> dict[str, Any]:
    """Return the default values."""
    return yaml.safe_load((root / "helm/values.yaml").read_text())


def objects(node: Any) -> Iterator[dict[str, Any]]:
    """Yield every schema in the schema that describes an object."""
    if isinstance(node, dict):
        if node.get("type") == "object":
            yield node
        for value in node.values():
            yield from objects(value)


def paths(values: dict[str, Any], before: str = "") -> Iterator[str]:
    """Yield the dotted name of every value that is set."""
    for name, value in values.items():
        if isinstance(value, dict) and value:
            yield from paths(value, f"{before}{name}.")
        else:
            yield f"{before}{name}"


def test_every_object_is_closed(schema: dict[str, Any]) -> None:
    """No object lets an unknown name pass, so a typing error is an error."""
    found = list(objects(schema))
    assert len(found) >= 8
    assert all(each["additionalProperties"] is False for each in found)


def test_schema_itself_is_sound(schema: dict[str, Any], values: dict[str, Any]) -> None:
    """It is a valid draft 7 schema, and the defaults satisfy it."""
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.Draft7Validator(schema).validate(values)


def test_defaults_and_schema_name_the_same(schema: dict[str, Any], values: dict[str, Any]) -> None:
    """Every property has a default and every default is a property, two levels deep."""
    assert set(values) == set(schema["properties"])
    for name, described in schema["properties"].items():
        if "properties" in described:
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
        ("replicaCount=0", "replicaCount"),
        ("replicaCount=many", "replicaCount"),
        ("server.port=80", "server.port"),
        ("server.gracefulTimeoutSeconds=0", "server.gracefulTimeoutSeconds"),
        ("image.repository=", "image.repository"),
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
    done = template("--set", setting)
    assert done.returncode != 0
    assert blamed in done.stderr
    assert done.stdout == ""


def test_old_cluster_is_refused(helm: Callable[..., subprocess.CompletedProcess[str]]) -> None:
    """A Kubernetes without the preStop sleep is told so, not given a pod that drops requests."""
    done = helm("template", "test", "helm", "--kube-version", "1.29.9")
    assert done.returncode != 0
    assert "kubeVersion" in done.stderr


def test_chart_and_project_agree_on_the_version(root: Path) -> None:
    """The tag the chart pulls by default is the version that is built here."""
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    assert yaml.safe_load((root / "helm/Chart.yaml").read_text())["appVersion"] == version
    assert f"ARG VERSION={version}\n" in (root / "Dockerfile").read_text()
