"""The committed contract, and a check of one answer against it."""

import re
from pathlib import Path
from typing import Any

import orjson
import yaml
from openapi_schema_validator import OAS31Validator, oas31_format_checker
from referencing import Registry
from referencing.jsonschema import DRAFT202012
from werkzeug.test import TestResponse

COMMITTED = Path(__file__).resolve().parents[2] / "openapi.yaml"
CONTRACT: dict[str, Any] = yaml.safe_load(COMMITTED.read_text(encoding="utf-8"))
REGISTRY = Registry().with_resource("urn:contract", DRAFT202012.create_resource(CONTRACT))


def schema_of(path: str, status: int, content_type: str) -> str:
    """Return where the contract describes that answer; a status that it does not name falls to `default`."""
    responses = CONTRACT["paths"][path]["get"]["responses"]
    name = str(status) if str(status) in responses else "default"
    where = f"/paths/{path.replace('/', '~1')}/get/responses/{name}"
    if "$ref" in responses[name]:
        where = responses[name]["$ref"].removeprefix("#")
        described = CONTRACT["components"]["responses"][where.rsplit("/", 1)[1]]
    else:
        described = responses[name]
    assert content_type in described["content"], f"{path} {status} is not described as {content_type}"
    return f"urn:contract#{where}/content/{content_type.replace('/', '~1')}/schema"


def plain(schema: dict[str, Any]) -> dict[str, Any]:
    """Return a schema, or the one that it refers to with what it says of its own."""
    if "$ref" not in schema:
        return schema
    return CONTRACT["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]] | schema


def check(path: str, response: TestResponse) -> None:
    """Assert that an answer is what the contract says of it, formats included."""
    where = schema_of(path, response.status_code, response.content_type)
    if "json" not in response.content_type:
        # Bytes of another form than JSON are described by their type alone.
        return
    validator = OAS31Validator({"$ref": where}, registry=REGISTRY, format_checker=oas31_format_checker)
    body = orjson.loads(response.data)
    for error in validator.iter_errors(body):
        place = re.sub(r"\d{2,}", "n", error.json_path)
        raise AssertionError(f"{path}: {place}: {error.message[:300]}")
