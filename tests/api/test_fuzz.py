"""Whatever the contract allows is answered as it says, and whatever it does not allow is refused.

schemathesis makes the requests from the contract; every one of its checks holds. One is made sharper here: it asks
that what fits the schemas be accepted, which schemas of single parameters cannot promise. SPANNING lists the parameters
whose limits lie beyond their schema, each with the reason; a refusal that names any other parameter fails.
"""

import os
from typing import Any

import orjson
import pytest
import schemathesis
from hypothesis import HealthCheck, settings
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import positive_data_acceptance

from service.app import create_app
from service.settings import Settings
from tests.support.fake_exchange import HOUR, T0, Clock, FakeExchange

# Listed some days ago, so that no lookback makes a large answer.
FAKES = {exchange: FakeExchange(exchange, price=price, listed=T0 - 120 * HOUR) for exchange, price in
         (("sim", 60_000.0), ("sim2", 60_100.0))}  # fmt: skip
APP = create_app(Settings(), exchanges=FAKES, clock=Clock())
# Of each operation: 25, always the same; or as many as `make faults` asks for, by its seed.
CASES = os.environ.get("FUZZ_CASES")
EXAMPLES = int(CASES) if CASES else settings().max_examples // 4

SPANNING = {
    "as_of": "not in the future, and not more than three years ago: that moves with the clock",
    "since": "a moment that there is, in a month that there is",
    "mix": "leverages lie between 1.1 and 500, none twice, and the market allows one of them",
    "lookback": "at least 2 bars and at most 9000 of the timeframe; /v1/skill also needs enough to score",
    "bins": "at most 2 million cells: lookback / timeframe x bins",
    "range_pct": "the model's own bins of all columns must fit into memory: lookback / timeframe x range",
    "bin_size": "not along with bins; at most 2000 bins around the price, and 2 million cells",
    "exchange": "none twice in a list, and one alone where several cannot be taken together",
}
SPANNING_BY_PATH = {
    "/v1/skill": {"resamples": "hours x resamples are bounded"},
    "/v1/cascade": {
        "move_pct": "one of three shocks, and not 0",
        "sell_usd": "one of three",
        "buy_usd": "one of three",
    },
    "/v1/diff": {
        "a": "one kind of pair, and both of it",
        "b": "one kind of pair, and both of it",
        "as_of_a": "as as_of",
        "as_of_b": "as as_of",
        "mix_a": "as mix",
        "mix_b": "as mix",
        "churn_a": "one kind of pair",
        "churn_b": "one kind of pair",
    },
    "/v1/liquidation-price": {
        "rule": "needed without an exchange",
        "maintenance_rate": "needed without an exchange",
        "maintenance_amount": "goes with maintenance_rate",
        "leverage": "one of leverage and margin",
        "margin": "one of leverage and margin",
        "mark": "what the position, its margin and the account leave room for",
        "other_maintenance": "cross margin alone",
        "other_pnl": "cross margin alone",
        "other_size": "cross margin alone",
        "other_entry": "goes with other_size",
    },
    "/v1/scan": {"symbols": "at most so many exchanges x symbols, each named by 1 to 40 characters"},
    "/v1/heatmap.png": {"size": "both numbers in their ranges"},
    "/v1/zones.png": {"size": "both numbers in their ranges"},
    "/v1/zones": {"timeframes": "each at most once"},
}


def contract() -> Any:
    """Return the served contract as schemathesis reads it, with a few examples for each operation."""
    load_all_checks()
    config = schemathesis.Config.from_dict({"generation": {"max-examples": EXAMPLES, "deterministic": not CASES}})
    return schemathesis.openapi.from_wsgi("/openapi.yaml", APP, config=config)


SCHEMA = contract()


@pytest.mark.slow
@SCHEMA.parametrize()  # type: ignore[untyped-decorator]  # schemathesis leaves it open
@settings(
    max_examples=EXAMPLES, deadline=None, derandomize=not CASES, database=None, suppress_health_check=list(HealthCheck)
)
def test_served_as_described(case: Any) -> None:
    """Status, content type, headers and body are described; bad requests are refused, good ones are answered."""
    # Compressed answers are tested elsewhere; a WSGI call does not unpack them.
    response = case.call(headers={"Accept-Encoding": "identity"})
    case.validate_response(response, excluded_checks=[positive_data_acceptance])
    if response.status_code == 422 and case.meta.generation.mode.is_positive:
        named = {error["field"] for error in orjson.loads(response.content).get("errors", [])}
        known = SPANNING.keys() | SPANNING_BY_PATH.get(case.operation.path, {}).keys()
        assert named <= known, f"{case.formatted_path} {case.query}: {response.text}"
