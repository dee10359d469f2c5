"""What /v1/liquidations answers."""

from typing import Any

from marshmallow import Schema, fields

from service.analysis.results.liquidations import LiquidationSeries, LiquidationsResult
from service.api.schemas.described import described
from service.api.schemas.envelope import EnvelopeSchema
from service.api.schemas.envelope_body import envelope_body
from service.api.schemas.series import OPEN_TIMES, amounts, coin, times, usd


class LiquidationSeriesSchema(Schema):
    """Realised liquidations by column, as the exchange reports them; null where it reported nothing at all."""

    long_usd = amounts("Of longs, USD")
    short_usd = amounts("Of shorts, USD")
    long_coin = amounts("Of longs, base coin at the bar's close")
    short_coin = amounts("Of shorts, base coin at the bar's close")


class LiquidationsSchema(EnvelopeSchema):
    """Answer of /v1/liquidations; every list has a place for each column."""

    time = times(OPEN_TIMES)
    close_time = times("When each was over, epoch ms")
    total = fields.Nested(
        LiquidationSeriesSchema,
        required=True,
        metadata=described("Of all exchanges in `exchanges`; null where one of them is"),
    )
    exchanges = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(LiquidationSeriesSchema),
        required=True,
        metadata=described("By exchange that publishes them"),
    )
    absent = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata=described("By exchange that was asked for and does not publish them, or failed: why"),
    )


def liquidations_body(result: LiquidationsResult) -> dict[str, Any]:
    """Return realised liquidations by bar as JSON."""
    return envelope_body(result.envelope) | {
        "time": result.time,
        "close_time": result.time + result.step,
        "total": _series(result.total),
        "exchanges": {name: _series(series) for name, series in result.exchanges.items()},
        "absent": result.absent,
    }


def _series(series: LiquidationSeries) -> dict[str, Any]:
    return {
        "long_usd": usd(series.long_usd),
        "short_usd": usd(series.short_usd),
        "long_coin": coin(series.long_coin),
        "short_coin": coin(series.short_coin),
    }
