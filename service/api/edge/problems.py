"""Problems: the one place where errors become application/problem+json (RFC 9457)."""

import logging
import math
from collections.abc import Iterator
from typing import Any

import orjson
from flask import Flask, Response, request
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException, InternalServerError

from service.heatmap import BadInput
from service.market.contract import (
    ExchangeUnavailable,
    MarketError,
    NotPublished,
    Overloaded,
    UnknownExchange,
    UnknownSymbol,
)

log = logging.getLogger(__name__)


class ProblemErrorSchema(Schema):
    """One wrong parameter."""

    field = fields.String(required=True, metadata={"description": "The parameter"})
    message = fields.String(required=True, metadata={"description": "What is wrong, and the allowed range"})


class ProblemSchema(Schema):
    """An error, as RFC 9457 has it."""

    type = fields.String(
        required=True,
        metadata={
            "description": "Stable, relative URI of the kind of problem: /problems/ and invalid-parameter (422), "
            "unknown-exchange, unknown-symbol or not-published (404), unsupported (422), exchange-unavailable (503), "
            "internal (500), or the name of the status, such as method-not-allowed"
        },
    )
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String(metadata={"description": "The path that was asked for"})
    exchange = fields.String(metadata={"description": "The exchange concerned"})
    errors = fields.List(fields.Nested(ProblemErrorSchema), metadata={"description": "Each wrong parameter"})


def problem(status: int, kind: str, title: str, detail: str, **more: Any) -> Response:  # noqa: ANN401 - JSON
    """Return a problem response; `more` adds members."""
    body = {"type": f"/problems/{kind}", "title": title, "status": status, "detail": detail, "instance": request.path}
    return Response(orjson.dumps(body | more), status, content_type="application/problem+json")


def register(app: Flask) -> None:
    """Make every error of the app a problem."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(MarketError, _market)
    app.register_error_handler(BadInput, _bad_input)


def _bad_input(error: BadInput) -> Response:
    return _invalid([{"field": error.field, "message": error.sentence}])


def _invalid(errors: list[dict[str, str]]) -> Response:
    detail = "; ".join(f"{e['field']}: {e['message']}" for e in errors)
    return problem(422, "invalid-parameter", "A parameter cannot be used", detail, errors=errors)


def _market(error: MarketError) -> Response:
    match error:
        case UnknownExchange():
            errors = [{"field": error.field, "message": f"Must be one of: {', '.join(error.known)}."}]
            return problem(404, "unknown-exchange", "Unknown exchange", str(error), errors=errors)
        case UnknownSymbol():
            message = f"Not listed on {error.exchange}; /v1/markets?exchange={error.exchange} lists what is."
            errors = [{"field": "symbols" if "symbols" in request.args else "symbol", "message": message}]
            return problem(404, "unknown-symbol", "Unknown symbol", str(error), errors=errors, exchange=error.exchange)
        case NotPublished():
            return problem(404, "not-published", "Not published by this exchange", str(error))
        case Overloaded():
            return _later(problem(503, "overloaded", "Too much is asked of this service", str(error)), error)
        case ExchangeUnavailable():
            log.warning("exchange unavailable: %s", error)
            response = problem(
                503, "exchange-unavailable", "The exchange gave no usable answer", str(error), exchange=error.exchange
            )
            return _later(response, error)
        case _:
            return problem(422, "unsupported", "Not offered by this exchange", str(error))


def _later(response: Response, error: ExchangeUnavailable) -> Response:
    response.headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    return response


def _http(error: HTTPException) -> Response:
    messages = (getattr(error, "data", None) or {}).get("messages")
    if error.code == 422 and isinstance(messages, dict):  # noqa: PLR2004 - what webargs raises
        return _invalid(list(_flat(messages)))
    if isinstance(error, InternalServerError):
        # Flask has logged it, with its stack.
        return problem(500, "internal", "Unexpected error", "The request failed; it has been logged.")
    name = error.name or "Error"
    response = problem(error.code or 500, name.lower().replace(" ", "-"), name, error.description or name)
    for header, value in error.get_headers():
        if header not in {"Content-Type", "Content-Length"}:
            response.headers[header] = value
    return response


def _flat(messages: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield each message of webargs' location -> field -> messages."""
    for by_field in messages.values():
        for field, texts in (by_field if isinstance(by_field, dict) else {"query": by_field}).items():
            for text in _texts(texts):
                yield {"field": str(field), "message": text}


def _texts(messages: Any) -> Iterator[str]:  # noqa: ANN401 - text, list of it, or by number of the item
    if isinstance(messages, dict):
        for item, inner in messages.items():
            yield from (f"Item {int(item) + 1}: {text}" for text in _texts(inner))
    elif isinstance(messages, list):
        for inner in messages:
            yield from _texts(inner)
    else:
        yield str(messages)
