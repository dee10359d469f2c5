"""What each kind of problem means and what to do about it: the pages that the `type` of an error leads to."""

from dataclasses import dataclass


@dataclass(frozen=True)
class ProblemPage:
    """A kind of problem in words: its usual status, what happened, and what the caller can do."""

    status: int
    title: str
    happened: str
    advice: str


PAGES = {
    "invalid-parameter": ProblemPage(
        422,
        "A parameter cannot be used",
        "A parameter is unknown, out of range, missing, or contradicts another one. Nothing was fetched or computed.",
        "`errors` names each parameter and what it may be. Correct these: asking again unchanged answers the same.",
    ),
    "unsupported": ProblemPage(
        422,
        "Not offered by this exchange",
        "The exchange lists the market and does not offer what this answer needs of it.",
        "/v1/exchanges says what each exchange offers. Ask another one, or another timeframe or lookback.",
    ),
    "unknown-exchange": ProblemPage(
        404,
        "Unknown exchange",
        "The exchange is not among those that this deployment serves.",
        "`errors` lists those that are; so does /v1/exchanges. Simulated prices are under sim and sim2.",
    ),
    "unknown-symbol": ProblemPage(
        404,
        "Unknown symbol",
        "The exchange lists no perpetual under that name.",
        "/v1/markets?exchange=... lists what there is. BTC, BTCUSDT and BTC/USDT:USDT all name the same market.",
    ),
    "not-published": ProblemPage(
        404,
        "Not published by this exchange",
        "The exchange does not publish what this answer is made of, such as realised liquidations.",
        "`detail` says what, and /v1/exchanges which exchanges do publish it. Ask one of these.",
    ),
    "exchange-unavailable": ProblemPage(
        503,
        "The exchange gave no usable answer",
        "The exchange did not answer in time, refused, or sent what cannot be right, and nothing kept is new enough.",
        "Ask again after Retry-After seconds. With several exchanges the others are answered and this one is named.",
    ),
    "deadline-passed": ProblemPage(
        504,
        "No answer in time",
        "The answer was not ready within the time that this request had. Work that others also wait for goes on.",
        "Ask again: what has been fetched is kept. Fewer exchanges, symbols or columns take less time.",
    ),
    "caller-gone": ProblemPage(
        499,
        "The caller has hung up",
        "The caller closed its connection, or its side of it, before the answer was made, and nobody else waited.",
        "Keep the connection open in both directions until the answer is there.",
    ),
    "overloaded": ProblemPage(
        503,
        "Too much is asked of this service",
        "More is asked at this moment than can be loaded or computed; what is kept is still answered.",
        "Ask again after Retry-After seconds, with fewer symbols, exchanges or columns at once.",
    ),
    "internal": ProblemPage(
        500,
        "Unexpected error",
        "The service failed in a way that it does not know. The failure is logged with the request.",
        "Try once more. If it fails again, report it with the X-Request-Id of the answer.",
    ),
    "not-found": ProblemPage(
        404,
        "Not Found",
        "There is no such path.",
        "/docs and /openapi.yaml list every path.",
    ),
    "method-not-allowed": ProblemPage(
        405,
        "Method Not Allowed",
        "The path exists and does not answer this method.",
        "The Allow header says which methods it answers; all paths answer GET, /v1/liquidation-price also POST.",
    ),
    "unauthorized": ProblemPage(
        401,
        "Unauthorized",
        "This deployment answers callers with a key, and the request has none that it knows.",
        "Send the key that its operator gave you, as X-API-Key or as a bearer token.",
    ),
    "forbidden": ProblemPage(
        403,
        "Forbidden",
        "The key is known and may not ask for this.",
        "Ask the operator of this deployment.",
    ),
    "too-many-requests": ProblemPage(
        429,
        "Too Many Requests",
        "This caller has asked more often than this deployment allows.",
        "Wait Retry-After seconds. Poll with If-None-Match, no more often than Cache-Control says.",
    ),
    "bad-request": ProblemPage(
        400,
        "Bad Request",
        "The request cannot be read: its path, headers or body are malformed.",
        "`detail` says what is wrong with it.",
    ),
    "not-acceptable": ProblemPage(
        406,
        "Not Acceptable",
        "The answer cannot be given in the form asked for, in this deployment.",
        "`detail` says what is missing. format=json is always there.",
    ),
    "request-entity-too-large": ProblemPage(
        413,
        "Request Entity Too Large",
        "The body is larger than is accepted.",
        "Send up to 1,000 positions at once, and the others in a second request.",
    ),
    "unsupported-media-type": ProblemPage(
        415,
        "Unsupported Media Type",
        "The body is not sent as JSON.",
        "Send it as JSON, with Content-Type: application/json.",
    ),
    "request-uri-too-long": ProblemPage(
        414,
        "Request URI Too Long",
        "The path with its query is longer than is accepted.",
        "Ask for fewer symbols or exchanges at once.",
    ),
}


def listed() -> str:
    """Return all kinds in one line, for the contract."""
    kinds = "; ".join(f"/problems/{kind} ({page.status}): {page.title}" for kind, page in sorted(PAGES.items()))
    return f"Stable, relative URI of the kind of problem, whose page says what to do. {kinds}"
