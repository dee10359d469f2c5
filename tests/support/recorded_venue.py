"""One made-up market, and what every fake venue shares, for requests-mock."""

import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qs, urlsplit

STEPS = {"5m": 300_000, "15m": 900_000, "30m": 1_800_000, "1h": 3_600_000, "4h": 14_400_000, "1d": 86_400_000}
NOW = 1_722_513_000_000  # 2024-08-01T11:50Z
SYMBOL = "BTC/USDT:USDT"
LISTED = 1_585_526_400_000
OKX_CONTRACT, GATE_CONTRACT = 0.01, 0.0001
ACCOUNT_RATIO = 1.5
BOOK = {"bids": [(59_990.0, 1.5), (59_980.0, 2.5)], "asks": [(60_010.0, 0.5), (60_020.0, 4.0)]}


def candle(time: int, step: int) -> tuple[float, float, float, float, float]:
    """Return open, high, low, close, volume in base coin of the bar that opens at `time`."""
    open_ = 60_000.0 + time // step % 97 * 10
    close = 60_000.0 + (time // step + 1) % 97 * 10
    return open_, max(open_, close) + 5, min(open_, close) - 5, close, 100.0 + time // step % 7


# the close of the hour that is forming: what coins and contracts are valued at
PRICE = candle(NOW // 3_600_000 * 3_600_000, 3_600_000)[3]


def amount(time: int, step: int) -> float:
    """Return the one-sided open interest in base coin at `time`."""
    return 50_000.0 + time // step % 1000


def bar_times(first: int, last: int, step: int, most: int, *, newest: bool) -> list[int]:
    """Return the opens in first..last that a venue would send: at most `most`, the newest or the oldest."""
    times = list(range(-(-first // step) * step, min(last, NOW) + 1, step))
    return times[-most:] if newest else times[:most]


class Venue:
    """One venue: `answers` maps the end of a path to a function of the query; `broken` overrides by path end."""

    hosts: tuple[str, ...]
    symbol = SYMBOL
    # the ends of the paths that answer each kind, None where the venue has none
    candles: str
    mark: str | None
    interest: str | None
    interest_now: str
    account: str | None
    book: str
    listing: str
    rate: str
    risk: str | None
    # what a call for the deepest book says
    deepest: tuple[tuple[str, str], ...] = ()
    # an answer without a row, to candles and to OI
    empty = "[]"
    # what the adapter is to make of the fake
    contract_size = 1.0
    price_tick = 0.1
    max_leverage: float | None = None
    funding_hours = 8.0
    inverse: tuple[str, ...] = ()
    # its contract settled in USDC beside the one in USDT, None where there is none
    usdc: str | None = None
    tiers_source = "exchange"
    # floor and maintenance amount of the second tier, None if there is one tier alone
    second_tier: tuple[float, float] | None
    # how far back from NOW the OI history reaches, and the timeframe of the present OI
    interest_reach = 70 * 86_400_000
    present = "1h"

    def __init__(self) -> None:
        """Start with no request seen and nothing broken."""
        self.seen: list[tuple[str, dict[str, str]]] = []
        self.urls: list[str] = []
        self.broken: dict[str, tuple[int, str, dict[str, str]]] = {}
        self.prefix = ""

    def answers(self) -> dict[str, Callable[[dict[str, str]], Any]]:
        """Return what answers each path."""
        raise NotImplementedError

    def answer(self, request: Any, context: Any) -> str:
        """Answer as the venue would."""
        url = urlsplit(request.url)
        query = {key: values[0] for key, values in parse_qs(url.query).items()}
        path = url.path.removeprefix(self.prefix)
        if request.method == "POST":
            body = request.json()
            path, query = f"{path}/{body['type']}", {**body, **body.get("req", {})}
        self.seen.append((path, query))
        self.urls.append(request.url)
        context.headers["Content-Type"] = "application/json"
        for end, (status, text, headers) in self.broken.items():
            if path.endswith(end):
                context.status_code = status
                context.headers.update(headers)
                return text
        return json.dumps(self.answers()[path](query))

    def queries(self, end: str | None) -> list[dict[str, str]]:
        """Return the queries of the calls whose path ends so; a venue without that path fails the test."""
        assert end is not None
        return [query for path, query in self.seen if path.endswith(end)]
