"""Whose rule, tiers and fee a position is under."""

from dataclasses import replace
from typing import Any

import pytest

from service.analysis.position.request import LiquidationPriceRequest
from service.analysis.position.terms import terms_of
from service.heatmap import BadInput, Side
from service.market.contract import ExchangeUnavailable
from service.market.feed import MarketFeed
from tests.support.fake_exchange import Clock, FakeExchange

NOW = 1_770_000_000_000  # 2026-02-02
OWN = LiquidationPriceRequest(side=Side.LONG, entry=100.0, rule="bybit", maintenance_rate=0.01)
LISTED = LiquidationPriceRequest(side=Side.LONG, entry=100.0, exchange="fake")


def feed_of(exchange: FakeExchange | None = None) -> MarketFeed:
    """Return a feed on one exchange."""
    exchange = exchange or FakeExchange()
    return MarketFeed({exchange.id: exchange}, Clock())


def test_the_rule_in_force() -> None:
    """Now, or at the moment asked for, whoever names it."""
    assert terms_of(feed_of(), OWN, NOW).rule.id == "bybit"
    before = 1_735_689_600_000
    assert terms_of(feed_of(), replace(OWN, as_of=before), NOW).rule.id == "bybit-until-2025-09-02"
    assert terms_of(feed_of(), replace(LISTED, rule="kucoin", as_of=before), NOW).rule.id == "kucoin-until-2025-05-22"


def test_the_exchanges_tiers_as_its_rule_applies_them() -> None:
    """In slices with their amounts, or on the whole with none."""
    sliced, whole = (terms_of(feed_of(), replace(LISTED, rule=rule), NOW) for rule in ("binance", "okx"))
    assert sliced.tiers.maintenance_amount.any()
    assert not whole.tiers.maintenance_amount.any()
    assert sliced.tiers.maintenance_rate.tolist() == whole.tiers.maintenance_rate.tolist()
    assert (sliced.fee, sliced.market and sliced.market.symbol) == (0.0005, "BTC/USDT:USDT")


def test_tiers_that_fail_are_stood_in_for() -> None:
    """The reason is beside them."""
    exchange = FakeExchange()
    exchange.fail("tiers", ExchangeUnavailable("fake", "timed out"))
    found = terms_of(feed_of(exchange), LISTED, NOW).found
    assert found is not None
    assert (found.tiers.source, "timed out" in found.lack) == ("assumed", True)


@pytest.mark.parametrize(
    ("request_", "field"),
    [
        (replace(OWN, rule=None), "rule"),
        (replace(OWN, maintenance_rate=None), "maintenance_rate"),
        (replace(OWN, maintenance_rate=None, maintenance_amount=1.0), "maintenance_amount"),
        (replace(LISTED, rule="okx-inverse"), "rule"),
        (replace(OWN, as_of=NOW + 1), "as_of"),
    ],
)
def test_what_is_needed_is_named(request_: Any, field: str) -> None:
    """And so is a rule of another kind of contract."""
    with pytest.raises(BadInput) as refused:
        terms_of(feed_of(), request_, NOW)
    assert refused.value.field == field
