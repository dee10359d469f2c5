"""What a result is rendered to, as a client gets it."""

from typing import Any

import orjson
from marshmallow import Schema


def rendered(body: dict[str, Any], schema: Schema) -> dict[str, Any]:
    """Return the body as parsed JSON, which must be what the schema says: nothing missing, nothing besides."""
    parsed: dict[str, Any] = orjson.loads(
        orjson.dumps(body, default=lambda array: array.tolist(), option=orjson.OPT_SERIALIZE_NUMPY)
    )
    assert schema.validate(parsed) == {}
    return parsed
