"""The heat of a group's newest column, and the price on each side where it is highest."""

from dataclasses import dataclass

from service.analysis.maps.group_map import group_column
from service.analysis.markets.estimate import Estimate
from service.analysis.markets.group import Group
from service.heatmap import BySide, PriceAxis, Side
from service.heatmap.base import Floats, LogAxis
from service.heatmap.density import DEFAULT_DENSITY_RULES, DensityRules, heat_of, max_pain_of, on_bins
from service.heatmap.profile import NewestColumn
from service.heatmap.zones import hour_closes, zones_axis


@dataclass(frozen=True, eq=False)
class NewestHeat:
    """The heat of the newest column.

    heat      float64[B], 0 to 1, on the bins asked for
    max_pain  the price at which each side's hottest run peaks, None where none is hot; each exchange's own by name
    """

    heat: Floats
    max_pain: BySide[float | None]
    own: dict[str, BySide[float | None]]


def newest_heat(group: Group, axis: PriceAxis) -> NewestHeat:
    """Return the heat of a group's newest column on the bins of an axis, and max pain within its range."""
    low, high = float(axis.edges[0]), float(axis.edges[-1])
    fine = zones_axis(min(low, group.price), max(high, group.price), DEFAULT_DENSITY_RULES)
    range_pct = 100.0 * max(1.0 - low / group.price, high / group.price - 1.0)
    rules = DensityRules(window_pct=min(range_pct, DEFAULT_DENSITY_RULES.window_pct))
    columns = group_column(group, fine)
    heat = _heat(columns.total, fine)
    pain = _pain(columns.total, fine, heat, rules, group.reference)
    own = {
        # One exchange alone is the sum itself.
        name: pain if part is columns.total else _pain(part, fine, _heat(part, fine), rules, group.members[name])
        for name, part in columns.parts.items()
    }
    return NewestHeat(on_bins(heat[None], fine.first * fine.bin_size, fine.bin_size, axis.edges)[0], pain, own)


def _heat(column: NewestColumn, axis: LogAxis) -> Floats:
    total = column.sides[Side.LONG].notional + column.sides[Side.SHORT].notional
    heat: Floats = heat_of(total[None], axis.bin_size)[0]
    return heat


def _pain(
    column: NewestColumn, axis: LogAxis, heat: Floats, rules: DensityRules, market: Estimate
) -> BySide[float | None]:
    price, anchor = column.price, float(hour_closes(market.data.bars)[-1])
    return BySide(*(max_pain_of(axis, column.sides[side].notional, heat, price, side, rules, anchor) for side in Side))
