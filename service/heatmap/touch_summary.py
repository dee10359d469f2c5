"""Touch summary: whether price did anything at hot zones that it does not do at placebo zones."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from service.heatmap.bars import Floats
from service.heatmap.day_bootstrap import Interval, day_counts, interval_of
from service.heatmap.touch_outcomes import BROKE, GRIND, HORIZONS, RECENT, SWEPT, Outcomes
from service.heatmap.zone_rules import ZoneRules

# The verdict rests on one figure chosen beforehand: with five, one in ten worthless maps would shine in some.
PRIMARY = "follow_through_4"

Reading: TypeAlias = Literal["higher", "lower", "indistinguishable", "unknown"]


@dataclass(frozen=True)
class Comparison:
    """One figure at hot zones and at their placebos.

    hot, placebo, difference are means over matched touches, low..high the difference's 95 % interval from resampling
    whole days; None where there is nothing to average, and the interval also where all of it fell on one day. `reading`
    says on which side of zero the whole interval lies.
    """

    metric: str
    hot: float | None
    placebo: float | None
    difference: float | None
    low: float | None
    high: float | None
    reading: Reading
    touches: int
    days: int


@dataclass(frozen=True)
class TouchSummary:
    """All touches in figures and in words.

    confirmed_reversal, other_reversal  share of swept_and_reversed among touches with and without confirmation
    better_than_placebo                 None while there are too few touches or days to tell
    """

    touches: int
    matched: int
    days: int
    swept_and_reversed: int
    broke_through: int
    grind: int
    too_recent: int
    confirmed: int
    confirmed_reversal: float | None
    other_reversal: float | None
    comparisons: tuple[Comparison, ...]
    better_than_placebo: bool | None
    verdict: str


def summarise(
    real: Outcomes,
    placebo: Outcomes,
    owner: NDArray[np.int64],
    day: NDArray[np.int64],
    both_signs: NDArray[np.bool_],
    rules: ZoneRules,
    seed: int,
) -> TouchSummary:
    """Compare touches with their placebos.

    owner int64[P] the touch of each placebo, day int64[E] the UTC day of each touch, both_signs bool[E] the confirmed
    ones. A touch's placebos are averaged first, so each touch counts once; days are resampled, for touches of one day
    share their weather.
    """
    comparisons = tuple(
        _compare(name, mine, theirs, owner, day, rules, seed)
        for (name, mine), (_, theirs) in zip(_metrics(real), _metrics(placebo), strict=True)
    )
    primary = next(item for item in comparisons if item.metric == PRIMARY)
    better, verdict = _verdict(primary, rules)
    counts = {code: int((real.outcome == code).sum()) for code in (SWEPT, BROKE, GRIND, RECENT)}
    return TouchSummary(
        touches=len(day),
        matched=len(np.unique(owner)),
        days=len(np.unique(day)),
        swept_and_reversed=counts[SWEPT],
        broke_through=counts[BROKE],
        grind=counts[GRIND],
        too_recent=counts[RECENT],
        confirmed=int(both_signs.sum()),
        confirmed_reversal=_reversals(real, both_signs),
        other_reversal=_reversals(real, ~both_signs),
        comparisons=comparisons,
        better_than_placebo=better,
        verdict=verdict,
    )


def _metrics(result: Outcomes) -> list[tuple[str, Floats]]:
    judged = result.outcome != RECENT
    shares = [
        (name, np.where(judged, (result.outcome == code).astype(np.float64), np.nan))
        for name, code in (("swept_and_reversed", SWEPT), ("broke_through", BROKE))
    ]
    return shares + [(f"follow_through_{ahead}", result.follow[:, i]) for i, ahead in enumerate(HORIZONS)]


def _reversals(result: Outcomes, among: NDArray[np.bool_]) -> float | None:
    judged = among & (result.outcome != RECENT)
    return float((result.outcome[judged] == SWEPT).mean()) if judged.any() else None


def _compare(
    metric: str,
    mine: Floats,
    theirs: Floats,
    owner: NDArray[np.int64],
    day: NDArray[np.int64],
    rules: ZoneRules,
    seed: int,
) -> Comparison:
    known = ~np.isnan(theirs)
    count = np.bincount(owner[known], minlength=len(mine))
    total = np.bincount(owner[known], theirs[known], minlength=len(mine))
    matched = (count > 0) & ~np.isnan(mine)
    if not matched.any():
        return Comparison(metric, None, None, None, None, None, "unknown", 0, 0)
    hot, placebo = mine[matched], total[matched] / count[matched]
    names, number = np.unique(day[matched], return_inverse=True)
    weights = day_counts(len(names), rules.bootstraps, seed)
    size, gap = np.bincount(number), np.bincount(number, hot - placebo)
    interval = interval_of((gap @ weights) / (size @ weights))
    spread = len(names) > 1
    return Comparison(
        metric,
        float(hot.mean()),
        float(placebo.mean()),
        interval.value,
        interval.low if spread else None,
        interval.high if spread else None,
        _reading(interval) if spread else "unknown",
        int(matched.sum()),
        len(names),
    )


def _reading(interval: Interval) -> Reading:
    if interval.low > 0:
        return "higher"
    return "lower" if interval.high < 0 else "indistinguishable"


def _verdict(primary: Comparison, rules: ZoneRules) -> tuple[bool | None, str]:
    counted = f"{primary.touches} matched touches on {primary.days} days"
    if primary.touches < rules.fewest_touches or primary.days < rules.fewest_days:
        return None, f"Too few touches to tell hot zones from placebo zones: {counted}."
    figures = (
        f"{primary.hot:+.2f} ATR towards reversal four bars on, against {primary.placebo:+.2f} at placebo zones "
        f"(difference {primary.difference:+.2f}, 95 % interval {primary.low:+.2f} to {primary.high:+.2f}; {counted})"
    )
    if primary.reading == "higher":
        return True, f"Hot zones did better than placebo zones: {figures}."
    return False, f"Hot zones were no better than placebo zones: {figures}."
