"""An address: exchanges limit calls by it, so all who use one have to know what the others took."""

from dataclasses import dataclass
from typing import Protocol

from service.market.contract.errors import ExchangeUnavailable


@dataclass(frozen=True)
class Claim:
    """What a call takes of a pool: seconds of its allowance, how far ahead these may lie, the longest wait for them."""

    exchange: str
    pool: str
    seconds: float
    burst: float
    most_wait: float


class Ledger(Protocol):
    """What is known of an address by all who use it: how much of each allowance is taken, and who is left alone."""

    def spend(self, claim: Claim) -> float | None:
        """Return the seconds to wait before the call; nothing is taken where that is more than it would wait.

        None where it is not known. Raises ExchangeUnavailable while the exchange is left alone.
        """

    def refused(self, error: ExchangeUnavailable) -> None:
        """Tell the others that an exchange asked to be left alone."""

    def ended(self, exchange: str, *, good: bool) -> None:
        """Note that a call of it ended, well or not."""


class Listings(Protocol):
    """What exchanges list, as their clients need it before any other call; read by one for all."""

    def find(self, exchange: str) -> object:
        """Return the listing that one of them read last, None where there is none."""

    def keep(self, exchange: str, listing: object) -> None:
        """Give the others a listing that was read just now."""


@dataclass(frozen=True)
class Sharing:
    """How an address is shared: what others know of it, and this process's part of it where they cannot be asked."""

    ledger: Ledger | None = None
    part: float = 1.0
    listings: Listings | None = None
