"""Named values: every list of allowed values is one schema with a name, wherever it stands.

Generators make a type of each list that stands in place, named after the place: GetZonesTimeframe, ZoneTimeframe,
TouchOutcomeType1 for one that may be null. One name for all of them is one type.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from service.api.edge.contract.value_names import PUBLISHED

Values = tuple[str, ...]
# Says nothing without what it is the name of.
VAGUE = {"Name", "Value"}


@dataclass(frozen=True)
class _Place:
    """Where a list of values stands: in a schema or an operation, as a property or parameter."""

    owner: str
    name: str
    schema: dict[str, Any]

    @property
    def key(self) -> str:
        return f"{self.owner}.{self.name}"

    @property
    def values(self) -> Values:
        return tuple(value for value in self.schema["enum"] if value is not None)


def name_values(contract: dict[str, Any], published: Mapping[str, str] = PUBLISHED) -> None:
    """Move the lists of values of schemas and parameters to schemas of their own, and refer to them, in place.

    A list that is `published` keeps its name, whatever else there is; to any other one is given.
    """
    schemas = contract["components"]["schemas"]
    places = [*_in_schemas(schemas), *_in_parameters(contract["paths"])]
    names = _names(places, set(schemas), published)
    for place in places:
        _refer(place.schema, names[place.values])
    for values, name in names.items():
        schemas[name] = {"type": "string", "enum": list(values), "description": f"One of {', '.join(values)}."}
        if any(not value[:1].isalpha() for value in values):
            # A timeframe is no name in a programming language, and would be numbered: 4h is H4.
            schemas[name]["x-enum-varnames"] = [_letter_first(value) for value in values]


def _in_schemas(schemas: dict[str, Any]) -> Iterator[_Place]:
    for owner, schema in sorted(schemas.items()):
        for name, inner in sorted(schema.get("properties", {}).items()):
            yield from _listed(owner, name, inner)


def _in_parameters(paths: dict[str, Any]) -> Iterator[_Place]:
    for _, operations in sorted(paths.items()):
        for operation in operations.values():
            for parameter in operation.get("parameters", ()) if isinstance(operation, dict) else ():
                yield from _listed(operation["operationId"], parameter["name"], parameter["schema"])


def _listed(owner: str, name: str, schema: dict[str, Any]) -> Iterator[_Place]:
    if "enum" in schema:
        yield _Place(owner, name, schema)
    elif "items" in schema:
        yield from _listed(owner, name.removesuffix("s"), schema["items"])


def _names(places: list[_Place], taken: set[str], published: Mapping[str, str]) -> dict[Values, str]:
    """Return a name for each list: where it first stands, with its owner's before it where two would share it."""
    first: dict[Values, _Place] = {}
    names: dict[Values, str] = {}
    for place in places:
        first.setdefault(place.values, place)
        if place.key in published:
            names.setdefault(place.values, published[place.key])
    new = {values: place for values, place in first.items() if values not in names}
    shorts = [_title(place.name) for place in new.values()]
    given = taken | VAGUE | set(published.values())
    return names | {
        values: short if shorts.count(short) == 1 and short not in given else _title(place.owner) + short
        for (values, place), short in zip(new.items(), shorts, strict=True)
    }


def _title(name: str) -> str:
    return "".join(word[:1].upper() + word[1:] for word in name.split("_"))


def _letter_first(value: str) -> str:
    digits = value.rstrip("abcdefghijklmnopqrstuvwxyz")
    return f"{value.removeprefix(digits)}{digits}".upper()


def _refer(schema: dict[str, Any], name: str) -> None:
    reference = {"$ref": f"#/components/schemas/{name}"}
    nullable = None in schema.pop("enum")
    del schema["type"]
    schema |= {"anyOf": [reference, {"type": "null"}]} if nullable else reference
