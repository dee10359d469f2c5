"""Statistics that know nothing of positions.

agreement          how alike two distributions over the same bins are
bootstrap          intervals from resampling whole days
context            how crowded the market is: open interest, volume, order book, funding
periods            bars gathered into UTC days and weeks
rank_sums          running sums of resampled hours along an order
ranking            rank statistics of many resamples at once
rebin              the same mass on other bin edges
smoothing          Gaussian averages and percentiles
touch_probability  how likely a price is to be traded within some hours
volatility         average true range and realised volatility
"""

from service.heatmap.stats.agreement import spearman, wasserstein
from service.heatmap.stats.bootstrap import LEAST_RESAMPLES, Interval, Judgement, day_counts, interval_of
from service.heatmap.stats.context import (
    ContextFigure,
    annualised,
    book_imbalance,
    newest_of,
    open_interest_change,
    volume_z,
)
from service.heatmap.stats.ranking import Ranking, Target, correlation
from service.heatmap.stats.smoothing import percentiles, smooth
from service.heatmap.stats.touch_probability import (
    LEAST_CHANCE,
    VOLATILITY_GROWTH,
    VOLATILITY_MEDIAN,
    VOLATILITY_SIGMA,
    probability_of_touch,
)
from service.heatmap.stats.volatility import daily_atr, realised_volatility

__all__ = [
    "LEAST_CHANCE",
    "LEAST_RESAMPLES",
    "VOLATILITY_GROWTH",
    "VOLATILITY_MEDIAN",
    "VOLATILITY_SIGMA",
    "ContextFigure",
    "Interval",
    "Judgement",
    "Ranking",
    "Target",
    "annualised",
    "book_imbalance",
    "correlation",
    "daily_atr",
    "day_counts",
    "interval_of",
    "newest_of",
    "open_interest_change",
    "percentiles",
    "probability_of_touch",
    "realised_volatility",
    "smooth",
    "spearman",
    "volume_z",
    "wasserstein",
]
