"""A limiter: calls of an exchange keep below what it allows an address, by what each of them weighs.

The arithmetic is that of the generic cell rate algorithm (ITU-T I.371): each call takes up some time of the exchange's
allowance, and `taken` is the moment up to which it is taken up. It may lie ahead of now by a burst, and no further.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import inf
from time import monotonic, sleep

from service.market.adapter.weight_used import Usage
from service.market.contract import Claim, ExchangeUnavailable, Sharing

# Shares of what is allowed in a window: what may be taken at once, and what in a steady flow. Both together are the
# most in any window; the rest of it is a reserve, for what others behind the same address ask.
BURST, STEADY = 0.25, 0.65
# Once an exchange says that so much is used calls are spread over its window, and at so much they end until the next.
SLOW, FULL = 0.5, 0.9
# Of the time that a call has left so much may be spent on waiting: it has to be made too.
MOST_WAITING = 0.5
# Where ccxt names no window of an exchange, that of OKX, seconds.
USUAL_WINDOW = 2.0
# The pool of an exchange that counts all calls together.
ALL = "all"


@dataclass(frozen=True)
class Allowance:
    """What an exchange allows one address: so much weight, in ccxt's costs, in any window of so many seconds."""

    weight: float
    seconds: float

    @staticmethod
    def of_ccxt(rate_limit: float, window_ms: float) -> "Allowance":
        """Return what ccxt keeps to: `rate_limit` ms for each unit of its costs, counted over a window."""
        seconds = window_ms / 1000.0 or USUAL_WINDOW
        return Allowance(1000.0 * seconds / rate_limit, seconds)


@dataclass
class _Pool:
    """Until when its allowance is taken up, and what the exchange says is used of it until when, all monotonic."""

    taken: float = 0.0
    said: float = 0.0
    said_until: float = 0.0


class Limiter:
    """What one process may ask of one exchange; not for several threads at once."""

    def __init__(
        self,
        exchange: str,
        allowance: Allowance,
        sharing: Sharing,
        *,
        clock: Callable[[], float],
        paced: bool = True,
        pause: Callable[[float], None] = sleep,
        now: Callable[[], float] = monotonic,
    ) -> None:
        """Start with nothing taken; `clock` returns epoch seconds, `now` monotonic ones.

        Unless `paced` no call waits for the allowance; an exchange that refused somebody is left alone all the same.
        """
        self._exchange, self._allowance, self._sharing = exchange, allowance, sharing
        self._clock, self._paced, self._pause, self._now = clock, paced, pause, now
        self._pools: dict[str, _Pool] = {}
        self._last = ALL, 0.0

    def admit(self, cost: float, left: float, pool: str = ALL) -> None:
        """Return once a call of that cost may be made, which has so many seconds left; raises ExchangeUnavailable."""
        self._last = pool, cost
        most = max(MOST_WAITING * left, 0.0) if self._paced else inf
        known = self._spend(pool, cost, most)
        own = self._take(pool, cost, self._sharing.part if known is None else 1.0, most)
        wait = max(own, known or 0.0, self._wait_told(pool, cost))
        if not self._paced or wait <= 0.0:
            return
        if wait > most:
            why = f"busy: what it allows is taken for {wait:.1f} s"
            raise ExchangeUnavailable(self._exchange, why, max(wait, 1.0), cause="busy")
        self._pause(wait)

    def again(self) -> None:
        """Count the last call once more: it is made a second time."""
        self._take(*self._last, self._sharing.part, inf)

    def told(self, usage: Usage) -> None:
        """Note what the exchange says is used of the last call's pool, which others may have used."""
        into = self._clock() % usage.seconds if usage.aligned else 0.0
        pool = self._pools.setdefault(self._last[0], _Pool())
        pool.said, pool.said_until = usage.share, self._now() + usage.seconds - into

    def _claim(self, pool: str, cost: float, part: float, most: float) -> Claim:
        """Return what a call takes of a part of the allowance."""
        steady = STEADY * part * self._allowance.weight / self._allowance.seconds
        return Claim(self._exchange, pool, cost / steady, BURST / STEADY * self._allowance.seconds, most)

    def _spend(self, pool: str, cost: float, most: float) -> float | None:
        ledger = self._sharing.ledger
        return None if ledger is None else ledger.spend(self._claim(pool, cost, 1.0, most))

    def _take(self, name: str, cost: float, part: float, most: float) -> float:
        """Return the seconds to wait by what this process took itself; nothing is taken where that is too long."""
        claim, now = self._claim(name, cost, part, most), self._now()
        pool = self._pools.setdefault(name, _Pool())
        wait = max(pool.taken - now - claim.burst, 0.0)
        if wait <= most:
            pool.taken = max(pool.taken, now) + claim.seconds
        return wait

    def _wait_told(self, name: str, cost: float) -> float:
        """Return the seconds to wait by what the exchange said: what is left of its window, or a fair part of that."""
        pool = self._pools.setdefault(name, _Pool())
        left, part = pool.said_until - self._now(), cost / self._allowance.weight
        if left <= 0.0 or pool.said < SLOW:
            return 0.0
        return left if pool.said + part >= FULL else left * part / (FULL - pool.said)
