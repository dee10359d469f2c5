"""The other leg of a hedge, from what a caller has of it."""

from typing import Any

import pytest

from service.analysis.position.hedge_leg import with_other_leg
from service.analysis.position.request import LiquidationPriceRequest
from service.analysis.position.terms import terms_of
from service.heatmap import BadInput, Position, Side
from service.market.feed import MarketFeed
from tests.support.fake_exchange import T0, Clock, FakeExchange

FEED = MarketFeed({"fake": FakeExchange()}, Clock())


def leg_of(rule: str = "binance", side: Side = Side.LONG, **more: Any) -> tuple[Position, list[str]]:
    """Return a cross position of 10 at 100 with its other leg."""
    request = LiquidationPriceRequest(
        side=side, entry=100.0, size=10.0, margin=500.0, margin_mode="cross", rule=rule, maintenance_rate=0.01, **more
    )
    position = Position(
        side=side, entry=100.0, size=10.0, margin=500.0, mode="cross",
        other_pnl=request.other_pnl, other_maintenance=request.other_maintenance,
    )  # fmt: skip
    return with_other_leg(position, request, terms_of(FEED, request, T0))


@pytest.mark.parametrize(("side", "entry"), [(Side.LONG, 107.0), (Side.SHORT, 93.0)])
def test_its_entry_follows_from_its_profit(side: Side, entry: float) -> None:
    """A leg of 4 on the other side that has made 28 at 100 was opened 7 away, on the side that pays."""
    position, said = leg_of(side=side, other_size=4.0, other_pnl=28.0, mark=100.0)
    assert (position.hedge_size, position.hedge_entry) == (4.0, pytest.approx(entry))
    assert (position.other_pnl, position.other_maintenance, said) == (0.0, 0.0, [])


def test_its_size_follows_from_its_maintenance_at_one_rate() -> None:
    """Linear in coin, inverse in USD; said to be inferred."""
    position, (sentence,) = leg_of(other_maintenance=4.0, mark=100.0)
    assert position.hedge_size == pytest.approx(4.0)
    assert "a short of 4" in sentence
    inverse, _ = leg_of("binance-inverse", other_maintenance=0.004, mark=100.0)
    assert inverse.hedge_size == pytest.approx(40.0)


@pytest.mark.parametrize("more", [{}, {"other_maintenance": 4.0}, {"other_pnl": 5.0, "mark": 100.0}])
def test_there_is_none_where_nothing_tells_of_one(more: dict[str, Any]) -> None:
    """Without a mark, or without maintenance, the others' figures are of other markets."""
    position, said = leg_of(**more)
    assert (position.hedge_size, said) == (0.0, [])


def test_a_leg_that_cannot_be() -> None:
    """No short has made 500 on 4 at 100 from a price above 0 on the other side of it: a long would have to."""
    with pytest.raises(BadInput, match="no position of 4 can have made -500 at 100"):
        leg_of(other_size=4.0, other_pnl=-500.0, mark=100.0)
