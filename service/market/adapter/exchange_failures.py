"""One place where what ccxt and the network raise becomes a MarketError."""

import logging
import math
import re
from collections.abc import Iterator
from contextlib import contextmanager
from email.utils import parsedate_to_datetime

import ccxt
from urllib3.exceptions import ProxyError

from service.market.adapter.transport import FIRST_ERROR_STATUS, BoundedSession, UnusableBody
from service.market.contract import MISREAD, BadData, ExchangeUnavailable, MarketError, UnknownSymbol, Unsupported

log = logging.getLogger(__name__)

RATE_LIMIT_WAIT_S = 30.0
WAIT_S = 5.0
_REFUSED = (418, 429)
# Binance bans last from two minutes to three days, and its Retry-After says so
_LONGEST_BAN_S = 3 * 86_400.0
# a server that fails knows less well when it will not
_LONGEST_WAIT_S = 60.0
_LONGEST_REASON = 200


@contextmanager
def as_market_errors(exchange: str, symbol: str, session: BoundedSession, now: int) -> Iterator[None]:
    """Re-raise anything the block raises as a MarketError; `now` is epoch ms, for a Retry-After that is a date.

    Whether no parser fits because the exchange sent junk or because ours has a bug, only the stack tells: it is logged.
    """
    session.forget()
    try:
        yield
    except MarketError:
        raise
    except (ccxt.BaseError, *MISREAD) as error:
        if isinstance(error, MISREAD) and not isinstance(error, UnusableBody):
            log.warning("%s: no parser fits what came from %s", exchange, session.path, exc_info=error)
        raise _market_error(error, exchange, symbol, session, now) from error


def _market_error(error: Exception, exchange: str, symbol: str, session: BoundedSession, now: int) -> MarketError:
    """Judge by status first: ccxt reads the body, and a refusal's body may be anything."""
    if session.status in _REFUSED or isinstance(error, ccxt.DDoSProtection | ccxt.RateLimitExceeded):
        wait = retry_after_seconds(session.retry_after, now, RATE_LIMIT_WAIT_S, _LONGEST_BAN_S)
        why = f"refuses for now: {_reason(error, session)}"
        return ExchangeUnavailable(exchange, why, wait, rest=True, cause="refused")
    if isinstance(error, ccxt.BadSymbol):
        return UnknownSymbol(exchange, symbol)
    if isinstance(error, ccxt.NotSupported):
        return Unsupported(f"{exchange}: {_reason(error, session)}")
    if session.status is not None and session.status < FIRST_ERROR_STATUS and _is_about_shape(error):
        return BadData(exchange, f"an answer of an unknown shape: {_reason(error, session)}")
    wait = retry_after_seconds(session.retry_after, now, WAIT_S)
    # One path that fails says nothing of the others; no answer at all, or a wish to be left alone, does.
    silent = session.status is None and isinstance(error, ccxt.NetworkError)
    rest, cause = silent or session.retry_after is not None, "no_answer" if silent else None
    return ExchangeUnavailable(exchange, _reason(error, session), wait, rest=rest, cause=cause)


def _is_about_shape(error: Exception) -> bool:
    """Tell junk from a message: ccxt raises its bare kinds, and none of the finer ones, on what it cannot read."""
    return type(error) in {ccxt.ExchangeError, ccxt.OperationFailed} or isinstance(
        error, (ccxt.BadResponse, ccxt.NullResponse, *MISREAD)
    )


def retry_after_seconds(header: str | None, now: int, default: float, longest: float = _LONGEST_WAIT_S) -> float:
    """Return the seconds that a Retry-After header (a number or a date) asks for, 1 s to the longest believed."""
    if header is None:
        return default
    try:
        seconds = float(header) if header.strip()[:1].isdigit() else _seconds_until(header, now)
    except (ValueError, TypeError, OverflowError):
        return default
    return min(max(seconds, 1.0), longest) if math.isfinite(seconds) else default


def _seconds_until(date: str, now: int) -> float:
    return parsedate_to_datetime(date).timestamp() - now / 1000


def _reason(error: BaseException, session: BoundedSession) -> str:
    """Return kind and message on one short line that outsiders may read: ccxt puts URLs and whole bodies into its own.

    Where no answer came the message is the network library's, and names hosts and ports: its kinds say enough.
    """
    kind, status, path = type(error).__name__, session.status, session.path
    if status is None and isinstance(error, ccxt.NetworkError):
        return f"{kind}: no answer from {path} ({_root(error)})"
    text = " ".join(session.published(str(error)).split())
    if status is not None and status >= FIRST_ERROR_STATUS and f"{path} {status}" not in text:
        text = f"HTTP {status} from {path}: {text}"
    return f"{kind}: {text}"[:_LONGEST_REASON]


def _root(error: BaseException) -> str:
    """Return the kind of the error that all began with, and what a proxy said if it was one that refused."""
    at_proxy = isinstance(error, ProxyError)
    while (before := error.__cause__ or error.__context__) is not None:
        error = before
        at_proxy = at_proxy or isinstance(error, ProxyError)
    if not at_proxy:
        return type(error).__name__
    said = re.search(r"Tunnel connection failed: (\d{3})", str(error))
    return f"the proxy answered {said[1]}" if said else f"the proxy: {type(error).__name__}"
