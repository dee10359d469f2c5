"""How well a map predicts realised liquidations.

baselines    what the price path alone predicts
calibration  what is reported of what is swept
checks       what can be scored, with the argument at fault
expected     what would be reported of what stands
figures      the figures of a score
fit_mix      the leverage mix fitted to realised liquidations
known_only   predictions from nothing that was not known before each bar
predict      what each bar's path would liquidate
regression   what the map adds out of sample
score        the score of a map's predictions
side         the statistics of one side over all resamples
verdict      a score in plain words
"""

from service.heatmap.skill.baselines import exponential_mean, path_baselines
from service.heatmap.skill.calibration import Calibration, calibrate
from service.heatmap.skill.checks import scored_bars, usable_bars
from service.heatmap.skill.expected import OTHERS, MeasuredShare, measured_share
from service.heatmap.skill.figures import ExtremeScore, Gains, PredictorScore, Score, SideScore
from service.heatmap.skill.fit_mix import LEAST_GAIN, TILTS, Fit, Tilted, fit_leverage_mix, fit_tilted, predict_tilted
from service.heatmap.skill.known_only import (
    INTEREST_DAYS,
    bars_without_prediction,
    open_interest_from_volume,
    predict_known,
)
from service.heatmap.skill.predict import (
    CAUTION_HOURS,
    RETRACEMENT,
    RETRACEMENTS,
    earlier_mean,
    expected_volume,
    forced_share,
    in_bar_share,
    predict_swept,
    without_residue,
)
from service.heatmap.skill.regression import out_of_sample, path_features
from service.heatmap.skill.score import BURN, RANK_BASELINE, RESAMPLES, score_beside, score_predictions
from service.heatmap.skill.side import EXTREME_PREDICTORS, MAP, SideSkill
from service.heatmap.skill.verdict import BASELINE, verdict_on

__all__ = [
    "BASELINE",
    "BURN",
    "CAUTION_HOURS",
    "EXTREME_PREDICTORS",
    "INTEREST_DAYS",
    "LEAST_GAIN",
    "MAP",
    "OTHERS",
    "RANK_BASELINE",
    "RESAMPLES",
    "RETRACEMENT",
    "RETRACEMENTS",
    "TILTS",
    "Calibration",
    "ExtremeScore",
    "Fit",
    "Gains",
    "MeasuredShare",
    "PredictorScore",
    "Score",
    "SideScore",
    "SideSkill",
    "Tilted",
    "bars_without_prediction",
    "calibrate",
    "earlier_mean",
    "expected_volume",
    "exponential_mean",
    "fit_leverage_mix",
    "fit_tilted",
    "forced_share",
    "in_bar_share",
    "measured_share",
    "open_interest_from_volume",
    "out_of_sample",
    "path_baselines",
    "path_features",
    "predict_known",
    "predict_swept",
    "predict_tilted",
    "score_beside",
    "score_predictions",
    "scored_bars",
    "usable_bars",
    "verdict_on",
    "without_residue",
]
