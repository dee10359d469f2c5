"""Levels: all the prices a zone can be in confluence with."""

from service.heatmap.base.arrays import Floats
from service.heatmap.base.bars import Bars
from service.heatmap.levels.level import Level, LevelKind, at_price
from service.heatmap.levels.pivots import swing_levels
from service.heatmap.levels.rules import DEFAULT_LEVEL_RULES, LevelRules
from service.heatmap.levels.volume_profile import profile_axis, volume_levels, volume_profile
from service.heatmap.levels.walls import book_walls
from service.heatmap.stats.periods import Periods, days, weeks
from service.heatmap.stats.volatility import last_atr

DAY_KINDS: tuple[LevelKind, ...] = ("prior_day_open", "prior_day_high", "prior_day_low", "prior_day_close")
WEEK_KINDS: tuple[LevelKind, ...] = ("prior_week_open", "prior_week_high", "prior_week_low", "prior_week_close")


def find_levels(
    bars: Bars,
    *,
    bids: Floats | None = None,
    asks: Floats | None = None,
    rules: LevelRules = DEFAULT_LEVEL_RULES,
) -> tuple[Level, ...]:
    """Return the prices that traders watch, as of the close of the last bar.

    Swing highs and lows, point of control, value area and volume nodes, walls of the order book, and open, high, low
    and close of the previous UTC day and week.

    Parameters
    ----------
    bars : Bars
        Closed bars of one timeframe.
    bids, asks : float64[n, 2], optional
        Order book as rows of price and base amount; without one there are no walls.
    rules : LevelRules
        The thresholds.

    Returns
    -------
    tuple of Level
        Lowest first; empty without bars.
    """
    if not len(bars):
        return ()
    price = float(bars.close[-1])
    axis = profile_axis(bars, rules)
    edges, width = axis.edges, axis.bin_size
    sigma = max(rules.smoothing_pct / 100.0 * price, rules.smoothing_atr * last_atr(bars))
    node_bins = max(1, round(rules.node_pct / 100.0 * price / width))
    levels = [
        *swing_levels(bars, rules.pivot_bars, rules.pivots_kept),
        *volume_levels(volume_profile(bars, edges), edges, sigma / width, node_bins, rules),
        *book_walls(bids, "bid_wall", rules),
        *book_walls(asks, "ask_wall", rules),
        *_prior(days(bars), bars, DAY_KINDS),
        *_prior(weeks(bars), bars, WEEK_KINDS),
    ]
    return tuple(sorted(levels, key=lambda level: (level.price, level.kind)))


def _prior(whole: Periods, bars: Bars, kinds: tuple[LevelKind, ...]) -> list[Level]:
    """Return the levels of the period before the one in progress, none if the bars do not hold all of it."""
    if not len(whole):
        return []
    since_end = int(bars.close_time[-1]) - (int(whole.start[-1]) + whole.length)
    if since_end >= whole.length:
        return []
    prices = (whole.open[-1], whole.high[-1], whole.low[-1], whole.close[-1])
    return [at_price(kind, float(price), int(whole.start[-1])) for kind, price in zip(kinds, prices, strict=True)]
