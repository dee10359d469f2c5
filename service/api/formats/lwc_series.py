"""The map as the heatmap series of TradingView's Lightweight Charts takes it: {time, cells: [{low, high, amount}]}."""

import numpy as np
import orjson

from service.analysis.results.heatmap import HeatmapResult
from service.api.formats.cells import cells_of

SECOND_MS = 1000


def lwc_bytes(result: HeatmapResult) -> bytes:
    """Return an item for each column, by time in seconds; `amount` is what stands of both sides, USD."""
    table = cells_of(result)
    places = np.searchsorted(table["time"], result.total.time)
    low, high, amount = (values.tolist() for values in (table["low"], table["high"], table["long"] + table["short"]))
    cells = [{"low": low[row], "high": high[row], "amount": amount[row]} for row in range(len(low))]
    ends = np.append(places[1:], len(cells))
    return orjson.dumps(
        [
            {"time": time // SECOND_MS, "cells": cells[start:end]}
            for time, start, end in zip(result.total.time.tolist(), places.tolist(), ends.tolist(), strict=True)
        ]
    )
