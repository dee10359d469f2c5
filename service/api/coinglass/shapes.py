"""What CoinGlass' paths answer: the shapes of docs.coinglass.com, filled with our amounts."""

from collections import defaultdict
from typing import Any

import numpy as np
from marshmallow import Schema, fields, validate

from service.analysis.maps.encoding import coarse_resolution, dense, resolution
from service.analysis.results.heatmap import HeatmapResult
from service.analysis.results.max_pain import MaxPainRow, Pain
from service.analysis.results.profile import ProfileResult
from service.api.schemas.described import described
from service.heatmap import PriceAxis
from service.heatmap.base import Floats

SUCCESS = {"code": "0", "msg": "success"}
# The highest leverage that CoinGlass draws; what we know above it counts as it.
MOST_LEVERAGE = 100.0
USD_THERE = "USD notional standing in the bin of that price"
TRIPLE, CANDLE, LEVEL = (validate.Length(equal=length) for length in (3, 6, 4))


class CoinglassErrorSchema(Schema):
    """An error, as CoinGlass has it."""

    code = fields.String(required=True, metadata=described("400, 401, 404, 405, 408, 429, 500 and the like"))
    msg = fields.String(required=True, metadata=described("What is wrong, and what is allowed"))


class CoinglassSchema(Schema):
    """The envelope around every answer."""

    code = fields.String(required=True, metadata=described("0"))
    msg = fields.String(required=True, metadata=described("success"))


class CoinglassGridSchema(Schema):
    """A heatmap: amounts that stood at a candle's close, by the candle's index and the price level's."""

    y_axis = fields.List(fields.Float(), required=True, metadata=described("Middles of the bins, rising"))
    liquidation_leverage_data = fields.List(
        fields.List(fields.Float(), validate=TRIPLE),
        required=True,
        metadata=described("[index of the candle, index in y_axis, USD notional standing], where any does"),
    )
    price_candlesticks = fields.List(
        fields.List(fields.Raw(metadata={"anyOf": [{"type": "integer"}, {"type": "string"}]}), validate=CANDLE),
        required=True,
        metadata=described("[open time in seconds, open, high, low, close, volume in USD], texts but the time"),
    )


class CoinglassHeatmapSchema(CoinglassSchema):
    """Answer of CoinGlass' heatmaps."""

    data = fields.Nested(CoinglassGridSchema, required=True)


class CoinglassLevelsSchema(Schema):
    """A map by price level."""

    data = fields.Dict(
        keys=fields.String(),
        values=fields.List(fields.List(fields.Float(allow_none=True), validate=LEVEL)),
        required=True,
        metadata=described("By price: [price, USD notional standing, leverage up to which or null, null]"),
    )


class CoinglassMapSchema(CoinglassSchema):
    """Answer of CoinGlass' maps."""

    data = fields.Nested(CoinglassLevelsSchema, required=True)


class CoinglassPainSchema(Schema):
    """Max pain of one coin; a side's figures are null where nothing of it is hot within 15 % of the price."""

    symbol = fields.String(required=True, metadata={"description": "The coin", "example": "BTC"})
    price = fields.Float(required=True, metadata=described("Quote currency"))
    long_max_pain_liq_level = fields.Float(required=True, allow_none=True, metadata=described(USD_THERE))
    long_max_pain_liq_price = fields.Float(required=True, allow_none=True, metadata=described("Below the price"))
    short_max_pain_liq_level = fields.Float(required=True, allow_none=True, metadata=described(USD_THERE))
    short_max_pain_liq_price = fields.Float(required=True, allow_none=True, metadata=described("Above the price"))


class CoinglassMaxPainSchema(CoinglassSchema):
    """Answer of CoinGlass' max pain."""

    data = fields.List(fields.Nested(CoinglassPainSchema), required=True)


def heatmap_shape(result: HeatmapResult) -> dict[str, Any]:
    """Return a map over time as CoinGlass has it; both sides together, without columns that have no candle."""
    candles = result.candles
    if candles is None:
        raise ValueError("candles: CoinGlass' heatmap has them beside the map")
    traded = np.isfinite(candles.close)
    both = (result.total.long + result.total.short)[traded]
    amounts = dense(both, coarse_resolution(float(both.max(initial=0.0))))
    x, y = np.nonzero(amounts)
    # In USD either way: `unit` is what volume counts in where contracts are not coin-margined.
    usd = candles.volume if result.envelope.unit == "USD" else candles.volume * candles.close
    columns = [candles.open, candles.high, candles.low, candles.close, usd]
    texts = ([_text(value) for value in values[traded].tolist()] for values in columns)
    seconds = (result.total.time[traded] // 1000).tolist()
    return SUCCESS | {
        "data": {
            "y_axis": _middles(result.total.axis),
            "liquidation_leverage_data": list(zip(x.tolist(), y.tolist(), amounts[x, y].tolist(), strict=True)),
            "price_candlesticks": list(zip(seconds, *texts, strict=True)),
        }
    }


def pair_map_shape(result: ProfileResult) -> dict[str, Any]:
    """Return what stands now by price and leverage; a band of leverage is named for its upper end."""
    by_leverage: dict[float, Floats] = defaultdict(lambda: np.zeros(result.axis.count))
    for at, (_, most) in enumerate(result.total.bands):
        for side in result.total.sides.values():
            by_leverage[min(most, MOST_LEVERAGE)] += side.by_band[at]
    return _levels(result.axis, dict(by_leverage))


def coin_map_shape(result: ProfileResult) -> dict[str, Any]:
    """Return what stands now by price; CoinGlass has no leverage where exchanges are taken together."""
    sides = result.total.sides.values()
    return _levels(result.axis, {None: np.sum([side.notional for side in sides], axis=0)})


def max_pain_shape(rows: tuple[MaxPainRow, ...]) -> dict[str, Any]:
    """Return the coins' max pain as CoinGlass has it."""
    return SUCCESS | {
        "data": [
            {"symbol": row.coin, "price": row.price} | _pain("long", row.long) | _pain("short", row.short)
            for row in rows
        ]
    }


def _pain(side: str, pain: Pain | None) -> dict[str, float | None]:
    return {
        f"{side}_max_pain_liq_level": None if pain is None else round(pain.notional, 2),
        f"{side}_max_pain_liq_price": None if pain is None else float(f"{pain.price:.9g}"),
    }


def _levels(axis: PriceAxis, amounts: dict[float, Floats] | dict[None, Floats]) -> dict[str, Any]:
    unit = resolution(max(float(values.max()) for values in amounts.values()))
    rounded = {leverage: dense(values, unit).tolist() for leverage, values in amounts.items()}
    rows = {
        _text(price): [[price, values[at], leverage, None] for leverage, values in rounded.items() if values[at] > 0]
        for at, price in enumerate(_middles(axis))
    }
    return SUCCESS | {"data": {"data": {price: levels for price, levels in rows.items() if levels}}}


def _middles(axis: PriceAxis) -> list[float]:
    return [float(f"{price:.12g}") for price in (axis.edges[:-1] + axis.edges[1:]) / 2.0]


def _text(value: float) -> str:
    """Return a number in plain decimal digits, without an exponent."""
    return np.format_float_positional(float(f"{value:.12g}"), trim="-")
