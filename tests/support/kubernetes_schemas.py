"""Whether Kubernetes would take a manifest: every field known, none missing, for one of its versions.

The schemas are kubernetes-validate's, each read once. It has none for kinds that other projects define: what the chart
uses of those is in tests/data/chart/other_kinds.yaml. A kind without a schema is a violation.
"""

from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import yaml
from kubernetes_validate import SchemaNotFoundError, utils
from referencing import Registry, Resource

OTHER_KINDS = Path(__file__).resolve().parents[1] / "data/chart/other_kinds.yaml"


def versions() -> list[str]:
    """Return the versions of Kubernetes from 1.33 on that there are schemas for."""
    found = [utils.major_minor(version) for version in utils.all_versions()]
    return sorted({version for version in found if int(version.split(".")[1]) >= 33})


def violations(manifest: dict[str, Any], version: str) -> list[str]:
    """Return what is wrong with the manifest."""
    where = f"{manifest['kind']}/{manifest['metadata']['name']}"
    validator = _validator(manifest["apiVersion"], manifest["kind"], version)
    if validator is None:
        return [f"{where}: {version} has no schema for {manifest['apiVersion']}"]
    return [f"{where}: {error.json_path}: {error.message}" for error in validator.iter_errors(manifest)]


@cache
def _validator(api_version: str, kind: str, version: str) -> Any:
    other = _other_kinds().get(f"{api_version}/{kind}")
    if other is not None:
        return jsonschema.Draft202012Validator(other)
    group, _, short = api_version.rpartition("/")
    name = f"{kind.lower()}-{group.split('.')[0] + '-' if group else ''}{short}.json"
    try:
        schema = utils.schema_contents(f"kubernetes-json-schema/v{version}.0-local-strict/{name}", version)
    except (FileNotFoundError, SchemaNotFoundError):
        return None
    return jsonschema.Draft202012Validator(schema, registry=_definitions(version))


@cache
def _definitions(version: str) -> Any:
    contents = utils.schema_contents(f"kubernetes-json-schema/v{version}.0-local-strict/_definitions.json", version)
    return Resource.from_contents(contents) @ Registry()


@cache
def _other_kinds() -> dict[str, Any]:
    kinds: dict[str, Any] = yaml.safe_load(OTHER_KINDS.read_text())
    return kinds
