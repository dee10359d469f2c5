"""Density rules: the thresholds that decide which prices are dense and which are sparse."""

from dataclasses import dataclass

from service.heatmap.base.rules import check_rules


@dataclass(frozen=True)
class DensityRules:
    """How a map is smoothed and cut into hot and cold runs.

    Names ending in `_pct` are per cent of price, in `_atr` multiples of the timeframe's ATR, in `_percentile` 0..100.

    Smoothing and window
    smoothing_pct         least standard deviation of the Gaussian that smooths a map
    smoothing_atr         the same; the larger of the two counts
    window_pct            how far from the price zones are sought
    window_daily_atr      the same, in ATR of whole days; the smaller of the two counts
    background_pct        standard deviation of the Gaussian that is a bin's surroundings

    Hot runs
    hot_excess            least excess over the surroundings at the peak of a run, share of these
    hot_extent            a run reaches as far as the excess is this share of its peak's
    min_bins              least width in bins
    valley                two peaks are parted by a valley under this share of the lower one

    Cold runs
    cold_percentile       a cold bin is at most at this percentile of the window
    cold_background       and at most this share of its surroundings
    """

    smoothing_pct: float = 0.4
    smoothing_atr: float = 0.25
    window_pct: float = 15.0
    window_daily_atr: float = 4.0
    background_pct: float = 3.0
    hot_excess: float = 0.05
    hot_extent: float = 0.5
    min_bins: int = 2
    valley: float = 0.7
    cold_percentile: float = 25.0
    cold_background: float = 0.6

    @property
    def faint_excess(self) -> float:
        """Return the excess under which no bin of any hot run lies; what is over it stands out at least faintly."""
        return self.hot_extent * self.hot_excess

    def __post_init__(self) -> None:
        """Refuse what no map could be read with."""
        check_rules(self, shares=("hot_extent", "valley", "cold_background"))
        if self.cold_percentile > 100:  # noqa: PLR2004 - a percentile
            raise ValueError(f"cold_percentile: {self.cold_percentile} is over 100")


DEFAULT_DENSITY_RULES = DensityRules()
