"""Zone rules: the thresholds that decide what a zone is and how it is described."""

from dataclasses import dataclass

from service.heatmap.base.rules import check_rules
from service.heatmap.density.rules import DEFAULT_DENSITY_RULES, DensityRules
from service.heatmap.zones.approach import DEFAULT_APPROACH_RULES, ApproachRules


@dataclass(frozen=True)
class ZoneRules:
    """The tunables of zones, with the defaults that the service answers with.

    Names ending in `_atr` are multiples of the timeframe's ATR.

    density               how a map is smoothed and cut into hot and cold runs
    approach              how a move towards a zone is judged
    cold_width_atr        least width of a cold zone
    vacuum_book           a vacuum's book is at most this share as dense as all that is visible
    colours               intensities from which a zone is cool, warm, hot and extreme
    max_contrast          most that density over surroundings counts in a score
    nearest_depth_atr     a score's depth is taken to at least this distance
    standing_share        a hot zone has stood since it held this share of what it holds
    stop_atr_major        how far beyond a zone stops stand, for majors
    stop_atr_alt          the same for all others
    """

    density: DensityRules = DEFAULT_DENSITY_RULES
    approach: ApproachRules = DEFAULT_APPROACH_RULES
    cold_width_atr: float = 0.5
    vacuum_book: float = 0.5
    colours: tuple[float, float, float, float] = (0.2, 0.4, 0.6, 0.8)
    max_contrast: float = 10.0
    nearest_depth_atr: float = 0.25
    standing_share: float = 0.5
    stop_atr_major: float = 0.5
    stop_atr_alt: float = 1.0

    def __post_init__(self) -> None:
        """Refuse what no zone could be described with."""
        check_rules(self, shares=("standing_share",))
        if list(self.colours) != sorted(self.colours):
            raise ValueError("colours: must rise")


DEFAULT_ZONE_RULES = ZoneRules()
