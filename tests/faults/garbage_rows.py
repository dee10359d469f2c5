"""The row of garbage: payloads that no exchange should send, made from those that they do, through every adapter."""

import gzip
import json
import logging
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from pathlib import Path
from typing import Any

import numpy as np
import requests_mock

from service.market.contract import MarketError
from service.market.contract.series import TimeSeries
from service.market.venues import VENUE_IDS, build_venue
from tests.faults.rows import Row
from tests.support.recorded_json import VENUES
from tests.support.recorded_venue import NOW, Venue

HOUR = 3_600_000
MOST_GROWTH_MB = 64
# One of each kind of JSON, and the numbers that break arithmetic, as text too: most exchanges send numbers so.
WRONG: tuple[Any, ...] = (
    None, True, "text", "", "NaN", "1e308", "-1", "0x1", -1, 0, 0.5, 10**400, 1e308, float("nan"), float("inf"),
    [], [[]], [None], {}, {"a": {}},
)  # fmt: skip
BODIES: tuple[bytes, ...] = (
    b"", b" ", b"null", b"true", b"7", b'"text"', b"[]", b"{}", b"[null]", b"[[]]", b"NaN", b"{", b"[1,",
    b"\xff\xfe\x00", b"<!DOCTYPE html><html><body>Checking your browser</body></html>", b"[" * 100_000,
    b'{"a":' * 50_000,
    b'"' + b"x" * 2_000_000 + b'"', b"[" + b"1," * 500_000 + b"1]", b"1" * 10_000,
)  # fmt: skip
LARGE = 1000
BOMB = gzip.compress(b"[" + b"0," * 24_000_000 + b"0]", 9)
CALLS: dict[str, Callable[[Any, str], Any]] = {
    "ohlcv": lambda exchange, symbol: exchange.ohlcv(symbol, "1h", NOW - 30 * HOUR, NOW),
    "mark_ohlcv": lambda exchange, symbol: exchange.mark_ohlcv(symbol, "1h", NOW - 30 * HOUR, NOW),
    "open_interest": lambda exchange, symbol: exchange.open_interest(symbol, "1h", NOW - 30 * HOUR, NOW),
    "open_interest_now": lambda exchange, symbol: exchange.open_interest_now(symbol),
    "account_ratio": lambda exchange, symbol: exchange.account_ratio(symbol),
    "liquidations": lambda exchange, symbol: exchange.liquidations(symbol, "1h", NOW - 30 * HOUR, NOW),
    "order_book": lambda exchange, symbol: exchange.order_book(symbol),
    "funding": lambda exchange, symbol: exchange.funding(symbol),
    "tiers": lambda exchange, symbol: exchange.tiers(symbol),
    # The last: what it reads is what the others go by.
    "markets": lambda exchange, _: exchange.markets(),
}


class Mutant:
    """A venue that answers as recorded until `change` is set, which is then done to every answer."""

    def __init__(self, venue: Venue) -> None:
        """Stand before that venue."""
        self._venue = venue
        self.change: Callable[[Any], Any] | None = None
        self.headers: dict[str, str] = {}

    def answer(self, request: Any, context: Any) -> bytes:
        """Answer, altered."""
        honest = self._venue.answer(request, context)
        if self.change is None:
            return honest.encode()
        context.headers.update(self.headers)
        changed = self.change(json.loads(honest))
        return changed if isinstance(changed, bytes) else json.dumps(changed).encode()


def garbage(least: int, seed: int = 8) -> Row:
    """Send at least so many payloads through every method of every adapter."""
    counted: Counter[str] = Counter()
    bad: list[str] = []
    began, warm = time.monotonic(), 0.0
    # Each is told in the figures; the log would hold thousands of stacks.
    logging.disable(logging.CRITICAL)
    each = -(-least // (len(VENUE_IDS) * len(CALLS)))
    for turn, exchange_id in enumerate(VENUE_IDS):
        chance = random.Random(f"{seed} {exchange_id}")
        for name, call in CALLS.items():
            _try(exchange_id, name, call, _payloads(name, chance, each), counted, bad)
        if turn == 0:
            warm = _resident_mb()
    logging.disable(logging.NOTSET)
    growth = _resident_mb() - warm
    figures = f"{counted.total()} payloads in {time.monotonic() - began:.0f} s: {counted['refused']} refused, "
    figures += f"{counted['taken']} taken; {counted['unhandled']} unhandled, {counted['not finite']} not finite; "
    figures += f"memory grew by {growth:.0f} MB" + "".join(f"; {text}" for text in bad[:3])
    holds = counted.total() >= least and not bad and growth < MOST_GROWTH_MB
    return Row("8", "garbage: only a MarketError leaves an adapter, nothing but numbers", figures, holds)


def _try(
    exchange_id: str,
    name: str,
    call: Callable[[Any, str], Any],
    payloads: Iterator[Any],
    counted: Counter[str],
    bad: list[str],
) -> None:
    venue = VENUES[exchange_id]()
    mutant = Mutant(venue)
    with requests_mock.Mocker() as mock:
        mock.register_uri(requests_mock.ANY, requests_mock.ANY, content=mutant.answer)
        exchange: Any = build_venue(exchange_id, clock=lambda: NOW / 1000, throttle=False)
        exchange.markets()
        for what, change, headers in payloads:
            mutant.change, mutant.headers = change, headers
            try:
                answer = call(exchange, venue.symbol)
            except MarketError:
                counted["refused"] += 1
                continue
            except Exception as error:  # noqa: BLE001 - that none other leaves is what is proved
                counted["unhandled"] += 1
                bad.append(f"{exchange_id} {name} {what}: {type(error).__name__} {error}"[:150])
                continue
            finite = _finite(answer)
            counted["taken" if finite else "not finite"] += 1
            if not finite:
                bad.append(f"{exchange_id} {name} {what}: not finite")
        exchange.close()


def _payloads(
    name: str, chance: random.Random, count: int
) -> Iterator[tuple[str, Callable[[Any], Any], dict[str, str]]]:
    """Give so many ways to spoil an answer: what it is, how, and the headers with it."""
    bodies = BODIES if name in {"ohlcv", "order_book", "markets"} else [each for each in BODIES if len(each) <= LARGE]
    fixed: list[Any] = [(f"body {body[:12]!r}", lambda _, body=body: body, {}) for body in bodies]
    if name in {"ohlcv", "markets"}:
        fixed.append(("gzip bomb", lambda _: BOMB, {"Content-Encoding": "gzip"}))
    fixed.append(("huge", _huge, {}))
    fixed.append(("no gzip", lambda _: b"[1,2]", {"Content-Encoding": "gzip"}))
    fixed.extend((kind, lambda honest, spoil=spoil: _rows(honest, spoil), {}) for kind, spoil in SPOILT.items())
    yield from fixed
    for _ in range(count - len(fixed)):
        value, seed = chance.choice(WRONG), chance.random()
        yield f"{value!r}"[:20], lambda honest, v=value, s=seed: _replaced(honest, v, s), {}  # type: ignore[misc]  # as above


def _replaced(honest: Any, value: Any, seed: float) -> Any:
    """Return an answer with another value somewhere: at any level, the whole included, each level as likely."""
    chance = random.Random(seed)
    depth, node, put = chance.randrange(8), honest, None
    for _ in range(depth):
        if not isinstance(node, dict | list) or not node:
            break
        put = (node, chance.choice(list(node) if isinstance(node, dict) else range(len(node))))
        node = put[0][put[1]]
    if put is None:
        return value
    put[0][put[1]] = value
    return honest


def _rows(node: Any, spoil: Callable[[list[Any]], list[Any]]) -> Any:
    """Return an answer with every list of rows in it spoilt."""
    if isinstance(node, dict):
        return {name: _rows(value, spoil) for name, value in node.items()}
    if isinstance(node, list):
        return spoil([_rows(value, spoil) for value in node]) if node and isinstance(node[0], dict | list) else node
    return node


def _huge(node: Any) -> Any:
    """Return an answer with thousands of rows in the outermost list of each branch."""
    if isinstance(node, dict):
        return {name: _huge(value) for name, value in node.items()}
    return node * (5_000 // len(node)) if isinstance(node, list) and node else node


def _negative(rows: list[Any]) -> list[Any]:
    return json.loads(json.dumps(rows).replace('"1', '"-1').replace(" 1", " -1"))


SPOILT: dict[str, Callable[[list[Any]], list[Any]]] = {
    "twice": lambda rows: [*rows, *rows],
    "turned": lambda rows: rows[::-1],
    "shuffled": lambda rows: random.Random(1).sample(rows, len(rows)),
    "gapped": lambda rows: rows[::3],
    "the first alone": lambda rows: rows[:1] * len(rows),
    "negative": _negative,
}


def _finite(answer: Any) -> bool:
    """Tell whether all numbers are: of a series the rows that are known, of tiers the last cap may be without end."""
    if isinstance(answer, TimeSeries):
        return all(_finite(getattr(answer.known(), each.name)) for each in fields(answer))
    if isinstance(answer, np.ndarray):
        return answer.dtype != object and bool(np.isfinite(answer).all())
    if isinstance(answer, dict | list | tuple):
        return all(map(_finite, answer.values() if isinstance(answer, dict) else answer))
    if is_dataclass(answer):
        return all(_finite(getattr(answer, each.name)) for each in fields(answer) if each.name != "cap")
    return not isinstance(answer, float) or bool(np.isfinite(answer))


def _resident_mb() -> float:
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:")) / 1024


GARBAGE: dict[str, Callable[[], Row]] = {"garbage": lambda: garbage(10_000)}
