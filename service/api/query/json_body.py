"""JSON bodies: what is no JSON, or nested deeper than anything that is meant, is refused with the reason."""

from typing import Any, NoReturn

from flask import Request, abort
from marshmallow import Schema
from webargs import missing
from webargs.flaskparser import FlaskParser


class JsonBody(FlaskParser):
    """Reads a body as JSON."""

    def load_json(self, req: Request, schema: Schema) -> Any:  # noqa: ANN401 - whatever JSON holds
        """Return the object that a body holds, or webargs' `missing`; what cannot be read ends in a 400."""
        try:
            body = super().load_json(req, schema)
        except RecursionError:
            abort(400, "The body is nested too deeply.")
        if body is not missing and not isinstance(body, dict):
            abort(400, "The body is no JSON object.")
        return body

    def _handle_invalid_json_error(self, error: Exception, req: Request, *_: Any, **__: Any) -> NoReturn:  # noqa: ANN401, ARG002 - webargs' own
        abort(400, f"The body is no JSON: {error}.")
