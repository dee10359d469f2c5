"""Max pain: the price on each side where liquidations stand out most from what lies around them.

The bin that merely holds the most is no answer: far from the price a map is level, so that it would be wherever the
axis happens to end.
"""

from service.heatmap.base.arrays import Floats
from service.heatmap.base.axis import PriceAxis
from service.heatmap.base.side import Side
from service.heatmap.density.rules import DEFAULT_DENSITY_RULES, DensityRules
from service.heatmap.density.side import map_side
from service.heatmap.density.spans import hot_spans


def max_pain(
    axis: PriceAxis, notional: Floats, price: float, side: Side, rules: DensityRules = DEFAULT_DENSITY_RULES
) -> int | None:
    """Return the bin of one side's profile, float64[B], that is densest against its surroundings; None if none is hot.

    What is hot is decided by `spans.hot_spans`, here within `window_pct` of the price and whatever the volatility.
    """
    sigma, background, reach = (
        share / 100.0 * price for share in (rules.smoothing_pct, rules.background_pct, rules.window_pct)
    )
    one = map_side(
        axis.centres,
        notional,
        price,
        side,
        sigma_bins=sigma / axis.bin_size,
        background_bins=background / axis.bin_size,
        reach=reach,
    )
    excess = one.excess
    peaks = [start + int(excess[start:stop].argmax()) for start, stop in hot_spans(excess, one.window, rules)]
    if not peaks:
        return None
    peak = max(peaks, key=lambda at: float(excess[at]))
    return one.axis((peak, peak + 1))[0]
