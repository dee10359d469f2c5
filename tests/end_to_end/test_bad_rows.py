"""Rows that real exchanges send and that are no bars or no open interest cost themselves alone, on every venue."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import cache
from typing import Any

import pytest

from service.market.venues import ADAPTERS
from tests.emulator import Emulator
from tests.emulator.venue import Key, Reply, Request
from tests.end_to_end.conftest import NOW
from tests.end_to_end.stage import HOUR, REAL, Amended, Stage
from tests.support.slowly import few_fast

QUERY = {"symbol": "BTC", "bins": 100}
# Of the hours that are spoilt, the first is so many hours back.
BACK = 50
WITH_HISTORY = [adapter.id for adapter in ADAPTERS if adapter.capabilities.open_interest_history]


@dataclass(frozen=True)
class Bars:
    """Where a venue answers with bars, and the keys of a row's cells."""

    path: str
    time: Key
    open: Key
    high: Key
    low: Key
    close: Key
    volume: tuple[Key, ...]


BARS = {
    "binance": Bars("v1/klines", 0, 1, 2, 3, 4, (5,)),
    "bybit": Bars("v5/market/kline", 0, 1, 2, 3, 4, (5,)),
    "okx": Bars("market/candles", 0, 1, 2, 3, 4, (5, 6, 7)),
    "gate": Bars("futures/usdt/candlesticks", "t", "o", "h", "l", "c", ("v",)),
    "kucoin": Bars("kline/query", 0, 1, 2, 3, 4, (5,)),
    "htx": Bars("market/history/kline", "id", "open", "high", "low", "close", ("amount", "vol")),
    "bitget": Bars("market/candles", 0, 1, 2, 3, 4, (5,)),
    "hyperliquid": Bars("/info", "t", "o", "h", "l", "c", ("v",)),
}
INTEREST: dict[str, tuple[str, Key, Any]] = {
    "binance": ("openInterestHist", "timestamp", ("sumOpenInterest", "sumOpenInterestValue")),
    "bybit": ("v5/market/open-interest", "timestamp", ("openInterest", "singleOpenInterest")),
    "okx": ("open-interest-history", 0, (1, 2, 3)),
    "gate": ("contract_stats", "time", ("open_interest", "open_interest_usd")),
    "kucoin": ("market/open-interest", "ts", ("openInterest",)),
    "htx": ("swap_his_open_interest", "ts", ("volume", "value")),
}


def is_spoilt(row: Any, time: Key, hours: int, back: int = BACK) -> bool:
    """Tell whether a row is one of so many hours, from so many back."""
    try:
        moment = float(row[time])
    except (KeyError, TypeError, ValueError, IndexError):
        return False
    moment *= 1000 if moment < 1e12 else 1
    first = NOW // HOUR * HOUR - back * HOUR
    return first <= moment < first + hours * HOUR


def like(cell: Any, value: float) -> Any:
    """Return a number as the venue writes that cell."""
    return f"{value:.8f}" if isinstance(cell, str) else type(cell)(value)


def halt(row: Any, bars: Bars) -> None:
    """Halt trading, and go on sending."""
    for key in (bars.open, bars.high, bars.low, bars.close, *bars.volume):
        row[key] = like(row[key], 0.0)


def open_below_low(row: Any, bars: Bars) -> None:
    """Stamp the last trade of the bar before as the open."""
    row[bars.open] = like(row[bars.open], float(row[bars.low]) - 0.1)


def close_above_high(row: Any, bars: Bars) -> None:
    """Round the close up and the high down."""
    row[bars.close] = like(row[bars.close], float(row[bars.high]) + 0.1)


def wick(row: Any, bars: Bars) -> None:
    """Show a price that nobody paid."""
    row[bars.high] = like(row[bars.high], 12.0 * float(row[bars.high]))


def far_low(row: Any, bars: Bars) -> None:
    """Show another one."""
    row[bars.low] = like(row[bars.low], float(row[bars.low]) / 1e5)


def negative_volume(row: Any, bars: Bars) -> None:
    """Give an amount a sign."""
    for key in bars.volume:
        row[key] = like(row[key], -1.0 - float(row[key]))


def nulls(row: Any, bars: Bars) -> None:
    """Leave the row unfilled."""
    for key in (bars.open, bars.high, bars.low, bars.close):
        row[key] = None


Spoil = Callable[[Any, Bars], None]


def is_of_mark_prices(request: Request) -> bool:
    """Tell whether mark prices are asked for."""
    asked = f"{request.path} {request.query}".lower()
    return any(word in asked for word in ("mark-price", "mark_price", "markprice", "mark_", "'mark'"))


def spoilt_bars(exchange: str, spoil: Spoil, hours: int, back: int = BACK) -> Callable[[Request, Reply], None]:
    """Return what spoils so many hours of a venue's traded bars."""
    bars = BARS[exchange]

    def change(request: Request, reply: Reply) -> None:
        if bars.path in request.path and not is_of_mark_prices(request):
            for row in reply.rows:
                if is_spoilt(row, bars.time, hours, back):
                    spoil(row, bars)

    return change


def asked(emulator: Emulator, exchange: str, change: Callable[[Request, Reply], None] | None = None) -> Any:
    """Return the heatmap of an exchange by a fresh application."""
    with Stage(emulator, [exchange]) as stage:
        if change is None:
            return stage.ask("/v1/heatmap", exchange=exchange, **QUERY)
        with Amended(emulator, exchange, change):
            return stage.ask("/v1/heatmap", exchange=exchange, **QUERY)


# Gives the answer of an exchange.
Asked = Callable[[str], Any]


@pytest.fixture(scope="module")
def whole(walk: Emulator) -> Asked:
    """Return a function that gives an exchange's heatmap when nothing is wrong."""

    @cache
    def ask(exchange: str) -> Any:
        walk.heal()
        walk.now_ms = NOW
        return asked(walk, exchange)

    return ask


@pytest.mark.parametrize(
    ("spoil", "hours"), [(halt, 6), (halt, 30), (wick, 1), (far_low, 1), (negative_volume, 2), (nulls, 3)]
)
@pytest.mark.parametrize("exchange", few_fast(REAL))
def test_bars_that_cannot_be_right_are_missing(
    emulator: Emulator, whole: Asked, exchange: str, spoil: Spoil, hours: int
) -> None:
    """They are counted among the gaps and told, the trust is lower, and the map ends where it did."""
    body, right = asked(emulator, exchange, spoilt_bars(exchange, spoil, hours)), whole(exchange)
    assert body["coverage"]["gaps"] == hours
    assert any(f"{hours} bar" in warning and "left out" in warning for warning in body["warnings"])
    assert body["data_quality"]["parts"][0]["value"] < right["data_quality"]["parts"][0]["value"]
    assert body["as_of"] == right["as_of"]
    assert sum(body["grid"]["long"][-1]) == pytest.approx(sum(right["grid"]["long"][-1]), rel=0.25)


@pytest.mark.parametrize("spoil", [open_below_low, close_above_high])
@pytest.mark.parametrize("exchange", few_fast(REAL))
def test_a_bar_that_does_not_hold_its_own_ends_is_widened(
    emulator: Emulator, whole: Asked, exchange: str, spoil: Spoil
) -> None:
    """By a tick: nothing is missing, the map is all but the same, and it is told."""
    body, right = asked(emulator, exchange, spoilt_bars(exchange, spoil, 1)), whole(exchange)
    assert body["coverage"]["gaps"] == 0
    assert any("1 bar that was sent is widened" in warning for warning in body["warnings"])
    assert body["data_quality"]["parts"][0]["value"] < right["data_quality"]["parts"][0]["value"]
    assert sum(body["grid"]["short"][-1]) == pytest.approx(sum(right["grid"]["short"][-1]), rel=0.02)


@pytest.mark.parametrize("exchange", few_fast(REAL))
def test_too_much_gone_is_refused_with_its_share(emulator: Emulator, exchange: str) -> None:
    """With most of the bars halted there is no map, and the error says how many."""
    change = spoilt_bars(exchange, halt, 10_000 - 50, 10_000)
    with Stage(emulator, [exchange]) as stage, Amended(emulator, exchange, change):
        answer = stage.get("/v1/heatmap", exchange=exchange, **QUERY)
    assert answer.status_code == 503
    assert "of 336 (85%) cannot be right" in answer.get_json()["detail"]


@pytest.mark.parametrize("value", ["0", None, "", "-5", "NaN"])
@pytest.mark.parametrize("exchange", few_fast(WITH_HISTORY))
def test_open_interest_that_is_none_is_not_known(
    emulator: Emulator, whole: Asked, exchange: str, value: str | None
) -> None:
    """0 is what venues send where nobody counted, and worse; the bars stay, and flows come from volume there."""
    path, time, keys = INTEREST[exchange]

    def change(request: Request, reply: Reply) -> None:
        for row in reply.rows if path in request.path else ():
            if is_spoilt(row, time, 14):
                for key in keys:
                    if isinstance(row, list) or key in row:
                        # JSON has no number that is none.
                        number = float(value) if value in {"0", "-5"} else None
                        row[key] = value if isinstance(row[key], str) else number

    body = asked(emulator, exchange, change)
    assert body["coverage"]["gaps"] == 0
    lost = whole(exchange)["coverage"]["open_interest_share"] - body["coverage"]["open_interest_share"]
    assert 13 / 336 <= lost <= 15 / 336
    assert any("Open interest is not known for" in warning for warning in body["warnings"])
