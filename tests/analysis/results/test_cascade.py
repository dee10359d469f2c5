"""The shock that a cascade is asked for."""

import pytest

from service.analysis.requests import AxisRequest
from service.analysis.results.cascade import CascadeRequest, ShockRequest, prepare_cascade
from service.heatmap import BadInput, Shock
from service.market.contract import ExchangeUnavailable
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.requests import market_request


def asked(**shock: float) -> CascadeRequest:
    """Return a request for a shock."""
    given = {name: shock.get(name) for name in ("move_pct", "sell_usd", "buy_usd")}
    axis = AxisRequest(bins=100, range_pct=30.0)
    return CascadeRequest(
        market=market_request(),
        axis=axis,
        shock=ShockRequest(**given),
        executed=0.2,
        refill=0.1,
        refill_minutes=5.0,
        insurance=0.05,
        state="calm",
        samples=10,
        seed=1,
    )


@pytest.mark.parametrize("shock", [{"move_pct": -5.0}, {"sell_usd": 1e6}, {"buy_usd": 1e6}])
def test_one_shock(shock: dict[str, float]) -> None:
    """Each kind on its own."""
    assert asked(**shock).shock.shock() == Shock(**shock)


@pytest.mark.parametrize("shock", [{}, {"move_pct": 1.0, "buy_usd": 1e6}, {"move_pct": 0.0}])
def test_none_or_several(shock: dict[str, float]) -> None:
    """Refused before anything is fetched, as is no move at all."""
    fake = FakeExchange()
    with pytest.raises(BadInput, match="move_pct"):
        prepare_cascade(services_of(fake), asked(**shock))
    assert fake.calls == []


def test_a_cascade_needs_a_book() -> None:
    """Without one there is no answer, for nothing could absorb the move."""
    fake = FakeExchange()
    fake.fail("order_book", ExchangeUnavailable("fake", "no book"))
    with pytest.raises(ExchangeUnavailable, match="needs the order book: fake: no book"):
        prepare_cascade(services_of(fake), asked(move_pct=-3.0))


def test_the_result_holds_its_parts_together() -> None:
    """A chance for each hot zone, and assumptions as asked for."""
    result = prepare_cascade(services_of(FakeExchange()), asked(move_pct=-3.0)).compute()
    assert [reached.probability for reached in result.zones] == list(result.odds.reach)
    assert (result.assumptions.executed, result.assumptions.refill, result.seed) == (0.2, 0.1, 1)
    low, high = result.assumptions.draws["executed"]
    assert low < 0.2 < high
