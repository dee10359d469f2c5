"""A heatmap is written as its schema says, in each encoding, with only what was asked for."""

from typing import Any

import pytest

from service.analysis.requests import CoveringAxisRequest
from service.analysis.results.heatmap import ENCODINGS, HeatmapRequest, prepare_heatmap
from service.api.schemas.heatmap import HeatmapSchema, heatmap_body
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.rendered import rendered
from tests.support.requests import market_request


def body_of(encoding: str, *, more: bool) -> dict[str, Any]:
    """Return the map of two exchanges, with everything that can be asked for or with nothing of it."""
    request = HeatmapRequest(
        market=market_request(exchange="a,b"),
        axis=CoveringAxisRequest(bins=40),
        split=more,
        uncertainty=more,
        candles=more,
        encoding=encoding,
    )
    result = prepare_heatmap(services_of(FakeExchange("a"), FakeExchange("b")), request).compute()
    return rendered(heatmap_body(result, request.layers, encoding), HeatmapSchema())


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_everything(encoding: str) -> None:
    """Cells in one encoding and in no other, in the sum and in each part."""
    body = body_of(encoding, more=True)
    for part in (body["grid"], *body["split"].values()):
        written = {"dense": "long", "deltas": "long_deltas", "segments": "long_segments"}
        assert [name for name in written.values() if name in part] == [written[encoding]]
    assert len(body["candles"]["close"]) == len(body["grid"]["time"])


def test_nothing_that_was_not_asked_for() -> None:
    """No nulls in its place either."""
    assert not {"split", "uncertainty", "candles"} & body_of("dense", more=False).keys()
