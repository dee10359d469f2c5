"""Which two maps are compared: exactly one kind of pair, each map with its own in place of what they share."""

from dataclasses import replace
from typing import Any

import pytest

from service.analysis.requests import AxisRequest
from service.analysis.results.diff_request import DiffRequest
from service.heatmap import BadInput, parse_mix
from tests.support.fake_exchange import T0
from tests.support.requests import market_request

NOTHING = dict.fromkeys(("a", "b", "as_of_a", "as_of_b", "mix_a", "mix_b", "churn_a", "churn_b"))


def asked(**given: Any) -> DiffRequest:
    """Return a request that gives these."""
    market = market_request(exchange="" if "a" in given else "fake")
    return DiffRequest(market=market, axis=AxisRequest(range_pct=10.0), alignment="absolute", **(NOTHING | given))


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({"a": "x", "b": "y"}, "exchanges"),
        ({"as_of_a": T0}, "moments"),
        ({"mix_a": parse_mix("degen")}, "assumptions"),
        ({"churn_b": 0.5}, "assumptions"),
    ],
)
def test_the_kind_of_pair(given: dict[str, Any], kind: str) -> None:
    """One moment or one assumption is held against what both maps share."""
    assert asked(**given).kind() == kind


@pytest.mark.parametrize(
    ("given", "field"),
    [({}, "a"), ({"a": "x"}, "b"), ({"b": "x"}, "a"), ({"a": "x", "b": "y", "churn_a": 1.0}, "churn_a")],
)
def test_what_is_no_pair(given: dict[str, Any], field: str) -> None:
    """Nothing, half a pair of exchanges, or two kinds at once: the parameter is named."""
    with pytest.raises(BadInput) as refused:
        asked(**given).kind()
    assert refused.value.field == field


def test_what_both_maps_have_their_own_of_is_not_asked_of_both() -> None:
    """It would not be read; where one map lacks it, it is that map's."""
    ours, shared = asked(churn_a=0.5, churn_b=0.7), replace(market_request().assumptions, churn=0.6)
    unread = replace(ours, market=replace(ours.market, assumptions=shared))
    with pytest.raises(BadInput) as refused:
        unread.kind()
    assert refused.value.field == "churn"
    read = replace(unread, churn_b=None)
    assert read.kind() == "assumptions"
    assert read.markets()["b"].assumptions.churn == 0.6


def test_each_map_has_its_own() -> None:
    """What a map is not given is what both share."""
    maps = asked(a="x", b="y").markets()
    assert (maps["a"].exchange, maps["b"].exchange) == ("x", "y")
    maps = asked(as_of_b=T0, churn_a=0.5, mix_b=parse_mix("degen")).markets()
    assert (maps["a"].as_of, maps["b"].as_of) == (None, T0)
    assert (maps["a"].assumptions.churn, maps["b"].assumptions.churn) == (0.5, None)
    assert (maps["a"].assumptions.mix.name, maps["b"].assumptions.mix.name) == ("default", "degen")
    assert maps["a"].exchange == market_request().exchange
