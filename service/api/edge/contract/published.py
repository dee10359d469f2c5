"""The contract as a document: what the schemas generate, refined so that generated clients read well."""

import http
import inspect
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any

import flask_smorest
import orjson
import yaml

from service.api.edge.contract.named_values import name_values
from service.api.edge.contract.openapi import CACHING, PHRASES, RETRY_AFTER

# What a path that reads a market may answer besides its 200, and besides the 422 of any path with parameters.
OF_MARKETS = (304, 404, 503, 504)
# Resources whose errors have an envelope of their own, which each describes as its 400.
OWN_ERRORS = "coinglass"
# What a caller thinks of first, and generated methods take first.
FIRST_PARAMETERS = ("exchange", "a", "b", "symbol", "symbols", "timeframe", "timeframes", "lookback")


class _Plain(yaml.SafeDumper):
    """Writes what occurs twice out twice: not every reader follows anchors."""

    def ignore_aliases(self, data: Any) -> bool:  # noqa: ANN401, ARG002 - yaml's own
        """Return that there are none."""
        return True


def as_yaml(contract: dict[str, Any]) -> bytes:
    """Return the contract as YAML, the same text every time."""
    return yaml.dump(contract, Dumper=_Plain, sort_keys=True, encoding="utf-8", allow_unicode=True, width=120)


def as_json(contract: dict[str, Any]) -> bytes:
    """Return the contract as JSON, the same text every time."""
    return orjson.dumps(contract, option=orjson.OPT_SORT_KEYS)


def contract_of(api: flask_smorest.Api) -> dict[str, Any]:
    """Return the contract of all that is registered."""
    contract: dict[str, Any] = deepcopy(api.spec.to_dict())
    _describe_schemas(api, contract["components"]["schemas"])
    _name_responses(contract["components"]["responses"])
    for path, operations in contract["paths"].items():
        for method, operation in operations.items():
            operation["operationId"] = _operation_id(method, path)
            _name_errors(operation)
            _leave_out_null(operation)
            _order_parameters(operation)
            _name_headers(operation)
    for schema in _parts(contract):
        _open_bounds(schema)
    name_values(contract)
    return contract


def _parts(part: Any) -> Iterator[dict[str, Any]]:  # noqa: ANN401 - JSON
    """Yield every object of the document, the outer ones first."""
    if isinstance(part, dict):
        yield part
    for inner in part.values() if isinstance(part, dict) else part if isinstance(part, list) else ():
        yield from _parts(inner)


def _open_bounds(schema: dict[str, Any]) -> None:
    """Write a bound that is itself not allowed as OpenAPI 3.1 has it: a number of its own."""
    for name, bound in (("exclusiveMinimum", "minimum"), ("exclusiveMaximum", "maximum")):
        if schema.get(name) is True:
            schema[name] = schema.pop(bound)


def _describe_schemas(api: flask_smorest.Api, schemas: dict[str, Any]) -> None:
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
    name = path.removeprefix("/v1/").replace("/api/futures/liquidation/", " ").strip("/")
    words = re.sub("[-./]", " ", name).title().replace(" ", "")
    return f"{method}{words}"


def _name_headers(operation: dict[str, Any]) -> None:
    """Add the headers that come with an answer kept by its ETag; its errors carry none of them."""
    if "304" in operation["responses"]:
        operation["responses"]["200"]["headers"] = CACHING


def _name_errors(operation: dict[str, Any]) -> None:
    """Add the errors that come with the market that an operation reads, and refer to each by its own name."""
    responses = operation["responses"]
    if OWN_ERRORS in operation["tags"]:
        _name_own_errors(responses)
        return
    reads_market = any(parameter.get("name") == "exchange" for parameter in operation.get("parameters", ()))
    for status in PHRASES:
        if str(status) in responses or (reads_market and status in OF_MARKETS):
            responses[str(status)] = {"$ref": f"#/components/responses/{_response_name(status)}"}


def _name_own_errors(responses: dict[str, Any]) -> None:
    """Describe every error as the 400 is, which takes the place of 422."""
    told = responses["400"]
    del responses["422"]
    responses["304"] = {"$ref": f"#/components/responses/{_response_name(304)}"}
    responses |= dict.fromkeys(("404", "504", "default"), told) | {"503": told | {"headers": RETRY_AFTER}}


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
        for part in _parts(schema):
            if isinstance(part.get("type"), list):
                (part["type"],) = set(part["type"]) - {"null"}
            if "enum" in part:
                part["enum"] = [value for value in part["enum"] if value is not None]
