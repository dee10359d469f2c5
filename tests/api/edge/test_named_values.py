"""Every list of allowed values is one schema with a name that generators can use."""

from typing import Any

import pytest

from service.api.edge.named_values import name_values
from tests.support.contract import CONTRACT

SIDES, FRAMES = ["long", "short"], ["1h", "4h"]


@pytest.fixture
def named() -> dict[str, Any]:
    """Return a contract with a list that stands twice, one that may be null, two under one name, and a vague one."""
    contract = {
        "components": {
            "schemas": {
                "Row": {
                    "properties": {
                        "side": {"type": "string", "enum": SIDES, "description": "Whose"},
                        "kind": {"type": ["string", "null"], "enum": ["hot", "cold", None]},
                        "name": {"type": "string", "enum": ["x", "y"]},
                    }
                },
                "Stage": {"properties": {"kind": {"type": "string", "enum": ["first", "last"]}}},
            }
        },
        "paths": {
            "/rows": {
                "get": {
                    "operationId": "getRows",
                    "parameters": [
                        {"name": "side", "schema": {"type": "string", "enum": SIDES}},
                        {"name": "frames", "schema": {"items": {"type": "string", "enum": FRAMES}, "type": "array"}},
                    ],
                }
            }
        },
    }
    name_values(contract)
    return contract


def test_one_list_is_one_schema(named: dict[str, Any]) -> None:
    """Wherever it stands, in a schema or as a parameter; what is said of the place stays there."""
    side, frames = named["paths"]["/rows"]["get"]["parameters"]
    assert named["components"]["schemas"]["Side"]["enum"] == SIDES
    assert side["schema"] == {"$ref": "#/components/schemas/Side"}
    here = named["components"]["schemas"]["Row"]["properties"]["side"]
    assert here == {"$ref": "#/components/schemas/Side", "description": "Whose"}
    assert frames["schema"]["items"] == {"$ref": "#/components/schemas/Frame"}


def test_null_is_no_value_of_it(named: dict[str, Any]) -> None:
    """What may be null is either the list or null."""
    kind = named["components"]["schemas"]["Row"]["properties"]["kind"]
    assert kind == {"anyOf": [{"$ref": "#/components/schemas/RowKind"}, {"type": "null"}]}
    assert named["components"]["schemas"]["RowKind"]["enum"] == ["hot", "cold"]


def test_two_of_one_name_are_told_apart(named: dict[str, Any]) -> None:
    """By whose they are; so is one whose own name says nothing."""
    assert {"RowKind", "StageKind", "RowName"} <= set(named["components"]["schemas"])


def test_values_that_are_no_names_are_given_some(named: dict[str, Any]) -> None:
    """A generator would number them."""
    assert named["components"]["schemas"]["Frame"]["x-enum-varnames"] == ["H1", "H4"]
    assert "x-enum-varnames" not in named["components"]["schemas"]["Side"]


def test_the_contract_has_no_list_in_place() -> None:
    """Every list of values is a schema of its own, and says what it is."""
    for name, schema in CONTRACT["components"]["schemas"].items():
        for field, inner in schema.get("properties", {}).items():
            assert "enum" not in inner, (name, field)
            assert "enum" not in inner.get("items", {}), (name, field)
    for operations in CONTRACT["paths"].values():
        for parameter in operations["get"].get("parameters", []):
            assert "enum" not in parameter["schema"], parameter["name"]
