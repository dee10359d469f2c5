"""Requests carry what the caller assumes to the model."""

from dataclasses import replace

import pytest

from service.heatmap import Assumptions, parse_mix
from tests.support.requests import ASSUMED


def test_what_the_caller_leaves_out_is_the_models_own() -> None:
    """Churn by default; mix and position as they were given."""
    assumptions = replace(ASSUMED, mix=parse_mix("degen"), position_notional=5e5).assumptions("binance")
    assert assumptions.churn == Assumptions().churn
    assert (assumptions.mix.name, assumptions.position_notional) == ("degen", 5e5)
    assert replace(ASSUMED, churn=0.3).assumptions("binance").churn == 0.3


@pytest.mark.parametrize(("name", "fitted"), [("default", False), ("fitted", True)])
def test_whether_the_mix_is_to_be_fitted(name: str, fitted: bool) -> None:
    """Its name says so."""
    assert replace(ASSUMED, mix=replace(ASSUMED.mix, name=name)).fitted is fitted
