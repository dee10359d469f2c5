"""The heatmap's result: the sum and, where asked for, its parts, candles and ensemble."""

from typing import Any

import numpy as np
import pytest

from service.analysis.requests import CoveringAxisRequest
from service.analysis.results.heatmap import HeatmapRequest, HeatmapResult, prepare_heatmap
from service.heatmap import BadInput
from tests.support.fake_exchange import T0, FakeExchange
from tests.support.fake_services import services_of
from tests.support.requests import market_request


def result(*exchanges: FakeExchange, **given: Any) -> HeatmapResult:
    """Return the map of two exchanges."""
    usual: dict[str, Any] = {"split": False, "uncertainty": False, "candles": False, "encoding": "dense"}
    request = HeatmapRequest(
        market=market_request(exchange="a,b"), axis=CoveringAxisRequest(bins=50), **(usual | given)
    )
    return prepare_heatmap(services_of(*exchanges), request).compute()


@pytest.fixture
def pair() -> tuple[FakeExchange, FakeExchange]:
    """Return two exchanges, of which the larger one was listed later."""
    late = FakeExchange("b", price=100.2)
    late.listed = T0 - 4 * 86_400_000
    return FakeExchange("a"), late


def test_only_what_was_asked_for_is_there(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """The sum alone."""
    found = result(*pair)
    assert (found.spread, found.candles, found.split) == (None, None, None)
    assert found.largest == max(found.total.long.max(), found.total.short.max())


def test_everything(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """Parts add up to the sum; candles are NaN where the larger exchange has no bar."""
    found = result(*pair, split=True, uncertainty=True, candles=True)
    assert found.split is not None
    assert found.candles is not None
    assert found.spread is not None
    np.testing.assert_allclose(found.total.long, sum(part.long for part in found.split.values()), rtol=1e-9)
    assert np.isnan(found.candles.close[0])
    assert np.isfinite(found.candles.close[-1])
    assert found.spread.long.shape[1] == found.total.axis.count


def test_split_counts_towards_the_cells(pair: tuple[FakeExchange, FakeExchange]) -> None:
    """Two parts and their sum are three grids."""
    fine = CoveringAxisRequest(bin_size=0.03, range_pct=20.0)
    whole = market_request(exchange="a,b", timeframe="5m")
    kept: dict[str, Any] = {"market": whole, "axis": fine, "uncertainty": False, "candles": False, "encoding": "dense"}
    services = services_of(*pair)
    with pytest.raises(BadInput, match="bin_size"):
        prepare_heatmap(services, HeatmapRequest(**kept, split=True))
