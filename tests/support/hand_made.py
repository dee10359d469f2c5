"""Hand-made bars and profiles, small enough to check on paper."""

from collections.abc import Sequence

import numpy as np

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars

HOUR = 3_600_000
MIDNIGHT = 1_722_816_000_000  # Monday 5 August 2024, 00:00 UTC
Row = tuple[float, float, float, float]


def bars_of(
    rows: Sequence[Row], volume: float | Sequence[float] = 10.0, start: int = MIDNIGHT, step: int = HOUR
) -> Bars:
    """Return bars from (open, high, low, close) rows."""
    table = np.array(rows, dtype=np.float64).reshape(-1, 4)
    count = len(table)
    return Bars(
        time=start + step * np.arange(count, dtype=np.int64),
        open=table[:, 0].copy(),
        high=table[:, 1].copy(),
        low=table[:, 2].copy(),
        close=table[:, 3].copy(),
        volume=np.broadcast_to(np.asarray(volume, dtype=np.float64), count).copy(),
        open_interest=np.full(count, np.nan),
        mark_low=table[:, 2].copy(),
        mark_high=table[:, 1].copy(),
        step=step,
    )


def steady(count: int, price: float = 100.0, half_range: float = 0.5, start: int = MIDNIGHT, step: int = HOUR) -> Bars:
    """Return bars that all open and close at `price` and reach half_range either way."""
    return bars_of([(price, price + half_range, price - half_range, price)] * count, start=start, step=step)


def walk_to(closes: Sequence[float], half_range: float = 0.5) -> Bars:
    """Return bars that close at these prices, each opening at the close before."""
    opens = [closes[0], *closes[:-1]]
    return bars_of([(o, max(o, c) + half_range, min(o, c) - half_range, c) for o, c in zip(opens, closes, strict=True)])


def mirrored(bars: Bars, about: float) -> Bars:
    """Return the bars with every price p turned into 2 * about - p."""
    return bars_of(
        list(
            zip(
                (2 * about - bars.open).tolist(),
                (2 * about - bars.low).tolist(),
                (2 * about - bars.high).tolist(),
                (2 * about - bars.close).tolist(),
                strict=True,
            )
        ),
        volume=bars.volume.tolist(),
        start=int(bars.time[0]),
        step=bars.step,
    )


def blocks(edges: Floats, *parts: tuple[float, float, float], ground: float = 0.0) -> Floats:
    """Return a profile with `usd` in every bin whose centre lies in low..high, for each (low, high, usd)."""
    centres = 0.5 * (edges[1:] + edges[:-1])
    profile = np.full(len(centres), ground)
    for low, high, usd in parts:
        profile[(centres > low) & (centres < high)] = usd
    return profile
