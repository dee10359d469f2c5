"""Level rules: the thresholds that decide which prices count as levels."""

from dataclasses import dataclass

from service.heatmap.base.rules import check_rules


@dataclass(frozen=True)
class LevelRules:
    """The tunables of levels, with the defaults that the service answers with.

    Names ending in `_pct` are per cent of price, in `_atr` multiples of the timeframe's ATR, in `_percentile` 0..100.

    pivot_bars            a pivot stands out among so many bars on either side
    pivots_kept           latest swing highs, and as many lows
    smoothing_pct         least standard deviation of the Gaussian that smooths the volume profile
    smoothing_atr         the same; the larger of the two counts
    volume_bin_pct        least bin of the volume profile, rounded up to a nice number
    value_area            share of the volume in the value area
    node_pct              a node stands out this far on either side
    node_high_percentile  a high-volume node is at least at this percentile of what traded
    node_low_percentile   a low-volume node at most at this
    wall_multiple         a wall is this many times the median cell of its side of the book
    wall_cells            into how many cells a side is cut
    walls_kept            largest walls of a side
    """

    pivot_bars: int = 10
    pivots_kept: int = 12
    smoothing_pct: float = 0.4
    smoothing_atr: float = 0.25
    volume_bin_pct: float = 0.1
    value_area: float = 0.7
    node_pct: float = 1.0
    node_high_percentile: float = 70.0
    node_low_percentile: float = 30.0
    wall_multiple: float = 4.0
    wall_cells: int = 100
    walls_kept: int = 5

    def __post_init__(self) -> None:
        """Refuse what no level could be found with."""
        check_rules(self, shares=("value_area",), counts=("pivot_bars", "wall_cells"))
        if not self.volume_bin_pct:
            raise ValueError("volume_bin_pct: must be above 0")
        for name in ("node_high_percentile", "node_low_percentile"):
            if getattr(self, name) > 100:  # noqa: PLR2004 - a percentile
                raise ValueError(f"{name}: {getattr(self, name)} is over 100")


DEFAULT_LEVEL_RULES = LevelRules()
