"""Touch summary: whether price did anything at hot zones that it does not do at placebo zones."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats
from service.heatmap.stats.bootstrap import Judgement, day_counts, interval_of
from service.heatmap.touches.outcomes import BROKE, GRIND, HORIZONS, RECENT, SWEPT, Outcomes
from service.heatmap.touches.rules import TouchRules

# The verdict rests on one figure chosen beforehand: with five, one in ten worthless maps would shine in some.
PRIMARY = "follow_through_4"

Finding: TypeAlias = Literal["higher", "lower", "indistinguishable", "unknown"]
FINDINGS: dict[Judgement, Finding] = {
    "better": "higher",
    "worse": "lower",
    "indistinguishable": "indistinguishable",
    "undefined": "unknown",
}
SAID = {"higher": "did better than", "lower": "did worse than", "indistinguishable": "were no better than"}


@dataclass(frozen=True)
class Comparison:
    """One figure at hot zones and at their placebos.

    hot, placebo, difference are means over matched touches, low..high the difference's 95 % interval from resampling
    whole days; None where there is nothing to average, and the interval also where all of it fell on one day. `reading`
    says on which side of zero the whole interval lies, and is unknown with too few matched touches or days of them.
    """

    metric: str
    hot: float | None
    placebo: float | None
    difference: float | None
    low: float | None
    high: float | None
    reading: Finding
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


@dataclass(frozen=True, eq=False)
class Matches:
    """How touches and placebos belong together.

    owner        int64[P]  the touch of each placebo
    day          int64[E]  UTC day of each touch, in days since 1970
    placebo_day  int64[P]  UTC day of each placebo
    """

    owner: NDArray[np.int64]
    day: NDArray[np.int64]
    placebo_day: NDArray[np.int64]


def summarise(
    real: Outcomes,
    placebo: Outcomes,
    matches: Matches,
    both_signs: NDArray[np.bool_],
    rules: TouchRules,
    seed: int,
) -> TouchSummary:
    """Compare touches with their placebos; both_signs bool[E] are the confirmed ones.

    A touch's placebos are averaged first, so each touch counts once. Whole days are resampled, for touches of one day
    share their weather, and so do placebos, which many touches may have in common: a pair of touch and placebo counts
    as often as both their days were drawn, multiplied. Intervals come out rather too wide than too narrow.
    """
    drawn = _Days(matches, rules.bootstraps, seed)
    comparisons = tuple(
        _compare(name, mine, theirs, drawn, rules)
        for (name, mine), (_, theirs) in zip(_metrics(real), _metrics(placebo), strict=True)
    )
    primary = next(item for item in comparisons if item.metric == PRIMARY)
    better, verdict = _verdict(primary)
    counts = {code: int((real.outcome == code).sum()) for code in (SWEPT, BROKE, GRIND, RECENT)}
    return TouchSummary(
        touches=len(matches.day),
        matched=len(np.unique(matches.owner)),
        days=len(np.unique(matches.day)),
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


class _Days:
    """The days of touches and placebos by number, and how often each resample draws them."""

    def __init__(self, matches: Matches, resamples: int, seed: int) -> None:
        days = np.unique(np.concatenate((matches.day, matches.placebo_day)))
        self.owner, self.count = matches.owner, len(days)
        self.day, self.placebo_day = (np.searchsorted(days, of) for of in (matches.day, matches.placebo_day))
        self._weights = day_counts(self.count, resamples, seed) if self.count else np.zeros((0, 1))
        self._pairs: dict[bytes, _Pairs] = {}

    def pairs(self, chosen: NDArray[np.bool_]) -> "_Pairs":
        """Return the pairs that are chosen, bool[P], once however often they are asked for."""
        key = chosen.tobytes()
        if key not in self._pairs:
            self._pairs[key] = _Pairs(self, chosen)
        return self._pairs[key]

    def totals(self, cell: NDArray[np.int64], amounts: Floats) -> Floats:
        """Return float64[1 + resamples]: amounts of the pairs in some cells of the days' square, in each resample."""
        table = np.bincount(cell, amounts, minlength=self.count**2).reshape(self.count, self.count)
        total: Floats = np.einsum("dr,dr->r", self._weights, table @ self._weights)
        return total


class _Pairs:
    """N pairs of touch and placebo that one figure is known of; most figures are known of the same.

    owner    int64[N]  the touch of each
    count    int64[E]  how many each touch has
    matched  bool[E]   whether it has any
    """

    def __init__(self, days: _Days, chosen: NDArray[np.bool_]) -> None:
        self.days, self.chosen, self.owner = days, chosen, days.owner[chosen]
        self.count = np.bincount(self.owner, minlength=len(days.day))
        self.matched = self.count > 0

    @cached_property
    def share(self) -> Floats:
        """Return what each weighs, float64[N], so that each touch weighs 1."""
        share: Floats = 1.0 / self.count[self.owner]
        return share

    @cached_property
    def sizes(self) -> Floats:
        """Return what they weigh in each resample, float64[1 + resamples]."""
        return self.days.totals(self._cell, self.share)

    def means(self, amounts: Floats) -> Floats:
        """Return the mean of amounts, float64[N], in each resample; NaN where none was drawn."""
        totals = self.days.totals(self._cell, self.share * amounts)
        means: Floats = np.divide(totals, self.sizes, out=np.full(len(totals), np.nan), where=self.sizes > 0.0)
        return means

    @cached_property
    def _cell(self) -> NDArray[np.int64]:
        cell: NDArray[np.int64] = self.days.day[self.owner] * self.days.count + self.days.placebo_day[self.chosen]
        return cell


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


def _compare(metric: str, mine: Floats, theirs: Floats, drawn: _Days, rules: TouchRules) -> Comparison:
    pairs = drawn.pairs(~np.isnan(theirs) & ~np.isnan(mine[drawn.owner]))
    owner, matched, known = pairs.owner, pairs.matched, theirs[pairs.chosen]
    if not matched.any():
        return Comparison(metric, None, None, None, None, None, "unknown", 0, 0)
    total = np.bincount(owner, known, minlength=len(mine))
    interval = interval_of(pairs.means(mine[owner] - known))
    touches, days = int(matched.sum()), len(np.unique(drawn.day[matched]))
    enough = touches >= rules.fewest_touches and days >= rules.fewest_days
    return Comparison(
        metric,
        float(mine[matched].mean()),
        float((total[matched] / pairs.count[matched]).mean()),
        interval.value,
        interval.low if days > 1 else None,
        interval.high if days > 1 else None,
        FINDINGS[interval.judgement] if enough else "unknown",
        touches,
        days,
    )


def _verdict(primary: Comparison) -> tuple[bool | None, str]:
    counted = f"{primary.touches} matched touches on {primary.days} days"
    if primary.reading == "unknown":
        return None, f"Too few touches to tell hot zones from placebo zones: {counted}."
    figures = (
        f"{primary.hot:+.2f} ATR towards reversal four bars on, against {primary.placebo:+.2f} at placebo zones "
        f"(difference {primary.difference:+.2f}, 95 % interval {primary.low:+.2f} to {primary.high:+.2f}; {counted})"
    )
    return primary.reading == "higher", f"Hot zones {SAID[primary.reading]} placebo zones: {figures}."
