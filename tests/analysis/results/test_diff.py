"""The diff's result: two maps on the same bins, and which exchanges confirm each other."""

from typing import Any

import numpy as np
import pytest

from service.analysis.requests import AxisRequest
from service.analysis.results.diff import DiffResult, prepare_diff
from service.analysis.results.diff_request import DiffRequest
from service.heatmap import BadInput
from service.heatmap.compare import How
from service.market.contract import UnknownExchange
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.requests import market_request

NOTHING: dict[str, Any] = dict.fromkeys(("a", "b", "as_of_a", "as_of_b", "mix_a", "mix_b", "churn_a", "churn_b"))


def result(alignment: How = "absolute", **given: Any) -> DiffResult:
    """Return what the pair comes to, on three exchanges."""
    request = DiffRequest(
        market=market_request(exchange="" if "a" in given else "x"),
        axis=AxisRequest(bins=60, range_pct=10.0),
        alignment=alignment,
        **(NOTHING | given),
    )
    fakes = [FakeExchange("x"), FakeExchange("y", price=101.0), FakeExchange("z", price=99.5)]
    return prepare_diff(services_of(*fakes), request).compute()


@pytest.mark.parametrize("alignment", ["absolute", "relative"])
def test_swapping_the_maps_turns_the_sign(alignment: How) -> None:
    """Everything is a less b."""
    one, other = result(alignment, a="x", b="y"), result(alignment, a="y", b="x")
    np.testing.assert_allclose(one.difference.usd_long, -other.difference.usd_long, atol=1e-6)
    assert one.difference.basis_pct == pytest.approx(-other.difference.basis_pct)
    assert one.zones.only_a == other.zones.only_b


def test_a_map_does_not_differ_from_itself() -> None:
    """And a single exchange confirms nothing."""
    found = result(a="x", b="x")
    assert not found.difference.usd_long.any()
    assert found.consensus == ()
    assert "single exchange" in str(found.consensus_missing)


def test_members_of_a_group_count_for_themselves() -> None:
    """Three exchanges on two sides can each confirm a zone."""
    found = result("relative", a="x,y", b="z")
    assert found.consensus_missing is None
    assert {name for zone in found.consensus for name in zone.maps} <= {"x", "y", "z"}
    assert any(len(zone.maps) == 3 for zone in found.consensus)


def test_moments_and_assumptions_have_no_consensus() -> None:
    """They are of the same exchanges."""
    assert "assumptions of the same exchanges" in str(result(churn_a=0.5).consensus_missing)


def test_what_is_wrong_is_named_as_the_caller_wrote_it() -> None:
    """An exchange of one side, a moment of one side."""
    with pytest.raises(UnknownExchange) as unknown:
        result(a="x", b="nowhere")
    assert unknown.value.field == "b"
    with pytest.raises(BadInput) as refused:
        result(as_of_a=4_000_000_000_000)
    assert refused.value.field == "as_of_a"
