"""What stood at some moments by distance from the price, as tables: to hold against true positions."""

import csv
import math
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from service.cli.table.errors import BadTable
from service.heatmap import Assumptions, Bars, Side, VenueTerms
from service.heatmap.inventory import by_distance, share_kept, up_to
from service.times import HOUR_MS, rfc3339

HEAD = ("ts", "coin", "side", "cell", "amount")
KEPT_HEAD = ("ts", "coin", "side", "lag_hours", "kept")
LAG_HOURS = (6, 12, 24, 48, 96, 160)
UNLEVERED_CELL = -1
LEAST_BARS = 2


def write_stand(
    bars: Bars,
    moments: Sequence[int],
    assumptions: Assumptions,
    venue: VenueTerms,
    *,
    coin: str,
    out: Path,
    kept: Path | None = None,
) -> None:
    """Write what stood at each moment (epoch ms), from the bars that had closed by then; raises BadTable.

    `out`   ts, coin, side, cell, amount: cell n is n to n + 1 % of log distance beyond the close, 60 farther, -1 what
            no price liquidates
    `kept`  ts, coin, side, lag_hours, kept: of what stood and no price reached until then, the share still standing;
            rows that the table does not reach are left out
    """
    stood, left = [], []
    for moment in moments:
        count = int(np.searchsorted(bars.close_time, moment, side="right"))
        if count < LEAST_BARS:
            raise BadTable(f"--at {rfc3339(moment)}: fewer than {LEAST_BARS} bars had closed by then")
        inventory = up_to(bars, count, assumptions, venue)
        head = rfc3339(moment), coin
        distances = by_distance(inventory)
        for side in Side:
            amounts = enumerate(distances[side].cells.tolist())
            stood += [(*head, side.value, cell, f"{amount:.9g}") for cell, amount in amounts]
            stood.append((*head, side.value, UNLEVERED_CELL, f"{distances[side].unlevered:.9g}"))
        if kept is not None:
            for hours in LAG_HOURS:
                shares = share_kept(inventory, bars, hours * HOUR_MS // bars.step, assumptions)
                left += [
                    (*head, side.value, hours, f"{shares[side]:.9g}") for side in Side if not math.isnan(shares[side])
                ]
    _write(out, HEAD, stood)
    if kept is not None:
        _write(kept, KEPT_HEAD, left)


def _write(path: Path, head: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(head)
        writer.writerows(rows)
