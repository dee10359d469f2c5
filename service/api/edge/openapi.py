"""The contract: OpenAPI generated from the schemas, with errors documented as what they are."""

import http
import inspect
from copy import deepcopy
from typing import Any

import flask_smorest
import yaml
from flask import Flask
from marshmallow import fields, validate

from service import __version__
from service.api.edge.problems import ProblemSchema

# What is answered besides 200, in words that do not change with the Python that runs: 3.13 renamed 422.
PHRASES = {304: "Not Modified", 404: "Not Found", 422: "Unprocessable Entity", 503: "Service Unavailable"}
# What a path that reads a market may answer besides its 200, and besides the 422 of any path with parameters.
OF_MARKETS = (304, 404, 503)
FIRST_PARAMETERS = ("exchange", "a", "b", "symbol", "symbols", "timeframe", "timeframes", "lookback")
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
        OPENAPI_VERSION="3.0.3",
        API_SPEC_OPTIONS={
            "info": {"description": DESCRIPTION, "license": {"name": "MIT"}},
            "servers": [{"url": "/"}],
        },
    )
    api = Api(app)
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


class _Plain(yaml.SafeDumper):
    """Writes what occurs twice out twice: not every reader follows anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002 - yaml's own
        """Return that there are none."""
        return True


def as_yaml(api: Api) -> str:
    """Return the contract as YAML, the same text every time."""
    contract = deepcopy(api.spec.to_dict())
    _describe_schemas(api, contract["components"]["schemas"])
    _name_responses(contract["components"]["responses"])
    for path, operations in contract["paths"].items():
        for method, operation in operations.items():
            operation["operationId"] = _operation_id(method, path)
            _name_errors(operation)
            _leave_out_null(operation)
            _order_parameters(operation)
            _name_headers(operation)
    return str(yaml.dump(contract, Dumper=_Plain, sort_keys=True, allow_unicode=True, width=120))


def _describe_schemas(api: Api, schemas: dict[str, Any]) -> None:
    """Say of each schema what its docstring says."""
    for key, name in api.ma_plugin.converter.refs.items():
        schemas[name]["description"] = inspect.cleandoc(key[0].__doc__ or "")


def _name_responses(responses: dict[str, Any]) -> None:
    """Give the responses names of our own in place of those that the running Python has for their statuses."""
    for status in PHRASES:
        responses[_response_name(status)] = responses.pop(http.HTTPStatus(status).name)


def _response_name(status: int) -> str:
    return PHRASES[status].upper().replace(" ", "_")


def _operation_id(method: str, path: str) -> str:
    """Return a name for generated clients: getLiquidationPrice of GET /v1/liquidation-price."""
    words = path.removeprefix("/v1/").strip("/").replace("-", " ").replace(".", " ").title().replace(" ", "")
    return f"{method}{words}"


def _name_headers(operation: dict[str, Any]) -> None:
    """Add the headers that come with an answer kept by its ETag; its errors carry none of them."""
    if "304" in operation["responses"]:
        operation["responses"]["200"]["headers"] = CACHING


def _name_errors(operation: dict[str, Any]) -> None:
    """Add the errors that come with the market that an operation reads, and refer to each by its own name."""
    responses = operation["responses"]
    reads_market = any(parameter.get("name") == "exchange" for parameter in operation.get("parameters", ()))
    for status in PHRASES:
        if str(status) in responses or (reads_market and status in OF_MARKETS):
            responses[str(status)] = {"$ref": f"#/components/responses/{_response_name(status)}"}


def _order_parameters(operation: dict[str, Any]) -> None:
    """Put first what a caller thinks of first; all others stay in their order."""
    places = {name: place for place, name in enumerate(FIRST_PARAMETERS)}
    if "parameters" in operation:
        operation["parameters"].sort(key=lambda parameter: places.get(parameter["name"], len(places)))


def _leave_out_null(operation: dict[str, Any]) -> None:
    """Take null from the parameters: a query cannot say it, what is meant is leaving the parameter out."""
    for parameter in operation.get("parameters", ()):
        schema = parameter["schema"]
        if "default" in schema and schema["default"] is None:
            del schema["default"]
            schema.pop("nullable", None)
