"""An envelope as JSON has exactly what its schema says, whatever is missing."""

from dataclasses import replace

import orjson
import pytest

from service.analysis.markets.group import Group
from service.analysis.markets.realised import MixFit
from service.api.schemas.envelope import EnvelopeSchema
from service.api.schemas.envelope_body import envelope_body
from service.market.contract import ExchangeUnavailable, UnknownSymbol
from tests.support.fake_estimate import estimate_of
from tests.support.fake_exchange import T0

NOW = T0 / 1000 + 60.0
GROUPS = {
    "one": Group({"fake": estimate_of()}, {}),
    "missing": Group({"fake": estimate_of()}, {"b": ExchangeUnavailable("b", "is down")}),
    "not listed": Group({"fake": estimate_of()}, {"b": UnknownSymbol("b", "BTC")}),
    "fitted": Group({"fake": replace(estimate_of(), fit=MixFit(None, "Too little."))}, {}),
}


@pytest.mark.parametrize("name", GROUPS)
def test_it_is_what_the_schema_says(name: str) -> None:
    """Every field that must be there, and none besides."""
    body = orjson.loads(orjson.dumps(envelope_body(GROUPS[name].envelope(NOW)), option=orjson.OPT_SERIALIZE_NUMPY))
    assert EnvelopeSchema().validate(body) == {}


def test_what_is_assumed_besides_is_added() -> None:
    """After the map's own assumptions."""
    body = envelope_body(GROUPS["one"].envelope(NOW), assumed={"executed": 0.2})
    assert list(body["assumptions"])[-1] == "executed"


def test_an_absent_exchange_has_nulls() -> None:
    """And says why it is absent."""
    absent = envelope_body(GROUPS["missing"].envelope(NOW))["sources"][1]
    assert (absent["state"], absent["reason"], absent["weight"]) == ("missing", "b: is down", 0.0)
    assert {name for name, value in absent.items() if value is None} == {
        "symbol", "price", "open_interest_usd", "as_of", "liquidation_rule", "tiers", "tiers_dated",
        "price_source", "price_time", "stale",
    }  # fmt: skip
