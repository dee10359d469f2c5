"""The profile's result: the sum, and beside it what was asked for."""

from typing import Any

import numpy as np

from service.analysis.requests import AxisRequest
from service.analysis.results.profile import ProfileRequest, ProfileResult, prepare_profile
from service.heatmap import Side
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.requests import market_request

AXIS = AxisRequest(range_pct=15.0, bins=50)


def result(pair: tuple[FakeExchange, FakeExchange], **given: Any) -> ProfileResult:
    """Return the profile of two exchanges."""
    usual: dict[str, Any] = {"split": False, "uncertainty": False, "axis": AXIS}
    request = ProfileRequest(market=market_request(exchange="a,b"), **(usual | given))
    return prepare_profile(services_of(*pair), request).compute()


def test_only_what_was_asked_for_is_there(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """The sum and its heat alone."""
    found = result(pair)
    assert (found.spread, found.split) == (None, None)
    assert found.axis.count == len(found.total.sides[Side.LONG].notional)
    assert found.envelope.price > 0


def test_parts_add_up_to_the_sum(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """Each exchange's own, and the members of the ensemble on the same bins."""
    found = result(pair, split=True, uncertainty=True)
    assert found.split is not None
    assert found.spread is not None
    assert list(found.split) == ["a", "b"]
    parts = sum(part.sides[Side.SHORT].notional for part in found.split.values())
    np.testing.assert_allclose(found.total.sides[Side.SHORT].notional, parts, rtol=1e-9)
    assert found.spread.long.shape[1] == found.axis.count


def test_the_fingerprint_is_of_the_data(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """The same market, the same fingerprint; it is known before anything is computed."""
    request = ProfileRequest(market=market_request(exchange="a"), axis=AXIS, split=False, uncertainty=False)
    one, other = (prepare_profile(services_of(*pair), request) for _ in range(2))
    assert one.fingerprint == other.fingerprint
