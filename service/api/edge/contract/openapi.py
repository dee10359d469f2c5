"""OpenAPI as flask-smorest makes it of the schemas, with errors documented as what they are; see published.py."""

import http
from typing import Any

import flask_smorest
from flask import Flask
from marshmallow import fields, validate

from service import __version__
from service.api.edge.errors.problems import ProblemSchema

# What is answered besides 200, in words that do not change with the Python that runs: 3.13 renamed 422.
PHRASES = {
    304: "Not Modified",
    404: "Not Found",
    422: "Unprocessable Entity",
    503: "Service Unavailable",
    504: "Gateway Timeout",
}
TEXT, NUMBER = {"type": "string"}, {"type": "integer", "minimum": 0}
CACHING = {
    "ETag": {"description": "Of these inputs: sent back as If-None-Match it asks for 304", "schema": TEXT},
    "Cache-Control": {"description": "How long the answer stands", "schema": TEXT},
    "Age": {"description": "Seconds since its inputs were last looked at; left out below 1", "schema": NUMBER},
}
RETRY_AFTER = {"Retry-After": {"description": "Seconds after which asking again makes sense", "schema": NUMBER}}
DESCRIPTION = """Where leveraged positions will be force-closed, estimated from public exchange data.

The formula and its measured skill are published; amounts add up to the exchange's open interest. Prices are in quote
currency; amounts are USD notional unless a field says base coin or `unit`, which is USD where the contract is
coin-margined. Times in grids are epoch milliseconds, all others RFC 3339 in UTC."""

SCHEMES = {
    "bearerKey": {"type": "http", "scheme": "bearer", "description": "An API key, where the operator asks for one"},
    "headerKey": {
        "type": "apiKey",
        "in": "header",
        "name": "X-API-Key",
        "description": "The same, in its own header",
    },
    "coinglassKey": {
        "type": "apiKey",
        "in": "header",
        "name": "CG-API-KEY",
        "description": "The same, in the header that clients of CoinGlass send",
    },
}


class Api(flask_smorest.Api):  # type: ignore[misc]  # flask-smorest publishes no types
    """flask-smorest with problem+json as its errors."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """Leave errors to problems.py."""

    def _register_responses(self) -> None:
        problem = {"schema": self.ERROR_SCHEMA}
        for status, phrase in PHRASES.items():
            response: dict[str, Any] = {"description": phrase}
            if status >= http.HTTPStatus.BAD_REQUEST:
                response["content"] = {"application/problem+json": problem}
            if status == http.HTTPStatus.SERVICE_UNAVAILABLE:
                response["headers"] = RETRY_AFTER
            if status == http.HTTPStatus.NOT_MODIFIED:
                response["headers"] = CACHING
            # flask-smorest refers to a response by the name that the running Python has for its status.
            self.spec.components.response(http.HTTPStatus(status).name, response)
        default = {"description": "An error", "content": {"application/problem+json": problem}}
        self.spec.components.response("DEFAULT_ERROR", default, lazy=True)


def configure(app: Flask) -> Api:
    """Return the API object that blueprints register with."""
    app.config.update(
        API_TITLE="Liquidation Heatmap",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.1.0",
        API_SPEC_OPTIONS={
            "info": {"description": DESCRIPTION, "license": {"name": "MIT"}},
            "servers": [{"url": "/"}],
            # Either key, or none where the operator has set none.
            "security": [{}, *({name: []} for name in SCHEMES)],
        },
    )
    api = Api(app)
    for name, scheme in SCHEMES.items():
        api.spec.components.security_scheme(name, scheme)
    api.ma_plugin.converter.add_attribute_function(_open_bounds)
    return api


def _open_bounds(_: object, field: fields.Field[Any], **__: object) -> dict[str, bool]:
    """Say which bounds are themselves not allowed; apispec leaves that out."""
    ranges = [check for check in field.validators if isinstance(check, validate.Range)]
    open_at = {
        "exclusiveMinimum": any(check.min is not None and not check.min_inclusive for check in ranges),
        "exclusiveMaximum": any(check.max is not None and not check.max_inclusive for check in ranges),
    }
    return {name: True for name, is_open in open_at.items() if is_open}
