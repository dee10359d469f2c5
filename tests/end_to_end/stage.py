"""A stage: the application in this process, its exchanges emulated over real HTTP, one clock for both."""

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Self

from werkzeug.test import TestResponse

from service.app import build_exchanges
from service.market.venues import ADAPTERS, VENUE_IDS
from service.settings import Settings
from tests.emulator import Emulator
from tests.emulator.venue import Reply, Request
from tests.support.fake_apps import without_contract

REAL = VENUE_IDS
# who shows open interest as of now alone
CURRENT = tuple(adapter.id for adapter in ADAPTERS if not adapter.capabilities.open_interest_history)
FOUR = ("binance", "bybit", "okx", "gate")
HOUR, DAY = 3_600_000, 86_400_000


class Stage:
    """A fresh application, nothing fetched yet, on the emulator's clock. Use as a context manager."""

    def __init__(
        self,
        emulator: Emulator,
        exchanges: Iterable[str] = FOUR,
        exchange_seconds: float = 10.0,
        cache_url: str | None = None,
    ) -> None:
        """Serve these exchanges; `exchange_seconds` bounds each of their answers, `cache_url` is a shared cache."""
        self.emulator = emulator
        names = tuple(exchanges)
        urls = {name: emulator.url(name) for name in names}
        settings = Settings(
            exchanges=names,
            base_urls=urls,
            unthrottled=True,
            exchange_seconds=exchange_seconds,
            cache_url=cache_url,
        )
        self._exchanges: dict[str, Any] = dict(build_exchanges(settings, self.clock))
        self.waited = 0.0
        self.app = without_contract(settings, self._exchanges, self.clock, lambda: self.clock() + self.waited)

    def clock(self) -> float:
        """Return the emulator's time, epoch seconds."""
        return self.emulator.now_ms / 1000

    def wait(self, seconds: float) -> None:
        """Let what rests, is kept or backs off be so much older, and no bar close."""
        self.waited += seconds

    def exchange(self, name: str) -> Any:
        """Return one of the adapters that the application reads."""
        return self._exchanges[name]

    def get(self, path: str, **query: Any) -> TestResponse:
        """Return the answer of a path, whatever it is."""
        return self.app.test_client().get(path, query_string=query)

    def ask(self, path: str, **query: Any) -> Any:
        """Return the body of an answer that must be a success."""
        answer = self.get(path, **query)
        assert answer.status_code == 200, answer.text
        return answer.json

    def __enter__(self) -> Self:
        """Enter."""
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Close the connections."""
        for exchange in self._exchanges.values():
            exchange.close()


class Recorder:
    """Writes down what a venue is asked, between entering and leaving."""

    def __init__(self, emulator: Emulator, exchange: str) -> None:
        """Record the requests to one venue."""
        self._venue = emulator.venues[exchange]
        self.requests: list[Request] = []

    def asked(self, path: str) -> list[dict[str, str]]:
        """Return the queries to paths that contain `path`."""
        return [request.query for request in self.requests if path in request.path]

    def __enter__(self) -> Self:
        """Start."""
        answer = self._venue.answer

        def recorded(request: Request) -> Reply:
            self.requests.append(request)
            return answer(request)

        self._venue.answer = recorded  # type: ignore[method-assign]  # undone on leaving
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop."""
        del self._venue.answer


class Amended:
    """Changes what a venue answers, between entering and leaving: `change` gets each request and its reply."""

    def __init__(self, emulator: Emulator, exchange: str, change: Callable[[Request, Reply], None]) -> None:
        """Change the replies of one venue."""
        self._venue, self._change = emulator.venues[exchange], change

    def __enter__(self) -> Self:
        """Start."""
        answer = self._venue.answer

        def amended(request: Request) -> Reply:
            reply = answer(request)
            self._change(request, reply)
            return reply

        self._venue.answer = amended  # type: ignore[method-assign]  # undone on leaving
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop."""
        del self._venue.answer
