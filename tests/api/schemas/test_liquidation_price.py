"""A liquidation price is written as its schema says, with nulls where the tiers are the caller's."""

from service.analysis.position.request import LiquidationPriceRequest
from service.analysis.results.liquidation_price import prepare_liquidation_price
from service.api.schemas.liquidation_price import EXAMPLE, LiquidationPriceSchema, liquidation_price_body
from service.heatmap import Side
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.rendered import rendered

OWN = LiquidationPriceRequest(
    exchange=None, symbol="BTC", rule="binance", side=Side.LONG, entry=100.0, size=1.0, leverage=10.0, margin=None,
    margin_mode="isolated", other_maintenance=0.0, other_pnl=0.0, mark=None, maintenance_rate=0.005,
    maintenance_amount=None, taker_fee=None,
)  # fmt: skip


def test_the_callers_own_tiers_have_no_age() -> None:
    """Nor an exchange or a symbol."""
    body = rendered(
        liquidation_price_body(prepare_liquidation_price(services_of(FakeExchange()), OWN).compute()),
        LiquidationPriceSchema(),
    )
    assert {name for name in ("exchange", "symbol", "as_of", "age_seconds") if body[name] is None} == {
        "exchange", "symbol", "as_of", "age_seconds",
    }  # fmt: skip
    assert list(body) == [name for name in body if name in EXAMPLE]


def test_the_contracts_example_is_of_its_own_shape() -> None:
    """It is what the schema says."""
    assert LiquidationPriceSchema().validate(EXAMPLE) == {}
