"""Instruments: what the service tells of itself while it works, as a protocol, and its twin that tells nothing.

They enter by argument. Whoever measures says what happened in terms of its own; what is made of it is the
implementation's affair (`prometheus`).
"""

from typing import Protocol


class Instruments(Protocol):
    """Takes down what happens. Safe to share between threads; nothing here may raise, or take long.

    Every text is one of a few: routes are templates, exchanges those that are served. Symbols never come here.
    """

    def request_began(self) -> None:
        """Note a request that was given a thread."""

    def request_ended(self, route: str, method: str, status: int, seconds: float) -> None:
        """Note that its answer stands."""

    def thread_freed(self) -> None:
        """Note that its answer has been sent, or that the caller was gone."""

    def shed(self, reason: str) -> None:
        """Note a request that was turned away so that others can be served."""

    def looked_up(self, route: str, result: str) -> None:
        """Note what became of a look for a finished answer: hit, revalidated, joined or miss."""

    def answers_kept(self, size: int) -> None:
        """Note how many bytes the kept answers take."""

    def computed(self, route: str, seconds: float) -> None:
        """Note what computing one answer took, its loads apart."""

    def encoded(self, route: str, seconds: float) -> None:
        """Note what writing one answer as bytes took."""

    def turn_waited(self, exchange: str, seconds: float) -> None:
        """Note how long a call waited for its turn at an exchange, by its rate limit and by other callers."""

    def exchange_answered(self, exchange: str, kind: str, outcome: str, seconds: float) -> None:
        """Note a request to an exchange: what for, how it went (`ok`, or a MarketError's cause), how long it took."""

    def weight_used(self, exchange: str, ratio: float) -> None:
        """Note which share of its rate limit an exchange says is used."""

    def breaker(self, exchange: str, state: int) -> None:
        """Note whether an exchange is asked (0), tried again (1) or left alone (2)."""

    def data_used(self, exchange: str, kind: str, age: float) -> None:
        """Note how many seconds ago what an answer is made of was read."""

    def cache_asked(self, outcome: str) -> None:
        """Note a call of the cache that replicas share: answered, failed, full, or resting, which is none."""

    def source_missing(self, exchange: str, reason: str) -> None:
        """Note that a market was answered for, or not, without an exchange that was asked for."""


class NoInstruments:
    """Takes nothing down."""

    def request_began(self) -> None:
        """Do nothing."""

    def request_ended(self, route: str, method: str, status: int, seconds: float) -> None:
        """Do nothing."""

    def thread_freed(self) -> None:
        """Do nothing."""

    def shed(self, reason: str) -> None:
        """Do nothing."""

    def looked_up(self, route: str, result: str) -> None:
        """Do nothing."""

    def answers_kept(self, size: int) -> None:
        """Do nothing."""

    def computed(self, route: str, seconds: float) -> None:
        """Do nothing."""

    def encoded(self, route: str, seconds: float) -> None:
        """Do nothing."""

    def turn_waited(self, exchange: str, seconds: float) -> None:
        """Do nothing."""

    def exchange_answered(self, exchange: str, kind: str, outcome: str, seconds: float) -> None:
        """Do nothing."""

    def weight_used(self, exchange: str, ratio: float) -> None:
        """Do nothing."""

    def breaker(self, exchange: str, state: int) -> None:
        """Do nothing."""

    def data_used(self, exchange: str, kind: str, age: float) -> None:
        """Do nothing."""

    def cache_asked(self, outcome: str) -> None:
        """Do nothing."""

    def source_missing(self, exchange: str, reason: str) -> None:
        """Do nothing."""


NO_INSTRUMENTS: Instruments = NoInstruments()
