"""Describing: turns a run of bins into a zone with everything that is said of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats, Span
from service.heatmap.base.bars import Bars
from service.heatmap.base.log_axis import LogAxis
from service.heatmap.base.side import BySide, Side
from service.heatmap.cascade.book_depth import DepthCurve
from service.heatmap.density.side import MapSide
from service.heatmap.density.spans import Run
from service.heatmap.levels.level import Level
from service.heatmap.stats.touch_probability import probability_of_touch
from service.heatmap.stats.volatility import realised_volatility
from service.heatmap.zones.age import Age, GridHistory, cold_age, hot_age
from service.heatmap.zones.approach import approach_to
from service.heatmap.zones.depth import DepthSource, assumed_depth, daily_notional, thin_between
from service.heatmap.zones.id import numbered, zone_id
from service.heatmap.zones.rules import ZoneRules
from service.heatmap.zones.scale import ZoneScale
from service.heatmap.zones.score import ScoreParts, cold_score, hot_score
from service.heatmap.zones.stops import stop_beyond
from service.heatmap.zones.zone import Core, TouchChance, Zone, ZoneKind, colour_of, rounded

# Predicted and realised differ by a hundredth on average: a fourth digit would say nothing.
CHANCE_DIGITS = 3


@dataclass(frozen=True, eq=False)
class Inputs:
    """What every zone of one map is described by; see find_zones.

    total      the whole map's notional
    book_seen  whether there is an order book; `books` has its sides that hold anything
    """

    axis: LogAxis
    bars: Bars
    scale: ZoneScale
    total: float
    book_seen: bool
    books: BySide[DepthCurve | None]
    average_leverage: Floats | None
    history: GridHistory | None
    levels: tuple[Level, ...]
    data_quality: NDArray[np.float64]
    rules: ZoneRules


class Describer:
    """Describes zones of one map, with what they share worked out once."""

    def __init__(self, inputs: Inputs) -> None:
        """Read the volatility and the traded volume."""
        self._in, self._books = inputs, inputs.books
        self._volatility = realised_volatility(inputs.bars)
        self._traded = daily_notional(inputs.bars)

    def hot(self, side: MapSide, run: Run) -> Zone:
        """Describe a hot run."""
        near, _ = self._distances(side.axis(run.span))
        # Before a zone at the price there is no depth, which would make its weight endless.
        depth, source = self._depth(side.side, max(near, self._in.rules.nearest_depth_atr * self._in.scale.atr))
        notional, heat = float(side.raw[slice(*run.span)].sum()), float(side.heat[run.peak])
        parts = hot_score(notional, depth, source, heat, self._quality(side.axis(run.span)))
        return self._zone("hot", side, run, heat, parts, None)

    def cold(self, side: MapSide, run: Run) -> Zone:
        """Describe a cold run."""
        near, far = self._distances(side.axis(run.span))
        heat = float(side.heat[slice(*run.span)].mean())
        parts = cold_score((far - near) / self._in.scale.atr, heat, self._quality(side.axis(run.span)))
        vacuum = thin_between(self._books[side.side], near, far, self._in.rules.vacuum_book)
        return self._zone("cold", side, run, heat, parts, vacuum)

    def _distances(self, bins: Span) -> tuple[float, float]:
        """Return how far the near and the far edge are from the price; 0 for the near one if that is inside."""
        low, high = self._edges(bins)
        near, far = sorted((abs(low - self._in.scale.price), abs(high - self._in.scale.price)))
        return (0.0 if low <= self._in.scale.price <= high else near), far

    def _edges(self, bins: Span) -> tuple[float, float]:
        return rounded(self._in.axis.edges[bins[0]]), rounded(self._in.axis.edges[bins[1]])

    def _core(self, bins: Span, peak: float) -> Core:
        return Core.around(peak, *self._edges(bins), self._in.rules.density.core_atr * self._in.scale.atr)

    def _quality(self, bins: Span) -> float:
        return float(self._in.data_quality[bins[0] : bins[1]].mean())

    def _zone(
        self, kind: ZoneKind, side: MapSide, run: Run, heat: float, parts: ScoreParts, vacuum: bool | None
    ) -> Zone:
        view, price, bins = self._in, self._in.scale.price, side.axis(run.span)
        low, high = self._edges(bins)
        peak = rounded(side.centres[run.peak])
        core = self._core(side.axis(run.core), peak)
        distance = max(low - price, price - high, 0.0)
        notional = float(side.raw[slice(*run.span)].sum())
        depth, source = self._depth(side.side, distance)
        full = side.for_distance[slice(*run.span)]
        return Zone(
            id=zone_id(kind, side.side, numbered(view.axis, side.axis(run.whole)), view.axis.bin_size),
            kind=kind,
            side=side.side,
            rank=0,
            low=low,
            high=high,
            core=core,
            peak=peak,
            bins=bins,
            notional=notional,
            share=notional / view.total,
            heat=heat,
            heat_for_distance=float(full.max() if kind == "hot" else full.mean()),
            colour=colour_of(heat, view.rules.colours),
            average_leverage=self._leverage(side, run.span),
            distance_pct=100.0 * distance / price,
            distance_atr=distance / view.scale.atr,
            touch_probability=self._chance(low, high),
            depth_to_reach=depth,
            depth_source=source,
            score=parts.score,
            score_parts=parts,
            confluence=tuple(item for item in view.levels if item.overlaps(low, high)),
            approach=approach_to(low, high, price, view.bars, view.scale.atr, view.rules.approach),
            age=self._age(kind, side, bins),
            stop=stop_beyond(side.side, core.low, core.high, view.scale.atr, view.rules.stop_atr)
            if kind == "hot"
            else None,
            vacuum=vacuum,
        )

    def _chance(self, low: float, high: float) -> TouchChance:
        price = self._in.scale.price
        # A long zone may reach down to price 0, which log prices cannot: its near edge never does.
        near = min(max(price, low), high)
        chances = (probability_of_touch(price, near, self._volatility, hours) for hours in (1.0, 4.0, 24.0))
        return TouchChance(*(round(chance, CHANCE_DIGITS) for chance in chances))

    def _depth(self, side: Side, distance: float) -> tuple[float, DepthSource]:
        return assumed_depth(self._books[side], distance, self._in.scale.daily_atr, self._traded)

    def _leverage(self, side: MapSide, span: Span) -> float | None:
        bins = side.axis(span)
        values = self._in.average_leverage
        raw = side.raw[span[0] : span[1]]
        weights = raw[::-1] if side.side is Side.LONG else raw
        if values is None:
            return None
        known = np.isfinite(values[bins[0] : bins[1]])
        total = float(weights[known].sum())
        return float(values[bins[0] : bins[1]][known] @ weights[known]) / total if total > 0 else None

    def _age(self, kind: ZoneKind, side: MapSide, bins: Span) -> Age | None:
        history = self._in.history
        if history is None or not len(history.time):
            return None
        if kind == "hot":
            return hot_age(history, side.side, bins, self._in.rules)
        return cold_age(history, bins, self._in.rules)
