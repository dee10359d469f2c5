"""Results in CoinGlass' shapes, where markets have something unusual."""

from dataclasses import replace

import numpy as np
import pytest
from werkzeug.datastructures import MultiDict

from service.analysis.results.heatmap import HeatmapResult, prepare_heatmap
from service.analysis.results.profile import ProfileResult, prepare_profile
from service.api.coinglass.query import PairHeatmapQuery, PairMapQuery
from service.api.coinglass.shapes import coin_map_shape, heatmap_shape, pair_map_shape
from tests.support.fake_exchange import FakeExchange
from tests.support.fake_services import services_of

ASKED = MultiDict({"exchange": "Sim", "symbol": "BTC"})


@pytest.fixture
def result(fake: FakeExchange) -> HeatmapResult:
    """Return a map with its candles."""
    return prepare_heatmap(services_of(fake), PairHeatmapQuery().load(ASKED)).compute()


@pytest.fixture
def profile(fake: FakeExchange) -> ProfileResult:
    """Return what stands now."""
    return prepare_profile(services_of(fake), PairMapQuery().load(ASKED)).compute()


def test_a_column_without_a_candle_is_left_out(result: HeatmapResult) -> None:
    """Indices go on to be those of the candles that are there: nothing is invented for the one that is not."""
    candles = result.candles
    assert candles is not None
    close = candles.close.copy()
    close[3] = np.nan
    whole = heatmap_shape(result)["data"]
    fewer = heatmap_shape(replace(result, candles=replace(candles, close=close)))["data"]
    assert fewer["price_candlesticks"] == [row for at, row in enumerate(whole["price_candlesticks"]) if at != 3]
    kept = [(x - (x > 3), y, usd) for x, y, usd in whole["liquidation_leverage_data"] if x != 3]
    assert fewer["liquidation_leverage_data"] == kept


def test_volume_is_in_usd(result: HeatmapResult) -> None:
    """Coins at the close, or dollars as they are where a contract counts in these."""
    candles = result.candles
    assert candles is not None
    assert result.envelope.unit != "USD"
    inverse = replace(result, envelope=replace(result.envelope, unit="USD"))
    in_coin, in_usd = (heatmap_shape(each)["data"]["price_candlesticks"][0] for each in (result, inverse))
    assert float(in_usd[5]) == pytest.approx(candles.volume[0])
    assert float(in_coin[5]) == pytest.approx(candles.volume[0] * candles.close[0])


def test_a_heatmap_without_candles_is_a_mistake(result: HeatmapResult) -> None:
    """Of the caller's own: it asks for them."""
    with pytest.raises(ValueError, match="candles"):
        heatmap_shape(replace(result, candles=None))


def test_a_map_loses_nothing(profile: ProfileResult) -> None:
    """By leverage or not, levels add up to what stands on the axis; beyond 100 counts as 100."""
    total = sum(side.total for side in profile.total.sides.values())
    assert profile.total.bands[-1][1] == np.inf
    for shape, leverage in ((pair_map_shape, {3.0, 5.0, 10.0, 25.0, 50.0, 100.0}), (coin_map_shape, {None})):
        rows = [row for levels in shape(profile)["data"]["data"].values() for row in levels]
        assert sum(row[1] for row in rows) == pytest.approx(total, rel=1e-6)
        assert {row[2] for row in rows} <= leverage


def test_prices_of_small_coins_are_written_out() -> None:
    """A key such as 2.5e-06 is no price to a program that splits it at the point."""
    fake = FakeExchange("sim", price=2.5e-6)
    prepared = prepare_profile(services_of(fake), PairMapQuery().load(ASKED))
    data = pair_map_shape(prepared.compute())["data"]["data"]
    assert data
    assert all(key.startswith("0.00000") for key in data)
    assert all(float(key) == levels[0][0] for key, levels in data.items())
