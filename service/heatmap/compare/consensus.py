"""Consensus: which zones several maps share, and which stand in one alone."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import TypeAlias

from service.heatmap.base.side import Side

LEAST_OVERLAP = 0.25


@dataclass(frozen=True)
class MapZone:
    """A zone of one map, as far as it matters here: `weight` is what zones of one map are compared by, at least 0."""

    id: str
    side: Side
    low: float
    high: float
    weight: float

    def relative(self, mark: float) -> "MapZone":
        """Return the zone with prices divided by its map's mark."""
        return replace(self, low=self.low / mark, high=self.high / mark)


# How hot a map is at a zone of another, 0 to 1.
HeatAt: TypeAlias = Callable[[MapZone], float]


@dataclass(frozen=True)
class SharedZone:
    """Two zones, one of each map, that agree; `overlap` 0..1 is their common part of the narrower of the two."""

    a: MapZone
    b: MapZone
    overlap: float


@dataclass(frozen=True)
class ZoneDifference:
    """Zones that stand in both maps; of one, where the other stands out too if less than a zone; and of one alone."""

    in_both: tuple[SharedZone, ...]
    faint_in_b: tuple[MapZone, ...]
    faint_in_a: tuple[MapZone, ...]
    only_a: tuple[MapZone, ...]
    only_b: tuple[MapZone, ...]


@dataclass(frozen=True)
class ConsensusZone:
    """A run of prices that zones of `maps` (names, in the callers' order) cover, never fewer than two at a time.

    score  the sum over those maps of the zone's share of its own map's weight: 1 a map at most
    """

    rank: int
    side: Side
    low: float
    high: float
    maps: tuple[str, ...]
    zones: tuple[str, ...]
    score: float


def compare_zones(
    a: Sequence[MapZone],
    b: Sequence[MapZone],
    heat_a: HeatAt,
    heat_b: HeatAt,
    *,
    faint: float,
    least_overlap: float = LEAST_OVERLAP,
) -> ZoneDifference:
    """Pair the zones of two maps on the same axis: same side, common part at least `least_overlap` of the narrower.

    A zone may agree with several. One without a partner is faint in the other map where that one's heat at its
    prices is at least `faint`, and alone where it is not: a zone is found by thresholds, and two maps that are all
    but the same may lie on either side of one. Raises ValueError for a zone or a share out of range.
    """
    _check(a, b)
    if not 0 < least_overlap <= 1:
        raise ValueError(f"least_overlap must be above 0 and at most 1, not {least_overlap}")
    pairs = [SharedZone(x, y, _overlap(x, y)) for x in a for y in b if x.side == y.side]
    shared = [pair for pair in pairs if pair.overlap >= least_overlap]
    in_a, in_b = {id(pair.a) for pair in shared}, {id(pair.b) for pair in shared}
    faint_in_b, only_a = _parted([zone for zone in a if id(zone) not in in_a], heat_b, faint)
    faint_in_a, only_b = _parted([zone for zone in b if id(zone) not in in_b], heat_a, faint)
    return ZoneDifference(
        in_both=tuple(sorted(shared, key=lambda pair: (-(pair.a.weight + pair.b.weight), pair.a.low, pair.b.low))),
        faint_in_b=faint_in_b,
        faint_in_a=faint_in_a,
        only_a=only_a,
        only_b=only_b,
    )


def _parted(unpaired: list[MapZone], heat: HeatAt, faint: float) -> tuple[tuple[MapZone, ...], tuple[MapZone, ...]]:
    """Part the zones that another map shows faintly from those that it does not show."""
    shown = [heat(zone) >= faint for zone in unpaired]
    return (
        tuple(zone for zone, there in zip(unpaired, shown, strict=True) if there),
        tuple(zone for zone, there in zip(unpaired, shown, strict=True) if not there),
    )


def find_consensus(maps: Mapping[str, Sequence[MapZone]]) -> list[ConsensusZone]:
    """Rank the price runs that zones of at least two maps cover: by how many maps, then by score.

    All zones on one axis (see `MapZone.relative`). Runs are found by sweeping the zones' edges, so that a chain of
    zones each touching the next is not taken for one. Raises ValueError for a zone out of range.
    """
    _check(*maps.values())
    total = {name: sum(zone.weight for zone in zones) for name, zones in maps.items()}
    shared_runs = []
    for side in sorted({zone.side for zones in maps.values() for zone in zones}):
        for low, high in _covered_twice(maps, side):
            members = [(name, zone) for name, zones in maps.items() for zone in zones if _covers(zone, side, low, high)]
            score = sum(zone.weight / total[name] for name, zone in members if total[name] > 0)
            names = tuple(dict.fromkeys(name for name, _ in members))
            shared_runs.append(ConsensusZone(0, side, low, high, names, tuple(zone.id for _, zone in members), score))
    shared_runs.sort(key=lambda zone: (-len(zone.maps), -zone.score, zone.low, zone.side))
    return [replace(zone, rank=rank) for rank, zone in enumerate(shared_runs, start=1)]


def _covered_twice(maps: Mapping[str, Sequence[MapZone]], side: Side) -> list[tuple[float, float]]:
    """Return the maximal runs where at least two maps have a zone of this side."""
    edges = sorted({edge for zones in maps.values() for zone in zones if zone.side == side for edge in _ends(zone)})
    runs: list[tuple[float, float]] = []
    for low, high in pairwise(edges):
        if sum(any(_covers(zone, side, low, high) for zone in zones) for zones in maps.values()) <= 1:
            continue
        if runs and runs[-1][1] == low:
            runs[-1] = (runs[-1][0], high)
        else:
            runs.append((low, high))
    return runs


def _ends(zone: MapZone) -> tuple[float, float]:
    return zone.low, zone.high


def _covers(zone: MapZone, side: Side, low: float, high: float) -> bool:
    return zone.side == side and zone.low < high and zone.high > low


def _overlap(x: MapZone, y: MapZone) -> float:
    common = min(x.high, y.high) - max(x.low, y.low)
    return max(common, 0.0) / min(x.high - x.low, y.high - y.low)


def _check(*maps: Sequence[MapZone]) -> None:
    """Raise ValueError unless every zone has a width and a weight of at least 0."""
    for zone in (zone for zones in maps for zone in zones):
        if not 0 <= zone.low < zone.high:
            raise ValueError(f"zone {zone.id!r}: low must be at least 0 and below high")
        if not zone.weight >= 0:
            raise ValueError(f"zone {zone.id!r}: weight must be at least 0")
