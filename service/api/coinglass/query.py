"""The parameters of CoinGlass' paths, loaded as our own requests.

Names and ranges are those of docs.coinglass.com, read in 2026.
"""

from typing import Any, ClassVar

from marshmallow import fields, post_load, validate

from service.analysis.maps.axes import USUAL_PCT
from service.analysis.markets.loading import ALL
from service.analysis.requests import AssumptionsRequest, AxisRequest, BarsRequest, CoveringAxisRequest, MarketRequest
from service.analysis.results.heatmap import HeatmapRequest
from service.analysis.results.max_pain import MaxPainRequest
from service.analysis.results.profile import ProfileRequest
from service.api.query.strict import StrictQuery
from service.api.schemas.described import described
from service.heatmap import Assumptions, parse_mix
from service.times import DAY_MS, HOUR_MS

# Our ids by the names that CoinGlass has for exchanges; the simulated ones are ours alone.
EXCHANGES = {
    "Binance": "binance",
    "OKX": "okx",
    "Bybit": "bybit",
    "Bitget": "bitget",
    "Gate": "gate",
    "HTX": "htx",
    "KuCoin": "kucoin",
    "Hyperliquid": "hyperliquid",
    "Sim": "sim",
    "Sim2": "sim2",
}
# How far back each range goes, ms, and on which bars: a few hundred columns, which every exchange can serve.
RANGES = {
    "12h": (12 * HOUR_MS, "5m"),
    "24h": (DAY_MS, "5m"),
    "1d": (DAY_MS, "5m"),
    "3d": (3 * DAY_MS, "15m"),
    "7d": (7 * DAY_MS, "30m"),
    "30d": (30 * DAY_MS, "4h"),
    "90d": (90 * DAY_MS, "4h"),
    "180d": (180 * DAY_MS, "1d"),
    "1y": (365 * DAY_MS, "1d"),
}
# What a heatmap may be asked for, and what a map may.
HEATMAP_RANGES = ("12h", "24h", "3d", "7d", "30d", "90d", "180d", "1y")
MAP_RANGES = ("1d", "7d", "30d")
# The same of max pain, which many markets at once have to fit into.
PAIN_RANGES = {
    "12h": (12 * HOUR_MS, "1h"),
    "24h": (DAY_MS, "1h"),
    "48h": (2 * DAY_MS, "1h"),
    "3d": (3 * DAY_MS, "1h"),
    "7d": (7 * DAY_MS, "1h"),
    "14d": (14 * DAY_MS, "4h"),
    "30d": (30 * DAY_MS, "4h"),
}
# Of the mix that each model stands for, see docs/coinglass.md.
MODELS = {"model1": "default", "model2": "bands", "model3": "retail"}
# At most so many bins: with the columns above about as many cells as CoinGlass sends.
BINS = 200


def market_of(values: dict[str, Any], mix: str = "default") -> MarketRequest:
    """Return the market that a query's values stand for; without an exchange it is all of them together."""
    lookback, timeframe = RANGES[values["range"]]
    return MarketRequest(
        exchange=EXCHANGES[values["exchange"]] if "exchange" in values else ALL,
        symbol=values["symbol"],
        lookback=lookback,
        timeframe=timeframe,
        assumptions=assumed(mix),
    )


def assumed(mix: str = "default") -> AssumptionsRequest:
    """Return what is assumed about traders under a mix."""
    return AssumptionsRequest(mix=parse_mix(mix), position_notional=Assumptions().position_notional)


def symbol_field(what: str, example: str) -> fields.String:
    """Return the symbol parameter."""
    return fields.String(
        required=True,
        validate=validate.Length(1, 40),
        metadata={"description": f"{what}, as CoinGlass or the exchange writes it", "example": example},
    )


def range_field(ranges: tuple[str, ...], usual: str) -> fields.String:
    """Return the range parameter."""
    return fields.String(
        load_default=usual,
        validate=validate.OneOf(ranges),
        metadata=described("How far back positions are counted; its bars are given in docs/coinglass.md"),
    )


def exchange_field() -> fields.String:
    """Return the exchange parameter; there is no default, for nobody must trade on another exchange's map unasked."""
    return fields.String(
        required=True,
        validate=validate.OneOf(EXCHANGES),
        metadata={"description": "As CoinGlass spells it; Sim and Sim2 are simulated", "example": "Sim"},
    )


class CoinHeatmapQuery(StrictQuery):
    """Parameters of a heatmap over all exchanges; loads the request with the default mix."""

    mix: ClassVar[str] = "default"

    symbol = symbol_field("A coin", "BTC")
    range = range_field(HEATMAP_RANGES, "3d")

    @post_load
    def as_request(self, values: dict[str, Any], **_: Any) -> HeatmapRequest:  # noqa: ANN401 - marshmallow's own
        """Return the request for the map with its candles."""
        return HeatmapRequest(
            market=market_of(values, self.mix),
            axis=CoveringAxisRequest(bins=BINS),
            split=False,
            uncertainty=False,
            candles=True,
            layers=("long", "short"),
            encoding="dense",
        )


class PairHeatmapQuery(CoinHeatmapQuery):
    """The same on one exchange."""

    exchange = exchange_field()
    symbol = symbol_field("A pair", "BTCUSDT")


class CoinMapQuery(StrictQuery):
    """Parameters of a map over all exchanges."""

    symbol = symbol_field("A coin", "BTC")
    range = range_field(MAP_RANGES, "7d")

    @post_load
    def as_request(self, values: dict[str, Any], **_: Any) -> ProfileRequest:  # noqa: ANN401 - marshmallow's own
        """Return the request for what stands now, by leverage."""
        axis = AxisRequest(range_pct=USUAL_PCT, bins=BINS)
        return ProfileRequest(market=market_of(values), axis=axis, uncertainty=False, split=False)


class PairMapQuery(CoinMapQuery):
    """The same on one exchange."""

    exchange = exchange_field()
    symbol = symbol_field("A pair", "BTCUSDT")


class MaxPainQuery(StrictQuery):
    """Parameters of max pain, all of which may be left out; CoinGlass has the range alone."""

    exchange = fields.String(
        load_default=None,
        validate=validate.OneOf(EXCHANGES),
        metadata={"description": "As CoinGlass spells it; all together if left out", "example": "Sim"},
    )
    symbol = fields.String(
        load_default=None,
        validate=validate.Length(1, 40),
        metadata=described("A coin or pair; all that are listed, or a dozen large ones, if left out"),
    )
    range = range_field(tuple(PAIN_RANGES), "24h")

    @post_load
    def as_request(self, values: dict[str, Any], **_: Any) -> MaxPainRequest:  # noqa: ANN401 - marshmallow's own
        """Return the request for the coins."""
        lookback, timeframe = PAIN_RANGES[values["range"]]
        exchange, symbol = values["exchange"], values["symbol"]
        return MaxPainRequest(
            bars=BarsRequest(
                exchange=ALL if exchange is None else EXCHANGES[exchange],
                timeframe=timeframe,
                lookback=lookback,
                assumptions=assumed(),
            ),
            axis=AxisRequest(range_pct=USUAL_PCT, bins=BINS),
            symbols=None if symbol is None else (symbol,),
        )


def of_model(query: type[CoinHeatmapQuery], model: str) -> type[CoinHeatmapQuery]:
    """Return the query of one of the MODELS."""
    return type(f"{query.__name__}{model.title()}", (query,), {"__doc__": query.__doc__, "mix": MODELS[model]})
