"""A venue behind one sync ccxt client: its turn-taking, its listing, its clock.

Threads: each venue has one client and one lock, held for one HTTP call at a time. Callers of one exchange take turns
page by page, and the limiter says when; different exchanges do not wait for each other.
"""

import logging
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from time import monotonic
from typing import Any, TypeVar

from service.market.adapter.client import client
from service.market.adapter.egress import DIRECT, Egress
from service.market.adapter.exchange_failures import as_market_errors
from service.market.adapter.kept_listing import keep_listing
from service.market.adapter.limiter import ALL, Allowance, Limiter
from service.market.adapter.listing import delisting_at, listed
from service.market.adapter.second_try import RetryBudget, pause_by_chance
from service.market.adapter.transport import BoundedSession
from service.market.adapter.turn_report import reported
from service.market.contract import (
    MISREAD,
    TIMEFRAMES,
    BadData,
    Capabilities,
    Delisting,
    ExchangeUnavailable,
    Market,
    Sharing,
    UnknownSymbol,
    Unsupported,
    by_coin,
)
from service.ops.instruments import NO_INSTRUMENTS, Instruments

log = logging.getLogger(__name__)

T = TypeVar("T")
# One address, one process.
ALONE = Sharing()


class CcxtVenue:
    """What every real exchange is made of. `clock` returns epoch seconds; `throttle=False` keeps to no rate limit."""

    id: str
    name: str
    simulated = False
    liquidation_rule: str
    capabilities: Capabilities
    ccxt_class: type
    options: Mapping[str, Any]
    # which field of the venue's own entry of a market says when it is delisted, epoch ms; None where none does
    delisted_at: str | None = None
    # what the venue allows an address, where that is not what ccxt keeps to
    allows: Allowance | None = None
    # whether it allows that of each path, and not of all together
    allows_each_path = False

    def __init__(
        self,
        clock: Callable[[], float],
        base_url: str | None,
        timeout_s: float,
        *,
        throttle: bool,
        egress: Egress = DIRECT,
        instruments: Instruments = NO_INSTRUMENTS,
        sharing: Sharing = ALONE,
    ) -> None:
        """`timeout_s` is the wall clock of one call: waiting for its turn, connecting and the whole answer."""
        self._clock, self._timeout_s, self._instruments = clock, timeout_s, instruments
        self._session = BoundedSession(base_url, egress=egress, retries=RetryBudget(self._before_second_try))
        config = {"timeout": int(timeout_s * 1000), "enableRateLimit": True}
        self._client = client(self.ccxt_class, self.options, base_url, self._session, config)
        allows = self.allows or Allowance.of_ccxt(self._client.rateLimit, self._client.rollingWindowSize)
        self._limiter, self._sharing = Limiter(self.id, allows, sharing, clock=clock, paced=throttle), sharing
        # ccxt knows what each call costs, and asks here before it makes one
        self._cost_of, self._pool = self._client.calculate_rate_limiter_cost, ALL
        self._client.calculate_rate_limiter_cost, self._client.throttle = self._cost, self._admit
        # where ccxt chooses an endpoint or an end by the time, it is to go by ours
        self._client.milliseconds = self._now
        self._client.seconds = lambda: self._now() // 1000
        self._lock = threading.Lock()
        self._markets: dict[str, Market] = {}

    def close(self) -> None:
        """Close the connections."""
        self._session.close()

    def markets(self) -> dict[str, Market]:
        """Return every perpetual swap that is served, read anew: how long a listing keeps is for the caller to say."""
        with self._turn("*"):
            self._read_markets()
        return by_coin(self._markets)

    def delisting(self, info: Mapping[str, Any]) -> Delisting | None:
        """Return what the venue's own entry of a market says of the end of it."""
        return None if self.delisted_at is None else delisting_at(info.get(self.delisted_at))

    def _market(self, symbol: str) -> Market:
        """Return a market of the listing last read; the first call reads it."""
        if not self._markets:
            with self._turn("*"):
                # another thread may have read it while this one waited for its turn
                if not self._markets and not self._found_markets():
                    self._read_markets()
        elif symbol not in self._markets and self._sharing.listings is not None:
            with self._turn("*"):
                # another replica may have read a newer one
                self._found_markets()
        if symbol not in self._markets:
            raise UnknownSymbol(self.id, symbol)
        return self._markets[symbol]

    def _created(self, symbol: str) -> int:
        return int(self._client.markets[symbol].get("created") or 0)

    def _step(self, timeframe: str) -> int:
        if timeframe not in self.capabilities.timeframes:
            raise Unsupported(
                f"{self.id} has no timeframe {timeframe!r}; one of: {', '.join(self.capabilities.timeframes)}"
            )
        return TIMEFRAMES[timeframe]

    def _now(self) -> int:
        return int(self._clock() * 1000)

    def _read_markets(self) -> None:
        """Read the listing; what was there stays in place until the new one has passed.

        ccxt's own load_markets stores an empty listing when it is fed a maintenance page, and never asks again.
        """
        sent = self._client.fetch_markets()
        self._use(sent)
        if self._sharing.listings is not None:
            self._sharing.listings.keep(self.id, sent)

    def _found_markets(self) -> bool:
        """Take the listing that another replica read; tell whether there was one that can be read."""
        found = None if self._sharing.listings is None else self._sharing.listings.find(self.id)
        if found is None:
            return False
        try:
            self._use(found)
        except (BadData, *MISREAD):
            log.warning("%s: the listing of another replica cannot be read", self.id, exc_info=True)
            return False
        return True

    def _use(self, sent: Any) -> None:  # noqa: ANN401 - ccxt has no types
        markets = listed(self.id, sent, self.delisting, inverse=self.capabilities.inverse)
        keep_listing(self._client, sent, markets)
        self._markets = markets

    def _cost(self, api: Any, method: str, path: str, *rest: Any) -> Any:  # noqa: ANN401 - ccxt has no types
        self._pool = path if self.allows_each_path else ALL
        return self._cost_of(api, method, path, *rest)

    def _admit(self, cost: float | None = None) -> None:
        now = monotonic()
        left = self._timeout_s if self._session.deadline is None else self._session.deadline - now
        self._limiter.admit(1.0 if cost is None else float(cost), left, self._pool)

    def _before_second_try(self) -> None:
        pause_by_chance()
        self._limiter.again()

    def _call(self, symbol: str, request: Callable[[], T]) -> T:
        with self._turn(symbol):
            return request()

    @contextmanager
    def _turn(self, symbol: str) -> Iterator[None]:
        """Have the client to oneself, until a deadline that waiting for it counts against."""
        asked = monotonic()
        if not self._lock.acquire(timeout=self._timeout_s):
            self._instruments.turn_waited(self.id, self._timeout_s)
            raise ExchangeUnavailable(self.id, f"busy: no turn within {self._timeout_s:g} s", 1.0, cause="busy")
        try:
            self._session.deadline = asked + self._timeout_s
            with (
                reported(self.id, self._session, self._instruments, asked),
                self._noted(),
                as_market_errors(self.id, symbol, self._session, self._now()),
            ):
                yield
        finally:
            self._lock.release()

    @contextmanager
    def _noted(self) -> Iterator[None]:
        """Note what the exchange says of its limit, and whether it wants to be left alone."""
        ledger, good = self._sharing.ledger, False
        try:
            yield
            good = True
        except ExchangeUnavailable as error:
            if ledger is not None and error.cause == "refused" and self._session.status is not None:
                ledger.refused(error)
            raise
        finally:
            if ledger is not None:
                ledger.ended(self.id, good=good)
            for request in self._session.sent:
                if request.weight_used is not None:
                    self._limiter.told(request.weight_used)
