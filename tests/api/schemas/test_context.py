"""The market's context in JSON: each figure with its age."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from service.analysis.zones.context import market_context
from service.api.schemas.context import ContextSchema, context_body
from service.market.contract import AccountRatio, Coverage, Funding, MarketData, OpenInterest, OrderBook, ladder
from tests.support.hand_made import HOUR, MIDNIGHT, steady

NOW = (MIDNIGHT + 30 * HOUR) / 1000 + 90.0


def market() -> MarketData:
    """Return thirty hours whose open interest rises by one a bar, with everything beside them."""
    bars = steady(30)
    bars.open_interest[:] = 100.0 + np.arange(30)
    one = np.array([1.0])
    return MarketData(
        exchange="fake", symbol="BTC/USDT:USDT", timeframe="1h", bars=bars,
        tiers=ladder(np.array([0.0]), 0.004 * one, 100.0 * one, "exchange"),
        coverage=Coverage(MIDNIGHT, MIDNIGHT, 30, 0, 1.0, 1.0, has_book=True),
        as_of=MIDNIGHT + 30 * HOUR, price=100.0, taker_fee=0.0, rule="binance",
        book=OrderBook(MIDNIGHT + 30 * HOUR + 60_000, np.array([[99.9, 3.0]]), np.array([[100.1, 1.0]])),
        funding=Funding(-0.0002, 4.0, MIDNIGHT + 28 * HOUR), account_ratio=AccountRatio(1.5, MIDNIGHT + 29 * HOUR),
    )  # fmt: skip


def body_of(data: MarketData, now: float) -> dict[str, Any]:
    """Return the context of a market as JSON."""
    return context_body(market_context(data), now)


def known(value: float, age: float) -> dict[str, object]:
    """Return a reading that has a value."""
    return {"value": pytest.approx(value, abs=1e-6), "age_seconds": age, "reason": None}


def test_everything_on_paper() -> None:
    """Funding annualised, changes over an hour and a day, and ages in seconds from each one's own time."""
    body = body_of(market(), NOW)
    assert ContextSchema().validate(body) == {}
    assert body["funding"] == {
        "rate": -0.0002,
        "interval_hours": 4.0,
        "annualised": pytest.approx(-0.438),
        "age_seconds": 7290.0,
    }
    assert body["long_short_ratio"] == {"value": 1.5, "age_seconds": 3690.0, "reason": None}
    assert body["open_interest_change_1h"] == known(129 / 128 - 1, 90.0)
    assert body["open_interest_change_24h"] == known(129 / 105 - 1, 90.0)
    assert body["volume_z"] == known(0.0, 90.0) | {"value": None, "reason": "the 20 bars before traded all the same"}
    bid, ask = 99.9 * 3, 100.1
    assert body["book_imbalance"] == known((bid - ask) / (bid + ask), 30.0)


def test_what_is_missing_is_null() -> None:
    """No book, funding or ratio: null, and no age."""
    lacking = {"order_book": "it timed out"}
    body = body_of(replace(market(), book=None, funding=None, account_ratio=None, missing=lacking), NOW)
    assert ContextSchema().validate(body) == {}
    assert body["funding"] is None
    assert body["long_short_ratio"] == {"value": None, "age_seconds": None, "reason": "not published"}
    assert body["book_imbalance"] == {"value": None, "age_seconds": None, "reason": "it timed out"}


@pytest.mark.parametrize("step", [4 * HOUR, 24 * HOUR])
def test_long_bars_do_not_hide_the_last_hour(step: int) -> None:
    """On 4h and 1d bars both changes come of the finer history, with its age; without one an hour is not made up."""
    bars = steady(30, step=step, start=MIDNIGHT + 30 * HOUR - 30 * step)
    bars.open_interest[:] = 50.0
    hours = MIDNIGHT + HOUR * np.arange(5, 32)
    recent = OpenInterest(hours, 100.0 + np.arange(27.0))
    body = body_of(replace(market(), bars=bars, recent_interest=recent), NOW + 3600)
    assert body["open_interest_change_1h"] == known(126 / 125 - 1, 90.0)
    assert body["open_interest_change_24h"] == known(126 / 102 - 1, 90.0)
    alone = body_of(replace(market(), bars=bars), NOW + 3600)
    assert alone["open_interest_change_24h"] == known(0.0, 3690.0)
    assert alone["open_interest_change_1h"]["value"] is None
    assert "1 h before" in alone["open_interest_change_1h"]["reason"]


def test_short_bars_are_newer_than_the_finer_history() -> None:
    """Where the bars' own open interest ends later than the hourly history, they are what counts."""
    recent = OpenInterest(MIDNIGHT + HOUR * np.arange(0, 29), np.full(29, 7.0))
    body = body_of(replace(market(), recent_interest=recent), NOW)
    assert body["open_interest_change_1h"] == known(129 / 128 - 1, 90.0)


def test_a_clock_behind_gives_no_negative_age() -> None:
    """A venue's clock may run ahead of ours."""
    body = body_of(market(), NOW - 3600)
    assert body["book_imbalance"]["age_seconds"] == 0
    assert body["volume_z"]["age_seconds"] == 0
