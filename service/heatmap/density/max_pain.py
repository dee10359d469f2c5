"""Max pain: the price on each side where liquidations stand out most from what lies around them.

The price where merely the most stands is no answer: far from the price a map is level, so that it would be wherever the
axis happens to end.
"""

from service.heatmap.base.arrays import Floats
from service.heatmap.base.log_axis import LogAxis
from service.heatmap.base.side import Side
from service.heatmap.density.hot_cold_thresholds import DEFAULT_DENSITY_RULES, DensityRules
from service.heatmap.density.side import map_side
from service.heatmap.density.spans import hot_runs


def max_pain_of(
    axis: LogAxis,
    notional: Floats,
    heat: Floats,
    price: float,
    side: Side,
    rules: DensityRules = DEFAULT_DENSITY_RULES,
    anchor: float | None = None,
) -> float | None:
    """Return the price at which the hottest hot run of one side peaks; None if none is hot.

    `notional` is that side's, `heat` the whole map's, float64[B] both. What is hot is decided as for zones, by
    their `anchor`, here within `window_pct` of the price and whatever the volatility.
    """
    one = map_side(axis, notional, heat, price, side, rules.window_pct / 100.0 * price, anchor)
    peaks = [run.peak for run in hot_runs(one, 0.0, rules)]
    return float(one.centres[max(peaks, key=lambda at: float(one.heat[at]))]) if peaks else None
