"""Zones: where liquidations cluster and where little stands, ranked, on one timeframe or several together."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from service.analysis.concurrency.cost import RIVAL_PASSES, passes_of
from service.analysis.limits import most_cells
from service.analysis.markets.calibrated import executed_of
from service.analysis.markets.envelope import Envelope
from service.analysis.markets.group import Group
from service.analysis.markets.loading import admitted_group, load_groups
from service.analysis.prepared import Prepared, freshness
from service.analysis.requests import MarketRequest, RangeRequest
from service.analysis.services import Services
from service.analysis.zones.context import MarketContext, market_context
from service.analysis.zones.fragility import market_fragility, zone_ratios
from service.analysis.zones.zone_reading import ZoneReading, read_zones, zone_rules
from service.heatmap import BadInput, BySide, Side, Zone
from service.heatmap.cascade import ExecutedShare, Fragility
from service.heatmap.inventory import Confidence, Ensemble
from service.heatmap.levels import Level
from service.heatmap.touches import EndedZone
from service.heatmap.zones import Gap, OnTimeframe, Support, ZoneRules, ZoneScale, merged, supports
from service.market.contract import TIMEFRAMES
from service.ops.request_scope import while_wanted

ZoneRank: TypeAlias = Literal["score", "fragility"]


@dataclass(frozen=True, kw_only=True)
class ZoneFilter:
    """Which zones to give: of one kind or side, the first by rank, near enough, heavy enough.

    rank_by  what hot zones are ranked by: their score, or their cascade ratio
    """

    kind: str | None
    side: Side | None
    top: int
    within_pct: float | None
    min_share: float
    rank_by: ZoneRank

    def ranked(self, rows: list[OnTimeframe], ratios: Mapping[str, Mapping[str, float]]) -> list[OnTimeframe]:
        """Return rows that stand by score as they are to be ranked; `ratios` by timeframe and zone."""
        if self.rank_by == "score" or not any(row.zone.id in ratios[row.timeframe] for row in rows):
            return rows
        rows = sorted(rows, key=lambda row: -ratios[row.timeframe].get(row.zone.id, -1.0))
        return [replace(row, zone=replace(row.zone, rank=rank)) for rank, row in enumerate(rows, start=1)]

    def gone(self, ended: Sequence[EndedZone], price: float) -> tuple[EndedZone, ...]:
        """Return the ended zones wanted; all are hot, and they have no rank and no share of what stands now."""
        if self.kind == "cold":
            return ()
        near = [zone for zone in ended if self.side in {None, zone.side} and self._is_near(zone, price)]
        return tuple(near[: self.top])

    def _is_near(self, zone: EndedZone, price: float) -> bool:
        away = max(zone.low - price, price - zone.high, 0.0)
        return self.within_pct is None or 100.0 * away / price <= self.within_pct

    def chosen(self, rows: Sequence[OnTimeframe], kind: str) -> list[OnTimeframe]:
        """Return the rows wanted, of a list that holds one kind by rank; ranks stay those of the whole list."""
        if self.kind not in {None, kind}:
            return []
        return [row for row in rows if self._wants(row.zone)][: self.top]

    def _wants(self, zone: Zone) -> bool:
        return (
            self.side in {None, zone.side}
            and zone.share >= self.min_share
            and (self.within_pct is None or zone.distance_pct <= self.within_pct)
        )


@dataclass(frozen=True, kw_only=True)
class ZonesRequest:
    """The zones of one market on the timeframes, of which the market's own is one."""

    market: MarketRequest
    axis: RangeRequest
    filter: ZoneFilter
    timeframes: tuple[str, ...]
    split: bool
    uncertainty: bool
    ended_bars: int

    def ordered_timeframes(self) -> list[str]:
        """Return the timeframes asked for, finest first; raises BadInput if one is named twice."""
        if len(set(self.timeframes)) < len(self.timeframes):
            raise BadInput("timeframes", "One is named twice", "each at most once")
        return sorted(self.timeframes, key=lambda frame: TIMEFRAMES[frame])


@dataclass(frozen=True, eq=False)
class RankedZone:
    """A zone and the timeframes on which it stands; `support` is the ensemble's, where that was asked for.

    agreement      share of the maps under other mixes, and its own, that have it: 0..1
    confidence     data quality times that, 0..1
    cascade_ratio  of a hot zone, what it forces over what the book of an event takes there; None without a book
    """

    row: OnTimeframe
    agreement: float
    confidence: float
    support: Support | None = None
    cascade_ratio: float | None = None


@dataclass(frozen=True, eq=False)
class RankedZones:
    """Hot and cold zones, each by rank."""

    hot: tuple[RankedZone, ...]
    cold: tuple[RankedZone, ...]


@dataclass(frozen=True, eq=False)
class ZonesResult:
    """The zones of a market; envelope, levels, scale, gap, context and ended are of the finest timeframe.

    fragility  of each side, None where no book is seen
    split      each exchange's own zones, None where not asked for
    """

    envelope: Envelope
    timeframes: tuple[str, ...]
    zones: RankedZones
    ended: tuple[EndedZone, ...]
    levels: tuple[Level, ...]
    scale: ZoneScale
    gap: Gap
    context: MarketContext
    now: float
    notes: tuple[str, ...]
    fragility: BySide[Fragility | None] | None
    split: dict[str, RankedZones] | None


def prepare_zones(services: Services, request: ZonesRequest) -> Prepared[ZonesResult]:
    """Load every timeframe at once; raises MarketError or BadInput."""
    frames = request.ordered_timeframes()
    markets = [replace(request.market, timeframe=frame) for frame in frames]
    # The zones, with their leverage and under other mixes, of all exchanges together and of each.
    passes = (1 + request.split) * (2 + RIVAL_PASSES) + passes_of(request.market, ensemble=request.uncertainty) - 1
    admitted = admitted_group(services, request.market, frames, passes=passes, grids=1, read=request.ended_bars)
    groups = load_groups(services, markets, context=True)
    return Prepared(
        tuple(group.fingerprint for group in groups),
        min(freshness(request.market.as_of, group) for group in groups),
        admitted.computing(lambda: _result(groups, frames, request, services.clock())),
    )


def _result(groups: Sequence[Group], frames: Sequence[str], request: ZonesRequest, now: float) -> ZonesResult:
    rules = zone_rules(request.axis)
    # The close of a coarse bar may be hours old: all are read from the newest price.
    cells = _cells(groups, split=request.split)
    price = groups[0].price
    back = [request.ended_bars, *(0 for _ in groups[1:])]
    readings = [
        read_zones(group, price, rivals=True, cells=cells, ended_bars=bars, rules=rules)
        for group, bars in while_wanted(zip(groups, back, strict=True))
    ]
    spreads = [reading.group.ensemble(reading.axis) for reading in readings] if request.uncertainty else []
    first = readings[0]
    envelope = groups[0].envelope(now)
    executed = executed_of(envelope).share
    coarser = _coarser_warnings(groups[1:], frames[1:], envelope.warnings, now)
    return ZonesResult(
        envelope=replace(envelope, confidence=_confidence(first), warnings=(*envelope.warnings, *coarser)),
        timeframes=tuple(frames),
        zones=_ranked(readings, frames, request.filter, executed, spreads),
        ended=request.filter.gone(first.ended, price),
        levels=first.levels,
        scale=first.zones.scale,
        gap=first.zones.gap,
        context=market_context(groups[0].reference.data),
        now=now,
        notes=tuple(dict.fromkeys(note for reading in readings for note in reading.zones.notes)),
        fragility=market_fragility(first, executed),
        split=_split(groups, frames, request.filter, executed, rules, cells) if request.split else None,
    )


def _cells(groups: Sequence[Group], *, split: bool) -> int:
    """Return how many cells of the past each reading looks at, so that all together look at no more than one map."""
    exchanges = max(len(group.members) for group in groups)
    return most_cells(exchanges) // (len(groups) * (1 + split * exchanges))


def _ranked(
    readings: Sequence[ZoneReading],
    frames: Sequence[str],
    wanted: ZoneFilter,
    executed: ExecutedShare,
    spreads: Sequence[Ensemble] = (),
) -> RankedZones:
    """Return the zones wanted, those that stand on several timeframes as one."""

    def of_kind(kind: str, by_frame: dict[str, tuple[Zone, ...]]) -> tuple[RankedZone, ...]:
        support = {
            frame: _support(reading, spread, by_frame[frame])
            for frame, reading, spread in zip(frames, readings, spreads, strict=False)
        }
        rows = wanted.chosen(wanted.ranked(merged(by_frame), ratios), kind)
        return tuple(
            RankedZone(
                row,
                *_trust(by_name[row.timeframe], row.zone),
                support.get(row.timeframe, {}).get(_place(row.zone)),
                ratios[row.timeframe].get(row.zone.id),
            )
            for row in rows
        )

    by_name = dict(zip(frames, readings, strict=True))
    ratios = {frame: zone_ratios(reading, executed) for frame, reading in by_name.items()}
    return RankedZones(
        hot=of_kind("hot", {frame: reading.zones.hot for frame, reading in by_name.items()}),
        cold=of_kind("cold", {frame: reading.zones.cold for frame, reading in by_name.items()}),
    )


def _trust(reading: ZoneReading, zone: Zone) -> tuple[float, float]:
    """Return a zone's agreement and confidence."""
    agreement = reading.agreement[zone.id]
    return agreement, reading.group.confidence(agreement, "").value


def _confidence(reading: ZoneReading) -> Confidence | None:
    """Return the confidence in the hot zones together, each as heavy as its notional; None where there is none."""
    held = sum(zone.notional for zone in reading.zones.hot)
    if not held:
        return None
    agreement = sum(zone.notional * reading.agreement[zone.id] for zone in reading.zones.hot) / held
    others = ", ".join(reading.mixes)
    reason = f"hot zones, by what they hold, stand in {agreement:.0%} of the maps compared: this mix's own, {others}"
    return reading.group.confidence(agreement, reason)


def _support(
    reading: ZoneReading, spread: Ensemble, zones: tuple[Zone, ...]
) -> dict[tuple[str, float, float], Support]:
    """Return the support that a timeframe's zones have in its ensemble, by their place."""
    support = supports(spread, reading.axis, reading.price, reading.group.reference.data.bars, zones)
    return {_place(zone): one for zone, one in zip(zones, support, strict=True)}


def _place(zone: Zone) -> tuple[str, float, float]:
    return zone.side, zone.low, zone.high


def _split(
    groups: Sequence[Group],
    frames: Sequence[str],
    wanted: ZoneFilter,
    executed: ExecutedShare,
    rules: ZoneRules,
    cells: int,
) -> dict[str, RankedZones]:
    """Return the zones of every exchange that is there on all timeframes, each read from its own price."""
    names = [name for name in groups[0].members if all(name in group.members for group in groups)]
    return {
        name: _ranked(
            [read_zones(group.alone(name), rivals=True, cells=cells, rules=rules) for group in groups],
            frames,
            wanted,
            executed,
        )
        for name in names
    }


def _coarser_warnings(groups: Sequence[Group], frames: Sequence[str], said: Sequence[str], now: float) -> list[str]:
    """Return what is to be said of the coarser timeframes alone."""
    return [
        f"{frame}: {warning}"
        for frame, group in zip(frames, groups, strict=True)
        for warning in group.envelope(now).warnings
        if warning not in said
    ]
