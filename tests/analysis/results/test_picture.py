"""What a picture shows is what the answers beside it say."""

import numpy as np
import pytest

from service.analysis.markets.loading import load_group
from service.analysis.requests import CoveringAxisRequest
from service.analysis.results.picture import PictureRequest, PictureStyle, prepare_picture
from service.analysis.zones.zone_reading import read_zones
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of
from tests.support.requests import market_request

STYLE = PictureStyle(size=(640, 400), theme="dark", palette="fire", layer="heat", candles=True)


def request(*, zones: bool = True) -> PictureRequest:
    """Return a week on the fake exchange."""
    return PictureRequest(market=market_request(), axis=CoveringAxisRequest(), style=STYLE, zones=zones)


def test_all_of_it_is_of_one_moment() -> None:
    """Grid, heat and candles have the same columns, and the zones are those of the group."""
    services = services_of(FakeExchange("fake"))
    result = prepare_picture(services, request()).compute()
    assert result.heat.shape == result.total.long.shape
    assert len(result.candles.close) == len(result.total.time)
    expected = read_zones(load_group(services, market_request()), described=False).zones
    assert result.zones is not None
    assert [zone.id for zone in result.zones.hot] == [zone.id for zone in expected.hot]
    assert 0.0 <= np.nanmin(result.heat) <= np.nanmax(result.heat) <= 1.0


@pytest.mark.parametrize("zones", [True, False])
def test_zones_are_found_only_where_they_are_drawn(zones: bool) -> None:
    """What is not asked for costs nothing."""
    result = prepare_picture(services_of(FakeExchange("fake")), request(zones=zones)).compute()
    assert (result.zones is not None) is zones
