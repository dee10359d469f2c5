"""What /v1/open-interest answers."""

from typing import Any

from marshmallow import Schema, fields

from service.analysis.results.open_interest import InterestSeries, OpenInterestResult
from service.api.schemas.described import described
from service.api.schemas.envelope import EnvelopeSchema
from service.api.schemas.envelope_body import envelope_body
from service.api.schemas.series import OPEN_TIMES, amounts, coin, times, usd


class InterestSeriesSchema(Schema):
    """Open interest by column, one side (longs are as many as shorts)."""

    coin = amounts("Base coin")
    usd = amounts("USD at the bar's close")
    change_coin = amounts("What it grew by since the column before, base coin; the first is null")
    change_usd = amounts("The same in USD, which the price moves too")


class OpenInterestSchema(EnvelopeSchema):
    """Answer of /v1/open-interest; every list has a place for each column."""

    time = times(OPEN_TIMES)
    close_time = times("When each was known, epoch ms")
    total = fields.Nested(
        InterestSeriesSchema,
        required=True,
        metadata=described("Of all exchanges used; null where one of them has none"),
    )
    exchanges = fields.Dict(
        keys=fields.String(),
        values=fields.Nested(InterestSeriesSchema),
        required=True,
        metadata=described("By exchange; null where it gave none"),
    )


def open_interest_body(result: OpenInterestResult) -> dict[str, Any]:
    """Return open interest by bar as JSON."""
    return envelope_body(result.envelope) | {
        "time": result.time,
        "close_time": result.time + result.step,
        "total": _series(result.total),
        "exchanges": {name: _series(series) for name, series in result.exchanges.items()},
    }


def _series(series: InterestSeries) -> dict[str, Any]:
    return {
        "coin": coin(series.coin),
        "usd": usd(series.usd),
        "change_coin": coin(series.change_coin),
        "change_usd": usd(series.change_usd),
    }
