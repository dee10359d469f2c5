"""Every list of allowed values is one schema with a name that generators can use."""

from typing import Any

import pytest

from service.api.edge.contract.named_values import name_values
from service.api.edge.contract.value_names import PUBLISHED
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
    name_values(contract, {})
    return contract


def test_a_published_name_stays_whatever_comes() -> None:
    """A list that sorts before it and would like the same name is given another; so it is where a path is new."""
    old = {"getRows": [("kind", ["hot", "cold"])]}
    more = {"getAll": [("kind", ["first", "last"])], **old}

    def named_of(owners: dict[str, list[tuple[str, list[str]]]], published: dict[str, str]) -> dict[str, list[str]]:
        paths = {
            f"/{owner}": {
                "get": {
                    "operationId": owner,
                    "parameters": [{"name": name, "schema": {"type": "string", "enum": list(v)}} for name, v in lists],
                }
            }
            for owner, lists in owners.items()
        }
        contract: dict[str, Any] = {"components": {"schemas": {}}, "paths": paths}
        name_values(contract, published)
        return {name: schema["enum"] for name, schema in contract["components"]["schemas"].items()}

    assert named_of(old, {}) == {"Kind": ["hot", "cold"]}
    assert named_of(more, {})["GetRowsKind"] == ["hot", "cold"]
    assert named_of(more, {"getRows.kind": "Kind"}) == {"Kind": ["hot", "cold"], "GetAllKind": ["first", "last"]}


def test_every_list_of_the_contract_is_published() -> None:
    """One that is new gets its line in value_names, so that what comes after it cannot rename it."""
    lists = [name for name, schema in CONTRACT["components"]["schemas"].items() if "enum" in schema]
    assert sorted(lists) == sorted(PUBLISHED.values())


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
