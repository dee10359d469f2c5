"""The model of service/heatmap with one of its inputs replaced: the same kernel, curves and in-bar share.

With nothing replaced it is `predict_swept` to the last bit.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

from bench.hour_table import Hours
from service.heatmap import Assumptions, Bars, BySide, Side
from service.heatmap.base import Floats
from service.heatmap.inventory import (
    TYPICAL_LEVERAGE,
    DistanceCurve,
    Mix,
    SidePath,
    curves,
    flows_of,
    side_path,
    stand,
    typical_venue,
)
from service.heatmap.skill import expected_volume, forced_share, in_bar_share, without_residue

Entries: TypeAlias = Callable[[SidePath, Bars, Side], SidePath]
Share: TypeAlias = Callable[[Bars, Side, DistanceCurve], Floats]


def own_bars(hours: Hours) -> Bars:
    """Return the bars as they are."""
    return hours.bars


def own_side_bars(_: Hours, bars: Bars, __: Side) -> Bars:
    """Return the bars as they are for either side."""
    return bars


def own_entries(path: SidePath, _: Bars, __: Side) -> SidePath:
    """Return the path as it is."""
    return path


@dataclass(frozen=True, eq=False)
class Altered:
    """The parts of the model, each as it is unless given.

    assumptions    as for any map; most_leverage, the market's limit, above which a mix is cut
    bars           what all parts read; side_bars, what the inventory of one side reads
    entries        where the inventory's positions are opened, from the side's own path
    standing       weight of the inventory
    in_bar_mix     leverage of positions opened and liquidated within a bar; none: the same as of the others
    expected       volume to expect in each bar; share, what of it is liquidated within the bar
    forced         how much of what is reached is forced; power, the prediction's before that
    """

    assumptions: Assumptions = field(default_factory=Assumptions)
    most_leverage: float = TYPICAL_LEVERAGE
    bars: Callable[[Hours], Bars] = own_bars
    side_bars: Callable[[Hours, Bars, Side], Bars] = own_side_bars
    entries: Entries = own_entries
    standing: float = 1.0
    in_bar_mix: Mix | None = None
    expected: Callable[[Bars, float], Floats] = expected_volume
    share: Share = in_bar_share
    forced: Callable[[Bars], Floats] = forced_share
    power: float = 1.0


def predictions(model: Altered, hours: Hours) -> BySide[Floats]:
    """Return base coin that each bar's path would liquidate, float64[T] for either side."""
    assumed, bars = model.assumptions, model.bars(hours)
    venue = typical_venue(model.most_leverage)
    by_side = curves(assumed, venue)
    in_bar = by_side if model.in_bar_mix is None else curves(assumed.with_fast_mix(model.in_bar_mix), venue)
    levered = 1.0 - assumed.fast_mix.unlevered
    opens = 0.5 * assumed.fast_churn * levered * model.expected(bars, assumed.fast_hours)
    forced, interest = model.forced(bars), flows_of(bars).open_interest
    swept = (
        forced
        * (
            model.standing * _swept_standing(model, model.side_bars(hours, bars, side), by_side[side], side)
            + opens * model.share(bars, side, in_bar[side][0])
        )
        ** model.power
        for side in Side
    )
    return BySide(*(without_residue(amounts, interest) for amounts in swept))


def _swept_standing(model: Altered, bars: Bars, by_population: Sequence[DistanceCurve], side: Side) -> Floats:
    """Return what each bar takes from the inventory that stood before it, float64[T], base coin."""
    path, assumed = model.entries(side_path(bars, side), bars, side), model.assumptions
    return stand(path, flows_of(bars), assumed.one_side(by_population)).swept
