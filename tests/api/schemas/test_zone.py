"""Every field of what zones, scan and context answer is described, and closed vocabularies are enums."""

from collections.abc import Iterator
from typing import Any

import pytest
from marshmallow import Schema, fields

from service.api.schemas.context import ContextSchema
from service.api.schemas.envelope import AssumptionsSchema, EnvelopeSchema
from service.api.schemas.scan import FailedSchema, NextZoneSchema, OwnScanSchema, ScanRowSchema, ScanSchema
from service.api.schemas.zone import LevelSchema, ScorePartsSchema, ZoneSchema
from service.api.schemas.zones import ZonesSchema

CLOSED = {"kind", "side", "timeframe", "colour", "state", "depth_source"}


def own_fields(schema: Schema, seen: set[type] | None = None) -> Iterator[tuple[str, fields.Field[Any]]]:
    """Yield the fields of a schema and of those nested in it, the envelope's left out."""
    seen = {AssumptionsSchema} if seen is None else seen
    seen.add(type(schema))
    shared = EnvelopeSchema().fields if isinstance(schema, EnvelopeSchema) else {}
    for name, field in schema.fields.items():
        if name in shared:
            continue
        yield f"{type(schema).__name__}.{name}", field
        inner = field.inner if isinstance(field, fields.List) else getattr(field, "value_field", None) or field
        if isinstance(inner, fields.Nested) and type(inner.schema) not in seen:
            yield from own_fields(inner.schema, seen)


@pytest.mark.parametrize("schema", [ZonesSchema, ScanSchema, ContextSchema])
def test_every_field_is_described(schema: type[Schema]) -> None:
    """Each says in words what it is."""
    found = dict(own_fields(schema()))
    assert len(found) > 5
    assert [name for name, field in found.items() if not field.metadata.get("description")] == []


@pytest.mark.parametrize("schema", [ZoneSchema, LevelSchema, ScorePartsSchema, ScanSchema, ZonesSchema])
def test_closed_vocabularies_are_enums(schema: type[Schema]) -> None:
    """A word that none but these can be is held to them."""
    for path, field in own_fields(schema()):
        if path.split(".")[1] in CLOSED:
            assert field.validators, path


def test_rows_carry_the_envelope() -> None:
    """What every answer says of its inputs, each row of a scan says."""
    assert EnvelopeSchema().fields.keys() <= ScanRowSchema().fields.keys()
    assert {"symbol", "exchange", "reason"} == FailedSchema().fields.keys()
    assert OwnScanSchema().fields.keys() == {"price", "long", "short"}
    assert "distance_pct" in NextZoneSchema().fields
