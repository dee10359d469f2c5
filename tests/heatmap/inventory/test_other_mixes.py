"""Rivals are the mixes that the caller did not take, under all else that the caller assumes."""

import pytest

from service.heatmap.inventory.assumptions import Assumptions
from service.heatmap.inventory.leverage import parse_mix
from service.heatmap.inventory.other_mixes import MIXES, rivals


@pytest.mark.parametrize("name", MIXES)
@pytest.mark.parametrize("rule", ["binance", "hyperliquid"])
def test_each_of_the_four_has_the_other_three(name: str, rule: str) -> None:
    """Its own is not made twice, on exchanges with their own populations too."""
    assert set(rivals(Assumptions.of(parse_mix(name), rule), rule)) == set(MIXES) - {name}


@pytest.mark.parametrize("mix", ["bands", "10:0.7,25:0.3"])
def test_any_other_mix_has_all_four(mix: str) -> None:
    """A comb, or one's own."""
    assert set(rivals(Assumptions.of(parse_mix(mix)), "binance")) == set(MIXES)


def test_the_rest_stays_the_callers() -> None:
    """Churn, size and buffer; the churn within bars goes with the mix."""
    own = Assumptions.of(parse_mix("retail"), churn=1.0, position_notional=5e4, liquidation_buffer=0.001)
    for name, one in rivals(own, "binance").items():
        assert (one.churn, one.position_notional, one.liquidation_buffer) == (1.0, 5e4, 0.001)
        assert one.fast_churn == Assumptions.of(parse_mix(name)).fast_churn
