"""Touch rules: the thresholds by which touches are classified, confirmed and compared with placebos."""

from dataclasses import dataclass

from service.heatmap.base.rules import check_rules


@dataclass(frozen=True)
class TouchRules:
    """The tunables of touches, with the defaults that the service answers with.

    volume_bars           bars before a touch that its volume is compared with
    spike_z               least z-score of a volume spike
    long_wick             least share of the bar's range of a long wick
    fewest_touches        with fewer nothing is said of them
    fewest_days           nor on fewer days
    bootstraps            resamples of days for an interval
    """

    volume_bars: int = 20
    spike_z: float = 2.0
    long_wick: float = 0.5
    fewest_touches: int = 20
    fewest_days: int = 10
    # With 4,000 the ends of an interval wander by 4 % of a standard deviation from seed to seed, with 1,000 by 8 %.
    bootstraps: int = 4000

    def __post_init__(self) -> None:
        """Refuse what no touch could be judged with."""
        check_rules(self, shares=("long_wick",), counts=("volume_bars",))


DEFAULT_TOUCH_RULES = TouchRules()
