"""The contract: OpenAPI generated from the schemas, with errors documented as what they are."""

import http
from typing import Any

import flask_smorest
import yaml
from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from flask import Flask

from service import __version__
from service.api.problems import ProblemSchema

DESCRIPTION = """Where leveraged positions will be force-closed, estimated from public exchange data.

The formula and its measured skill are published; amounts add up to the exchange's open interest. Prices are in quote
currency; amounts are USD notional unless a field says base coin. Times in grids are epoch milliseconds, all others
RFC 3339 in UTC."""


class Api(flask_smorest.Api):  # type: ignore[misc]  # flask-smorest publishes no types
    """flask-smorest with problem+json as its errors."""

    ERROR_SCHEMA = ProblemSchema

    def _register_error_handlers(self) -> None:
        """Leave errors to problems.py."""

    def _register_responses(self) -> None:
        problem = {"schema": self.ERROR_SCHEMA}
        for status in http.HTTPStatus:
            has_body = status >= http.HTTPStatus.BAD_REQUEST
            response: dict[str, Any] = {"description": status.phrase}
            if has_body:
                response["content"] = {"application/problem+json": problem}
            self.spec.components.response(status.name, response, lazy=True)
        default = {"description": "An error", "content": {"application/problem+json": problem}}
        self.spec.components.response("DEFAULT_ERROR", default, lazy=True)


def configure(app: Flask) -> Api:
    """Return the API object that blueprints register with."""
    app.config.update(
        API_TITLE="Liquidation Heatmap",
        API_VERSION=__version__,
        OPENAPI_VERSION="3.0.3",
        API_SPEC_OPTIONS={
            "info": {"description": DESCRIPTION, "license": {"name": "MIT"}},
            "servers": [{"url": "/"}],
        },
    )
    return Api(app)


def as_yaml(api: Api) -> str:
    """Return the contract as YAML, the same text every time."""
    return str(yaml.safe_dump(api.spec.to_dict(), sort_keys=True, allow_unicode=True, width=120))


__all__ = ["APISpec", "Api", "MarshmallowPlugin", "as_yaml", "configure"]
