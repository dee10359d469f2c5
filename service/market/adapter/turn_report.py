"""What one turn at an exchange is told of: how long it was waited for, and each request that was sent in it."""

from collections.abc import Iterator
from contextlib import contextmanager
from time import monotonic

from service.market.adapter.transport import BoundedSession
from service.market.contract import MarketError
from service.ops.instruments import Instruments
from service.ops.request_scope import current_kind, current_scope

# What became of a request whose turn went on.
OK, RETRIED = "ok", "retried"


@contextmanager
def reported(exchange: str, session: BoundedSession, instruments: Instruments, asked: float) -> Iterator[None]:
    """Tell the instruments of the turn that the block is; it was asked for at `asked`, by the monotonic clock.

    The wait ends where the first request is sent, so that other callers and the exchange's rate limit are both in it.
    What the block raises is about the last request: those before it went well or were sent again, or it would not have
    been sent.
    """
    session.sent.clear()
    outcome = OK
    try:
        yield
    except MarketError as error:
        outcome = error.cause
        raise
    finally:
        sent, kind = session.sent, current_kind()
        first = sent[0].began if sent else monotonic()
        instruments.turn_waited(exchange, max(0.0, first - asked))
        for number, request in enumerate(sent, 1):
            before = RETRIED if request.retried else OK
            instruments.exchange_answered(exchange, kind, outcome if number == len(sent) else before, request.seconds)
            current_scope().upstream.append(request.seconds)
            if request.weight_used is not None:
                instruments.weight_used(exchange, request.weight_used.share)
