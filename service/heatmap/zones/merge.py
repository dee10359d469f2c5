"""Merged timeframes: the zones of several timeframes in one list, each saying on which of them it stands."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from service.heatmap.zones.zone import Zone

# Two zones are one if the narrower lies in the other to this share of its width.
SAME_SHARE = 0.5


@dataclass(frozen=True)
class OnTimeframe:
    """A zone of the finest timeframe that shows it, and all timeframes that do."""

    zone: Zone
    timeframe: str
    timeframes: tuple[str, ...]


def merged(by_timeframe: Mapping[str, tuple[Zone, ...]]) -> list[OnTimeframe]:
    """Return the zones of one kind, best score first and ranked anew; the mapping runs from fine to coarse.

    A coarser zone that is the same as some already listed, for it may span several, adds its timeframe there instead
    of a row of its own.
    """
    rows: list[OnTimeframe] = []
    for frame, zones in by_timeframe.items():
        fresh = [OnTimeframe(zone, frame, (frame,)) for zone in zones if not any(same(row.zone, zone) for row in rows)]
        rows = [
            replace(row, timeframes=(*row.timeframes, frame)) if any(same(row.zone, z) for z in zones) else row
            for row in rows
        ]
        rows += fresh
    rows.sort(key=lambda row: (-row.zone.score, row.zone.distance_atr, row.zone.side))
    return [replace(row, zone=replace(row.zone, rank=rank)) for rank, row in enumerate(rows, start=1)]


def same(one: Zone, other: Zone) -> bool:
    """Tell whether two zones of one kind are the same, by name, or by side and overlap."""
    overlap = min(one.high, other.high) - max(one.low, other.low)
    narrower = min(one.high - one.low, other.high - other.low)
    return one.id == other.id or (one.side == other.side and overlap >= SAME_SHARE * narrower > 0)
