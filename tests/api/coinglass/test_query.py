"""CoinGlass' parameters as our requests."""

import pytest
from marshmallow import ValidationError
from werkzeug.datastructures import MultiDict

from service.analysis.concurrency.cost import Work, checked_cost
from service.analysis.limits import columns_of, most_cells
from service.analysis.requests import MarketRequest
from service.api.coinglass.query import (
    BINS,
    EXCHANGES,
    MODELS,
    RANGES,
    CoinHeatmapQuery,
    PairHeatmapQuery,
    PairMapQuery,
    of_model,
)
from service.market.sim import SIMULATED
from service.market.venues import VENUE_IDS


def test_every_exchange_has_its_name() -> None:
    """Each that we serve, real or simulated, and no other."""
    assert sorted(EXCHANGES.values()) == sorted((*VENUE_IDS, *SIMULATED))


@pytest.mark.parametrize("span", RANGES)
def test_every_range_is_admitted_on_all_exchanges(span: str) -> None:
    """Its bars, bins and cost are within the limits on eight exchanges at once."""
    lookback, timeframe = RANGES[span]
    market: MarketRequest = CoinHeatmapQuery().load(MultiDict({"symbol": "BTC", "range": "3d"})).market
    asked = MarketRequest(**vars(market) | {"lookback": lookback, "timeframe": timeframe})
    exchanges = len(VENUE_IDS)
    assert columns_of(lookback, timeframe) * BINS <= most_cells(exchanges)
    checked_cost(Work(exchanges=exchanges, markets=exchanges, passes=2, grids=1), asked)


@pytest.mark.parametrize("model", MODELS)
def test_a_model_is_a_mix(model: str) -> None:
    """The same request but for the mix."""
    asked = of_model(PairHeatmapQuery, model)().load(
        MultiDict({"exchange": "KuCoin", "symbol": "XBTUSDTM", "range": "1y"})
    )
    assert (asked.market.exchange, asked.market.symbol, asked.market.timeframe) == ("kucoin", "XBTUSDTM", "1d")
    assert asked.market.assumptions.mix.name == MODELS[model]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"exchange": "binance"}, "exchange"),
        ({"exchange": "All"}, "exchange"),
        ({"range": "90d"}, "range"),
        ({"symbol": ""}, "symbol"),
        ({"interval": "1h"}, "interval"),
    ],
)
def test_what_coinglass_does_not_take_is_refused(wrong: dict[str, str], field: str) -> None:
    """Names in another spelling, ranges that its map does not have, parameters of other paths."""
    with pytest.raises(ValidationError) as refused:
        PairMapQuery().load(MultiDict({"exchange": "Sim", "symbol": "BTC", "range": "1d"} | wrong))
    assert refused.value.messages_dict.keys() == {field}


def test_nothing_but_the_range_may_be_left_out() -> None:
    """Nobody trades on the map of an exchange that they did not name."""
    with pytest.raises(ValidationError) as refused:
        PairHeatmapQuery().load(MultiDict())
    assert refused.value.messages_dict.keys() == {"exchange", "symbol"}
