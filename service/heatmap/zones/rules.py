"""Zone rules: every threshold that decides what is a zone, a level, an approach or a touch."""

from dataclasses import dataclass, fields


@dataclass(frozen=True)
class ZoneRules:
    """The tunables of reading a map, with the defaults the service answers with.

    Names ending in `_pct` are per cent of price, in `_atr` multiples of the timeframe's ATR, in `_percentile` 0..100.

    Smoothing and window
    smoothing_pct         least standard deviation of the Gaussian that smooths a map
    smoothing_atr         the same; the larger of the two counts
    window_pct            how far from the price zones are sought
    window_daily_atr      the same, in ATR of whole days; the smaller of the two counts
    background_pct        standard deviation of the Gaussian that is a bin's surroundings

    Hot zones
    hot_excess            least excess over the surroundings at a zone's peak, share of these
    hot_extent            a zone reaches as far as the excess is this share of its peak's
    min_bins              least width in bins
    valley                two peaks are parted by a valley under this share of the lower one

    Cold zones
    cold_percentile       a cold bin is at most at this percentile of the window
    cold_background       and at most this share of its surroundings
    cold_width_atr        least width
    vacuum_book           a vacuum's book is at most this share as dense as all that is visible

    Description
    colours               intensities from which a zone is cool, warm, hot and extreme
    max_contrast          most that density over surroundings counts in a score
    nearest_depth_atr     a score's depth is taken to at least this distance
    standing_share        a hot zone has stood since it held this share of what it holds
    stop_atr_major        how far beyond a zone stops stand, for majors
    stop_atr_alt          the same for all others

    Approach
    approach_bars         over how many bars a move is measured
    approach_within_atr   farther away nothing is approached
    approach_velocity     least ATR a bar of `approaching`
    approach_efficiency   least net move over path of it
    fast_velocity         least ATR a bar of `fast`
    fast_efficiency       least net move over path of it

    Levels
    pivot_bars            a pivot stands out among so many bars on either side
    pivots_kept           latest swing highs, and as many lows
    volume_bin_pct        least bin of the volume profile, rounded up to a nice number
    value_area            share of the volume in the value area
    node_pct              a node stands out this far on either side
    node_high_percentile  a high-volume node is at least at this percentile of what traded
    node_low_percentile   a low-volume node at most at this
    wall_multiple         a wall is this many times the median cell of its side of the book
    wall_cells            into how many cells a side is cut
    walls_kept            largest walls of a side

    Touches
    volume_bars           bars before a touch that its volume is compared with
    spike_z               least z-score of a volume spike
    long_wick             least share of the bar's range of a long wick
    fewest_touches        with fewer nothing is said of them
    fewest_days           nor on fewer days
    bootstraps            resamples of days for an interval
    """

    # Smoothing and window
    smoothing_pct: float = 0.4
    smoothing_atr: float = 0.25
    window_pct: float = 15.0
    window_daily_atr: float = 4.0
    background_pct: float = 3.0
    # Hot zones
    hot_excess: float = 0.05
    hot_extent: float = 0.5
    min_bins: int = 2
    valley: float = 0.7
    # Cold zones
    cold_percentile: float = 25.0
    cold_background: float = 0.6
    cold_width_atr: float = 0.5
    vacuum_book: float = 0.5
    # Description
    colours: tuple[float, float, float, float] = (0.2, 0.4, 0.6, 0.8)
    max_contrast: float = 10.0
    nearest_depth_atr: float = 0.25
    standing_share: float = 0.5
    stop_atr_major: float = 0.5
    stop_atr_alt: float = 1.0
    # Approach
    approach_bars: int = 5
    approach_within_atr: float = 10.0
    approach_velocity: float = 0.1
    approach_efficiency: float = 0.3
    fast_velocity: float = 0.5
    fast_efficiency: float = 0.5
    # Levels
    pivot_bars: int = 10
    pivots_kept: int = 12
    volume_bin_pct: float = 0.1
    value_area: float = 0.7
    node_pct: float = 1.0
    node_high_percentile: float = 70.0
    node_low_percentile: float = 30.0
    wall_multiple: float = 4.0
    wall_cells: int = 100
    walls_kept: int = 5
    # Touches
    volume_bars: int = 20
    spike_z: float = 2.0
    long_wick: float = 0.5
    fewest_touches: int = 20
    fewest_days: int = 10
    # With 4,000 the ends of an interval wander by 4 % of a standard deviation from seed to seed, with 1,000 by 8 %.
    bootstraps: int = 4000

    @property
    def faint_excess(self) -> float:
        """Return the excess under which no bin of any hot zone lies; what is over it stands out at least faintly."""
        return self.hot_extent * self.hot_excess

    def __post_init__(self) -> None:
        """Refuse what no map could be read with."""
        for field in fields(self):
            value = getattr(self, field.name)
            if not isinstance(value, tuple) and not 0 <= value < float("inf"):
                raise ValueError(f"{field.name}: {value} is not a finite number from 0")
        if self.cold_percentile > 100:  # noqa: PLR2004 - a percentile
            raise ValueError(f"cold_percentile: {self.cold_percentile} is over 100")
        for name in ("hot_extent", "valley", "cold_background", "value_area", "standing_share", "long_wick"):
            if getattr(self, name) > 1:
                raise ValueError(f"{name}: {getattr(self, name)} is over 1")
        if not self.volume_bin_pct:
            raise ValueError("volume_bin_pct: must be above 0")
        if min(self.approach_bars, self.pivot_bars, self.volume_bars, self.wall_cells) < 1:
            raise ValueError("approach_bars, pivot_bars, volume_bars, wall_cells: at least 1")
        if list(self.colours) != sorted(self.colours):
            raise ValueError("colours: must rise")


DEFAULT_RULES = ZoneRules()
