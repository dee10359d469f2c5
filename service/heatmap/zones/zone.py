"""Zone: one dense or sparse run of bins, and all that a trader asks about it."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from service.heatmap.base.side import Side
from service.heatmap.levels.level import Level
from service.heatmap.zones.age import Age
from service.heatmap.zones.approach import Approach
from service.heatmap.zones.depth import DepthSource
from service.heatmap.zones.score import ScoreParts
from service.heatmap.zones.stops import Stop

ZoneKind: TypeAlias = Literal["hot", "cold"]
Colour: TypeAlias = Literal["cold", "cool", "warm", "hot", "extreme"]
COLOURS: tuple[Colour, ...] = ("cold", "cool", "warm", "hot", "extreme")


@dataclass(frozen=True)
class TouchChance:
    """The chance that price trades at the zone's near edge within 1, 4 and 24 hours: .001 at least, 1 inside it."""

    h1: float
    h4: float
    h24: float


@dataclass(frozen=True)
class Zone:
    """A zone of the map's last column.

    rank               1 is first, among the zones of its kind
    low, high          bin edges; `peak` is the centre of its densest (hot) or emptiest (cold) bin, smoothed
    bins               half-open bin numbers on the axis
    notional           quote currency standing in it; `share` of the whole map, 0..1
    intensity          0..1 of the map's own scale, and its `colour` class
    average_leverage   weighted by notional, None where not known
    distance_pct/_atr  from the price to the near edge, 0 inside
    depth_to_reach     quote currency to be traded before the near edge, 0 inside; `depth_source`: whence known
    age                None without past columns
    stop               None for cold zones
    vacuum             cold zones: the book is thin there too; None where the book does not reach, and for hot zones
    """

    id: str
    kind: ZoneKind
    side: Side
    rank: int
    low: float
    high: float
    peak: float
    bins: tuple[int, int]
    notional: float
    share: float
    intensity: float
    colour: Colour
    average_leverage: float | None
    distance_pct: float
    distance_atr: float
    touch_probability: TouchChance
    depth_to_reach: float
    depth_source: DepthSource
    score: float
    score_parts: ScoreParts
    confluence: tuple[Level, ...]
    approach: Approach
    age: Age | None
    stop: Stop | None
    vacuum: bool | None


def colour_of(intensity: float, marks: tuple[float, float, float, float]) -> Colour:
    """Return the colour class of an intensity."""
    return COLOURS[sum(intensity >= mark for mark in marks)]
