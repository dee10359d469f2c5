"""What an answer says of figures that move nothing, and of what is not sure."""

from dataclasses import replace

import pytest

from service.analysis.position.remarks import of_the_terms, unused
from service.analysis.position.request import LiquidationPriceRequest
from service.analysis.position.terms import terms_of
from service.heatmap import Side
from service.market.feed import MarketFeed
from tests.support.fake_exchange import Clock, FakeExchange

NOW = 1_770_000_000_000  # 2026-02-02
PLAIN = LiquidationPriceRequest(side=Side.LONG, entry=100.0, rule="binance", maintenance_rate=0.01, leverage=10.0)
FEED = MarketFeed({"fake": FakeExchange()}, Clock())
YEARS_AGO = NOW - 3 * 365 * 86_400_000


@pytest.mark.parametrize(
    ("request_", "start"),
    [
        (replace(PLAIN, taker_fee=0.0005), "taker_fee moves nothing: binance"),
        (replace(PLAIN, rule="bybit", taker_fee=0.0005), "taker_fee moves nothing: bybit counts it on margin beyond"),
        (replace(PLAIN, rule="okx", maintenance_amount=1.0), "okx applies its rate to the whole position"),
        (replace(PLAIN, symbol="ETH"), "symbol moves nothing"),
        (replace(PLAIN, margin=50.0), "margin is not the 10 that leverage makes"),
        (replace(PLAIN, margin=50.0, margin_mode="cross"), "leverage moves nothing in cross mode"),
    ],
)
def test_a_figure_that_moves_nothing_is_named(request_: LiquidationPriceRequest, start: str) -> None:
    """One sentence for it, and none for the others."""
    (sentence,) = unused(request_, terms_of(FEED, request_, NOW))
    assert sentence.startswith(start)


def test_nothing_is_said_of_what_counts() -> None:
    """A fee where the rule counts it, a margin that is what the leverage makes."""
    for request in (PLAIN, replace(PLAIN, rule="okx", taker_fee=0.0005), replace(PLAIN, margin=10.0)):
        terms = terms_of(FEED, request, NOW)
        assert unused(request, terms) == []
        assert of_the_terms(request, terms, NOW) == []


@pytest.mark.parametrize(
    ("request_", "start"),
    [
        (replace(PLAIN, rule="kucoin"), "The text names no figure for the liquidation fee rate"),
        (replace(PLAIN, rule="bybit", margin=50.0, margin_mode="cross"), "The text of bybit that was found speaks of"),
        (replace(PLAIN, rule="phemex-inverse"), "No text on coin-margined contracts was found"),
        (
            LiquidationPriceRequest(side=Side.LONG, entry=100.0, leverage=5.0, exchange="fake", as_of=YEARS_AGO),
            "Risk tiers are today's",
        ),
    ],
)
def test_what_is_not_sure_is_said(request_: LiquidationPriceRequest, start: str) -> None:
    """Of the rule's text, and of tiers that are not those of the moment."""
    said = of_the_terms(request_, terms_of(FEED, request_, NOW), NOW)
    assert [sentence for sentence in said if sentence.startswith(start)]
