"""The chart's values: documented, and closed by a schema."""

import json
import re
import tomllib
from collections.abc import Iterator
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


def test_scenarios_are_there(root: Path) -> None:
    """Each of the ways to run it that the chart names has its values."""
    wanted = {"minimal", "ha", "external-cache", "ingress", "gateway", "hardened", "sim-only", "subchart"}
    assert {path.name.removesuffix("-values.yaml") for path in (root / "helm/ci").glob("*-values.yaml")} == wanted


def test_chart_and_project_agree_on_the_version(root: Path) -> None:
    """The tag the chart pulls by default is the version that is built here."""
    version = tomllib.loads((root / "pyproject.toml").read_text())["project"]["version"]
    assert yaml.safe_load((root / "helm/Chart.yaml").read_text())["appVersion"] == version
    assert f"ARG VERSION={version}\n" in (root / "Dockerfile").read_text()
