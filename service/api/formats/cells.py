"""The map as a table: a row for each cell in which anything stands."""

from typing import Any

import numpy as np
import orjson
from numpy.typing import NDArray

from service.analysis.limits import MOST_ROWS
from service.analysis.maps.encoding import coarse_resolution, dense
from service.analysis.results.heatmap import HeatmapResult
from service.api.schemas.envelope_body import envelope_body
from service.heatmap import BadInput
from service.heatmap.base import Floats

HEAT_DIGITS = 4
COLUMNS = ("time", "close_time", "low", "high", "long", "short", "heat")


def cells_of(result: HeatmapResult) -> dict[str, NDArray[Any]]:
    """Return the table's COLUMNS, each of one length, by column of the map and then by price.

    time, close_time  int64, epoch ms
    low, high         float64, quote currency: the bin's edges
    long, short       USD notional, rounded as in JSON
    heat              float64, 0 to 1

    Raises BadInput where that would be more rows than MOST_ROWS.
    """
    long, short = amounts_of(result)
    at, bins = np.nonzero((long > 0) | (short > 0))
    if len(at) > MOST_ROWS:
        raise BadInput("bins", f"Makes {len(at)} rows", f"at most {MOST_ROWS}: fewer bins, or a shorter lookback")
    total, heat = result.total, heat_of(result)
    return {
        "time": total.time[at],
        "close_time": total.time[at] + result.step,
        "low": total.axis.edges[bins],
        "high": total.axis.edges[bins + 1],
        "long": long[at, bins],
        "short": short[at, bins],
        "heat": np.round(heat[at, bins], HEAT_DIGITS),
    }


def heat_of(result: HeatmapResult) -> Floats:
    """Return the heat, float64[T, B]; raises ValueError of a result that was computed without."""
    if result.heat is None:
        raise ValueError("no heat was asked for")
    return result.heat


def amounts_of(result: HeatmapResult) -> tuple[NDArray[Any], NDArray[Any]]:
    """Return the cells of longs and of shorts, [T, B], as JSON has them."""
    unit = coarse_resolution(result.largest)
    return dense(result.total.long, unit), dense(result.total.short, unit)


def envelope_text(result: HeatmapResult) -> bytes:
    """Return the envelope as JSON, without the age that it has at this moment: the same map is the same bytes."""
    body = {name: value for name, value in envelope_body(result.envelope).items() if name != "age_seconds"}
    return orjson.dumps(body, option=orjson.OPT_SERIALIZE_NUMPY)
