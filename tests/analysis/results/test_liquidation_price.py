"""The terms that a position is liquidated by: the exchange's, and the caller's own above them."""

from dataclasses import replace
from typing import Any

import pytest

from service.analysis.position.request import LiquidationPriceRequest
from service.analysis.results.liquidation_price import prepare_liquidation_price
from service.heatmap import BadInput, Side
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of

OWN = LiquidationPriceRequest(
    exchange=None, symbol="BTC", rule="binance", side=Side.LONG, entry=100.0, size=1.0, leverage=10.0, margin=None,
    margin_mode="isolated", other_maintenance=0.0, other_pnl=0.0, mark=None, maintenance_rate=0.005,
    maintenance_amount=None, taker_fee=None,
)  # fmt: skip
LISTED = replace(OWN, exchange="fake", rule=None, maintenance_rate=None)


def test_the_callers_own_terms() -> None:
    """No exchange is asked; the formula's price: entry (1 - 1/L) / (1 - m)."""
    fake = FakeExchange()
    result = prepare_liquidation_price(services_of(fake), OWN).compute()
    assert result.liquidation.price == pytest.approx(100.0 * 0.9 / 0.995)
    assert (result.terms.found, result.terms.exchange, fake.calls) == (None, None, [])


def test_the_exchanges_terms() -> None:
    """Rule, fee and tiers are its own, and the caller's figures stand above them."""
    services = services_of(FakeExchange())
    terms = prepare_liquidation_price(services, LISTED).compute().terms
    assert terms.exchange is not None
    assert terms.market is not None
    assert terms.found is not None
    assert (terms.exchange.id, terms.market.symbol, terms.found.tiers.source) == ("fake", "BTC/USDT:USDT", "exchange")
    assert terms.found.tiers.read_at > 0
    mixed = prepare_liquidation_price(services, replace(LISTED, taker_fee=0.01, maintenance_rate=0.02)).compute().terms
    assert (mixed.fee, mixed.found, mixed.exchange) == (0.01, None, terms.exchange)
    assert mixed.tiers.maintenance_rate.tolist() == [0.02]


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"rule": None}, "rule"),
        ({"maintenance_rate": None}, "maintenance_rate"),
        ({"maintenance_rate": None, "maintenance_amount": 1.0}, "maintenance_amount"),
        ({"other_pnl": 5.0}, "other_pnl"),
        ({"exchange": "fake", "rule": "binance-inverse"}, "rule"),
    ],
)
def test_what_does_not_go_together(changes: dict[str, Any], field: str) -> None:
    """The parameter is named."""
    with pytest.raises(BadInput) as refused:
        prepare_liquidation_price(services_of(FakeExchange()), replace(OWN, **changes))
    assert refused.value.field == field
