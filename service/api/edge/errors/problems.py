"""Problems: the one place where errors become application/problem+json (RFC 9457)."""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import orjson
from flask import Flask, Response, request
from marshmallow import Schema, fields
from werkzeug.exceptions import HTTPException, InternalServerError

from service.analysis.concurrency.admission import CallerGone, DeadlinePassed
from service.api.edge.errors.problem_pages import listed
from service.heatmap import BadInput
from service.market.contract import (
    ExchangeUnavailable,
    Late,
    MarketError,
    NotPublished,
    Overloaded,
    UnknownExchange,
    UnknownSymbol,
)
from service.ops.request_scope import current_scope

# Kind, title and status by error; of an error that is several, the first counts.
KINDS: dict[type[MarketError], tuple[str, str, int]] = {
    UnknownExchange: ("unknown-exchange", "Unknown exchange", 404),
    UnknownSymbol: ("unknown-symbol", "Unknown symbol", 404),
    NotPublished: ("not-published", "Not published by this exchange", 404),
    DeadlinePassed: ("deadline-passed", "No answer in time", 504),
    Overloaded: ("overloaded", "Too much is asked of this service", 503),
    Late: ("deadline-passed", "No answer in time", 504),
    ExchangeUnavailable: ("exchange-unavailable", "The exchange gave no usable answer", 503),
    MarketError: ("unsupported", "Not offered by this exchange", 422),
}


class ProblemErrorSchema(Schema):
    """One wrong parameter."""

    field = fields.String(required=True, metadata={"description": "The parameter"})
    message = fields.String(required=True, metadata={"description": "What is wrong, and the allowed range"})


class ProblemSchema(Schema):
    """An error, as RFC 9457 has it."""

    type = fields.String(
        required=True,
        metadata={"description": listed(), "example": "/problems/invalid-parameter"},
    )
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    instance = fields.String(metadata={"description": "The path that was asked for"})
    exchange = fields.String(metadata={"description": "The exchange concerned"})
    request_id = fields.String(metadata={"description": "Of an internal error: the id under which it has been logged"})
    errors = fields.List(fields.Nested(ProblemErrorSchema), metadata={"description": "Each wrong parameter"})


def problem(status: int, kind: str, title: str, detail: str, **more: Any) -> Response:  # noqa: ANN401 - JSON
    """Return a problem response; `more` adds members."""
    scope = current_scope()
    scope.problem, scope.detail = kind, detail
    body = {"type": f"/problems/{kind}", "title": title, "status": status, "detail": detail, "instance": request.path}
    return Response(orjson.dumps(body | more), status, content_type="application/problem+json")


@dataclass(frozen=True)
class Told:
    """An error in a problem's terms; `more` are further members."""

    status: int
    kind: str
    title: str
    detail: str
    more: dict[str, Any]

    @property
    def body(self) -> dict[str, Any]:
        """Return the problem as JSON, without the path that was asked for."""
        return {
            "type": f"/problems/{self.kind}",
            "title": self.title,
            "status": self.status,
            "detail": self.detail,
        } | self.more


# The status is what nginx says of it to its log: nobody is there to read it.
CALLER_GONE = Told(499, "caller-gone", "The caller has hung up", "Nobody waits for this answer any more.", {})


def told_of(error: MarketError | BadInput) -> Told:
    """Return what a problem says of an error of the caller's or of a market's."""
    if isinstance(error, BadInput):
        return told_of_fields([{"field": error.field, "message": error.sentence}])
    kind, title, status = next(told for of, told in KINDS.items() if isinstance(error, of))
    return Told(status, kind, title, str(error), _more(error))


def _more(error: MarketError) -> dict[str, Any]:
    match error:
        case UnknownExchange():
            return {"errors": [{"field": error.field, "message": f"Must be one of: {', '.join(error.known)}."}]}
        case UnknownSymbol():
            message = f"Not listed on {error.exchange}; /v1/markets?exchange={error.exchange} lists what is."
            field = "symbols" if "symbols" in request.args else "symbol"
            return {"errors": [{"field": field, "message": message}], "exchange": error.exchange}
        case Overloaded() | DeadlinePassed():
            return {}
        case ExchangeUnavailable():
            return {"exchange": error.exchange}
        case _:
            return {}


def told_of_fields(errors: list[dict[str, str]]) -> Told:
    """Return what a problem says of wrong parameters."""
    detail = "; ".join(f"{e['field']}: {e['message']}" for e in errors)
    return Told(422, "invalid-parameter", "A parameter cannot be used", detail, {"errors": errors})


def messages_of(messages: Any) -> list[dict[str, str]]:  # noqa: ANN401 - as `_texts`
    """Return each message of marshmallow's field -> messages."""
    return list(_flat({"": messages}))


def register(app: Flask) -> None:
    """Make every error of the app a problem."""
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(MarketError, _market)
    app.register_error_handler(BadInput, _bad_input)
    app.register_error_handler(CallerGone, _caller_gone)


def _caller_gone(_: CallerGone) -> Response:
    return _sent(CALLER_GONE)


def _bad_input(error: BadInput) -> Response:
    return _sent(told_of(error))


def _market(error: MarketError) -> Response:
    response = _sent(told_of(error))
    if not isinstance(error, ExchangeUnavailable):
        return response
    return _later(response, error)


def _sent(told: Told) -> Response:
    return problem(told.status, told.kind, told.title, told.detail, **told.more)


def _later(response: Response, error: ExchangeUnavailable) -> Response:
    response.headers["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    return response


def _http(error: HTTPException) -> Response:
    messages = (getattr(error, "data", None) or {}).get("messages")
    if error.code == 422 and isinstance(messages, dict):  # noqa: PLR2004 - what webargs raises
        return _sent(told_of_fields(list(_flat(messages))))
    if isinstance(error, InternalServerError):
        # Flask has logged it, with its stack and the id.
        detail = "The request failed; it has been logged under the id."
        return problem(500, "internal", "Unexpected error", detail, request_id=current_scope().request_id)
    name = error.name or "Error"
    response = problem(error.code or 500, name.lower().replace(" ", "-"), name, error.description or name)
    for header, value in error.get_headers():
        if header not in {"Content-Type", "Content-Length"}:
            response.headers[header] = value
    return response


def _flat(messages: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield each message of webargs' location -> field -> messages, by the fields' names.

    marshmallow finds unknown fields by a set, whose order differs from process to process.
    """
    for by_field in messages.values():
        named = {
            str(name): each for name, each in (by_field if isinstance(by_field, dict) else {"query": by_field}).items()
        }
        for field in sorted(named):
            for text in _texts(named[field]):
                yield {"field": field, "message": text}


def _texts(messages: Any) -> Iterator[str]:  # noqa: ANN401 - text, list of it, or by number of the item
    if isinstance(messages, dict):
        for item, inner in messages.items():
            yield from (f"Item {int(item) + 1}: {text}" for text in _texts(inner))
    elif isinstance(messages, list):
        for inner in messages:
            yield from _texts(inner)
    else:
        yield str(messages)
