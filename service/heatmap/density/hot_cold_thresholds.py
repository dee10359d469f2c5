"""Density rules: the thresholds that decide which prices are hot and which are cold."""

from dataclasses import dataclass

from service.heatmap.base.rules import check_rules


@dataclass(frozen=True)
class DensityRules:
    """How a map's heat, 0 to 1, is cut into hot and cold runs.

    Names ending in `_pct` are per cent of price, in `_atr` multiples of the timeframe's ATR.

    Window
    window_pct            how far from the price zones are sought
    window_daily_atr      the same, in ATR of whole days; the smaller of the two counts

    Hot runs
    hot                   least heat for the distance (usual.py) of a hot run
    hot_peak              least that it comes to somewhere
    reach_atr             a zone reaches as far from its peak at most, however far the run goes on
    reach_pct             but as far as this in any case, or zones of a fine timeframe would follow their peak from bar
                          to bar, which wanders on a flat top

    Cold runs
    gap                   the gap around the price ends where the heat first exceeds it
    cold                  most heat of a cold run; .45 is 5 % less dense than its surroundings, as .7 is 5 % denser
    cold_peak             most heat where it is coldest; .4 is 11 % less dense
    cold_width_atr        least width of a cold run

    Both
    core_atr              most width of a zone's core
    faint                 least mean heat with which another map's zone is said to show in this one
    """

    window_pct: float = 15.0
    window_daily_atr: float = 4.0
    hot: float = 0.7
    hot_peak: float = 0.8
    reach_atr: float = 1.0
    reach_pct: float = 0.3
    gap: float = 0.35
    cold: float = 0.45
    cold_peak: float = 0.4
    cold_width_atr: float = 0.5
    core_atr: float = 0.5
    faint: float = 0.6

    def __post_init__(self) -> None:
        """Refuse what no map could be read with."""
        check_rules(self, shares=("hot", "hot_peak", "gap", "cold", "cold_peak", "faint"))


DEFAULT_DENSITY_RULES = DensityRules()
