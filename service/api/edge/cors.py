"""Pages of any origin may read the answers: they are public and carry no credentials."""

from flask import Flask, Response, request

DAY_SECONDS = 86_400
# What stands in every answer, whoever sends it.
EVERY_ANSWER = (
    ("Access-Control-Allow-Origin", "*"),
    ("Access-Control-Expose-Headers", "ETag, Age, Retry-After, Server-Timing, X-Request-Id"),
    ("X-Content-Type-Options", "nosniff"),
)


def register(app: Flask) -> None:
    """Answer what browsers ask before a request with If-None-Match, and let pages read every answer."""
    app.before_request(_preflight)
    app.after_request(_allow)


def _preflight() -> Response | None:
    if request.method != "OPTIONS" or "Access-Control-Request-Method" not in request.headers:
        return None
    response = Response(status=204)
    response.headers["Access-Control-Allow-Methods"] = "GET, HEAD, POST"
    response.headers["Access-Control-Allow-Headers"] = "If-None-Match, Content-Type"
    response.headers["Access-Control-Max-Age"] = str(DAY_SECONDS)
    return response


def _allow(response: Response) -> Response:
    for name, value in EVERY_ANSWER:
        response.headers[name] = value
    return response
