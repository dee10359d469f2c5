"""Skill on one side: every statistic of the scorer over the sample and over all its resamples."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields

import numpy as np
from numpy.typing import NDArray

from service.heatmap.base.arrays import Floats
from service.heatmap.skill.regression import Losses
from service.heatmap.stats.ranking import Ranking, correlation, partial_correlation

# The map that is scored, and another that is held against the same baselines.
MAP, BESIDE = "map", "map_beside"
EXTREME = "new_extreme_24"
CAPTURE_SHARE = 0.10
PARTIAL_CONTROLS = ("wick", "excursion", "wick_past_volume", "new_extreme_12", "new_extreme_24", "new_extreme_72")
EXTREME_PREDICTORS = (MAP, "wick", "wick_excursion", EXTREME)

# Bars x resamples weighed at a time. Measured on 1,300 bars and 400 resamples: one block for all takes 1.6 times the
# processor time and 3 times the memory, blocks of a tenth of this size twice the time.
BLOCK = 60_000


@dataclass(frozen=True, eq=False)
class SideResamples:
    """Statistics of one side, float64[..., 1 + resamples], the sample itself first.

    spearman, capture  [P, ...] by predictor, the map first and the one beside it, if there is one, last
    extreme_spearman   [4 or 5, ...] by EXTREME_PREDICTORS and then the map beside, in bars with a new 24-bar extreme
    r2_path            R2 of log liquidations out of sample, of the path
    r2_with_map        [1 or 2, ...] the same of the path and the map, and of the path and the one beside it
    partial            Spearman of the map given the path
    """

    spearman: Floats
    capture: Floats
    extreme_spearman: Floats
    r2_path: Floats
    r2_with_map: Floats
    partial: Floats

    @property
    def r2_gain(self) -> Floats:
        """Return what either map adds to the path's R2, float64[1 or 2, 1 + resamples]."""
        gain: Floats = self.r2_with_map - self.r2_path
        return gain


class SideSkill:
    """The scored bars of one side, sorted once by every predictor."""

    def __init__(
        self, predictions: dict[str, Floats], liquidated: Floats, losses: Sequence[Losses], day: NDArray[np.int64]
    ) -> None:
        """Take float64[n] per predictor, losses by map, and the day of each bar, int64[n]; no NaN.

        MAP is the first of the predictors. Where there is another map it is BESIDE, the last.
        """
        self.losses = losses
        self._liquidated, self._day = liquidated, day
        self._extreme = predictions[EXTREME] > 0
        self._rankings = {name: Ranking(values) for name, values in predictions.items()}
        self._target = Ranking(liquidated)
        in_extremes = (*EXTREME_PREDICTORS, *(name for name in predictions if name == BESIDE))
        self._extreme_rankings = [Ranking(predictions[name][self._extreme]) for name in in_extremes]
        self._extreme_target = Ranking(liquidated[self._extreme])

    @property
    def bars(self) -> int:
        """Return how many bars are scored."""
        return len(self._day)

    @property
    def extreme_bars(self) -> int:
        """Return how many bars set a new 24-bar extreme."""
        return int(self._extreme.sum())

    def resampled(self, counts: Floats) -> SideResamples:
        """Return every statistic for float64[days, 1 + resamples]: how often each day was drawn."""
        blocks = [self._block(weights) for weights in self._blocks(counts)]
        joined = ([getattr(block, f.name) for block in blocks] for f in fields(SideResamples))
        return SideResamples(*(np.concatenate(parts, axis=-1) for parts in joined))

    def _blocks(self, counts: Floats) -> Iterator[Floats]:
        """Yield weights of the bars for some of the resamples at a time."""
        width = max(1, BLOCK // len(self._day))
        for start in range(0, counts.shape[1], width):
            yield counts[self._day, start : start + width]

    def _block(self, weights: Floats) -> SideResamples:
        target = self._target.as_target(weights)
        both = [
            ranking.spearman_and_capture(target, self._liquidated, CAPTURE_SHARE) for ranking in self._rankings.values()
        ]
        mine, *controls = (self._rankings[name].centred_ranks(weights) for name in (MAP, *PARTIAL_CONTROLS))
        return SideResamples(
            spearman=np.stack([spearman for spearman, _ in both]),
            capture=np.stack([capture for _, capture in both]),
            extreme_spearman=self._in_extremes(weights[self._extreme]),
            r2_path=self.losses[0].r2_path(weights),
            r2_with_map=np.stack([losses.r2_with_map(weights) for losses in self.losses]),
            partial=partial_correlation(mine, self._target.centred_ranks(weights), controls, weights),
        )

    def _in_extremes(self, weights: Floats) -> Floats:
        target = self._extreme_target.centred_ranks(weights)
        ranks = [ranking.centred_ranks(weights) for ranking in self._extreme_rankings]
        return np.stack([correlation(rank, target, weights) for rank in ranks])
