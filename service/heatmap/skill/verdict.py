"""The verdict on a score in plain words."""

import math

from service.heatmap.skill.baselines import EXCURSION_SHARE
from service.heatmap.skill.figures import Score
from service.heatmap.stats.bootstrap import Interval

# RANK_BASELINE of score.py in words.
BASELINE = f"wick + {EXCURSION_SHARE:g} excursion"
VERDICTS = {
    "better": "The map adds skill beyond the price path.",
    "indistinguishable": "The map cannot be told from the price path alone: its gain may be chance.",
    "worse": "The map is worse than the price path alone: using it loses skill.",
    "undefined": "Skill cannot be judged: predictions or liquidations do not vary enough.",
}
WITHOUT_RESAMPLES = "Skill is not judged: that takes intervals, and so resamples."
COMPARED = {
    "better": "ahead of",
    "indistinguishable": "indistinguishable from",
    "worse": "behind",
    "undefined": "not comparable with",
}


def verdict_on(score: Score) -> str:
    """Say whether the map adds anything to the price path, by H1, and what H2 and EXT say, each with its baseline."""
    judged = VERDICTS[score.r2_gain.judgement] if score.resamples else WITHOUT_RESAMPLES
    extremes = f"the {sum(side.extreme_bars for side in score.sides)} bars with a new 24-bar extreme"
    return (
        f"{judged} H1: {_explained(score)}. H2: in ranking all bars it is {_against(score.rank_gain)}. "
        f"EXT: in ranking {extremes} it is {_against(score.extreme_rank_gain)}."
    )


def _explained(score: Score) -> str:
    path, gain = score.r2_path.value, score.r2_gain
    if not math.isfinite(path):
        return "how much of log liquidations the path explains is not defined here"
    added = f"the map adds {_figure(gain)}" if math.isfinite(gain.value) else "what the map adds is not defined here"
    return f"the path alone explains {path:.3f} of the variance of log liquidations out of sample, {added}"


def _against(lead: Interval) -> str:
    judged = math.isfinite(lead.low) or not math.isfinite(lead.value)
    return f"{COMPARED[lead.judgement] if judged else 'not judged against'} {BASELINE}: {_figure(lead)}"


def _figure(figure: Interval) -> str:
    if not math.isfinite(figure.value):
        return "not defined here"
    if not math.isfinite(figure.low):
        return f"{figure.value:+.3f} (no interval)"
    return f"{figure.value:+.3f} (95 % interval {figure.low:+.3f} to {figure.high:+.3f})"
