"""Zone rules: the thresholds that decide what a zone is and how it is described."""

from dataclasses import dataclass

from service.heatmap.base.rules import check_rules
from service.heatmap.density.hot_cold_thresholds import DEFAULT_DENSITY_RULES, DensityRules
from service.heatmap.zones.approach import DEFAULT_APPROACH_RULES, ApproachRules


@dataclass(frozen=True)
class ZoneRules:
    """The tunables of zones, with the defaults that the service answers with.

    Names ending in `_atr` are multiples of the timeframe's ATR.

    density               how a map is cut into hot and cold runs
    approach              how a move towards a zone is judged
    vacuum_book           a vacuum's book is at most this share as dense as all that is visible
    colours               heat from which a zone, or a cell of the map, is cool, warm, hot and extreme
    nearest_depth_atr     a score's depth is taken to at least this distance
    standing_share        a hot zone has stood since it held this share of what it holds
    stop_atr              how far beyond a zone's core stops stand
    """

    density: DensityRules = DEFAULT_DENSITY_RULES
    approach: ApproachRules = DEFAULT_APPROACH_RULES
    vacuum_book: float = 0.5
    colours: tuple[float, float, float, float] = (0.35, 0.5, 0.7, 0.85)
    nearest_depth_atr: float = 0.25
    standing_share: float = 0.5
    stop_atr: float = 0.5

    def __post_init__(self) -> None:
        """Refuse what no zone could be described with."""
        check_rules(self, shares=("standing_share",))
        if list(self.colours) != sorted(self.colours):
            raise ValueError("colours: must rise")


DEFAULT_ZONE_RULES = ZoneRules()
