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
PRICE_DIGITS = 9


@dataclass(frozen=True)
class TouchChance:
    """The chance that price trades at the zone's near edge within 1, 4 and 24 hours: .001 at least, 1 inside it."""

    h1: float
    h4: float
    h24: float


@dataclass(frozen=True)
class Core:
    """The part of a zone around its peak where it is hottest, or coldest: its edges in quote currency."""

    low: float
    high: float

    @classmethod
    def around(cls, peak: float, low: float, high: float, most: float) -> "Core":
        """Return low..high, drawn in towards the peak where that is wider than a core may be."""
        kept = min(1.0, most / (high - low))
        return cls(rounded(peak - kept * (peak - low)), rounded(peak + kept * (high - peak)))


@dataclass(frozen=True)
class Zone:
    """A zone: one run of dense or sparse bins in the last column of a map.

    Attributes
    ----------
    id : str
        Name that outlasts small changes of the edges, such as `hot-long-58240`; the same in every answer.
    kind : {"hot", "cold"}
        Dense or sparse.
    side : Side
        Whose positions: long ones lie below the price, short ones above it.
    rank : int
        1 is first among the zones of its kind.
    low, high : float
        Its edges, in quote currency.
    core : Core
        The part around the peak to trade on.
    peak : float
        Where its heat is highest (hot) or lowest (cold).
    bins : tuple of int
        Half-open bin numbers on the axis.
    notional : float
        Quote currency that stands in it.
    share : float
        That as a share of the whole map, 0..1.
    heat : float
        That of its peak (hot), or its mean (cold): 0..1 on the scale of the map.
    heat_for_distance : float
        How full it is for its distance from the price, 0..1: the most of its bins (hot), or their mean (cold).
    colour : str
        Class of the heat.
    average_leverage : float or None
        Weighted by notional; None where it is not known.
    distance_pct, distance_atr : float
        From the price to the near edge, in per cent and in ATR; 0 inside.
    touch_probability : TouchChance
        Chance that the near edge trades within some hours.
    depth_to_reach : float
        Quote currency to be traded before the near edge; 0 inside.
    depth_source : {"book", "book_extrapolated", "volume"}
        Source of the depth.
    score : float
        What zones of a kind are ranked by.
    score_parts : ScoreParts
        The factors of the score.
    confluence : tuple of Level
        Levels that lie in the zone.
    approach : Approach
        How price is moving towards it.
    age : Age or None
        Since when it has stood; None without past columns.
    stop : Stop or None
        Where a stop would be out of reach of its core; None for cold zones.
    vacuum : bool or None
        For cold zones whether the book is thin there too; None where the book does not reach, and for hot zones.
    """

    id: str
    kind: ZoneKind
    side: Side
    rank: int
    low: float
    high: float
    core: Core
    peak: float
    bins: tuple[int, int]
    notional: float
    share: float
    heat: float
    heat_for_distance: float
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


def colour_of(heat: float, marks: tuple[float, float, float, float]) -> Colour:
    """Return the colour class of a heat."""
    return COLOURS[sum(heat >= mark for mark in marks)]


def rounded(price: float) -> float:
    """Return a price as answers state it: bins of log price have edges of many digits."""
    return float(f"{price:.{PRICE_DIGITS}g}")
