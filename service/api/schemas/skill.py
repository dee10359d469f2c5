"""What /v1/skill answers."""

from dataclasses import asdict
from typing import Any

from marshmallow import Schema, fields

from service.analysis.maps.lifts import Lifts
from service.analysis.results.skill import SkillResult
from service.api.schemas.described import described
from service.api.schemas.envelope import EnvelopeSchema
from service.api.schemas.envelope_body import envelope_body
from service.api.schemas.figures import (
    FitSchema,
    GainSchema,
    IntervalSchema,
    finite,
    fit_body,
    gain_body,
    interval_body,
)
from service.heatmap.skill import BASELINE, RANK_BASELINE, ExtremeScore, PredictorScore, Score, SideScore, verdict_on

PREDICTORS = (
    f"map, or a path baseline, which knows the bar's path and no map: {RANK_BASELINE} is {BASELINE}; "
    "docs/accuracy.md has them all"
)


class SkillSideSchema(Schema):
    """One side: what was scored, and H1 with what it is made of."""

    bars = fields.Integer(required=True, metadata=described("Hours scored: both predicted and published"))
    extreme_bars = fields.Integer(
        required=True, metadata=described("Those of them with a new 24 h low (longs) or high (shorts)")
    )
    r2_path = fields.Float(required=True, allow_none=True, metadata=described("R2 of the path alone, out of sample"))
    r2_with_map = fields.Float(required=True, allow_none=True, metadata=described("R2 of path and map, out of sample"))
    r2_gain = fields.Float(required=True, allow_none=True, metadata=described("Their difference: H1 of this side"))
    partial_spearman = fields.Float(
        required=True, allow_none=True, metadata=described("Rank correlation given the path, -1..1")
    )


class PredictorSchema(Schema):
    """The map or a path baseline over all scored hours, mean of the sides."""

    name = fields.String(required=True, metadata=described(PREDICTORS))
    spearman = fields.Nested(
        IntervalSchema, required=True, metadata=described("Rank correlation with what was liquidated, -1..1")
    )
    capture = fields.Nested(
        IntervalSchema,
        required=True,
        metadata=described("Share of what was liquidated in its top tenth of hours, 0..1"),
    )
    spearman_lead = fields.Nested(
        GainSchema, required=True, allow_none=True, metadata=described("The map's less this one's; null for the map")
    )
    capture_lead = fields.Nested(
        GainSchema, required=True, allow_none=True, metadata=described("The map's less this one's; null for the map")
    )


class ExtremePredictorSchema(Schema):
    """The map or a path baseline in hours with a new 24 h extreme alone, mean of the sides."""

    name = fields.String(required=True, metadata=described(PREDICTORS))
    spearman = fields.Nested(
        IntervalSchema, required=True, metadata=described("Rank correlation with what was liquidated, -1..1")
    )
    spearman_lead = fields.Nested(
        GainSchema, required=True, allow_none=True, metadata=described("The map's less this one's; null for the map")
    )


class LiftSchema(Schema):
    """How many times as much was liquidated, geometric mean over both sides; 1 is no difference."""

    value = fields.Float(required=True, allow_none=True, metadata=described("The ratio; null where hours are too few"))
    low = fields.Float(required=True, allow_none=True, metadata=described("2.5 % of the resamples lie below"))
    high = fields.Float(required=True, allow_none=True, metadata=described("2.5 % of the resamples lie above"))
    hours = fields.Integer(required=True, metadata=described("Hours with the mark: full band, hot zone entered"))
    matched = fields.Integer(required=True, metadata=described("Hours that these were held against"))
    days = fields.Integer(required=True, metadata=described("UTC days of both, which the interval resamples"))


class LiftsSchema(Schema):
    """Whether what the map calls full or hot liquidates more, hours that moved over .3 % against a side alone."""

    bands = fields.Nested(
        LiftSchema,
        required=True,
        metadata=described(
            "The third of hours that swept the highest heat over the third that swept the lowest, "
            "at equal distance and volatility"
        ),
    )
    bands_flat = fields.Nested(
        LiftSchema,
        required=True,
        metadata=described("The same of a flat map that price empties and 2 % an hour refill: the honest null"),
    )
    bands_at_equal_flat = fields.Nested(
        LiftSchema,
        required=True,
        metadata=described("The lift of heat among hours alike in the flat map too: what the map adds to it"),
    )
    zones = fields.Nested(
        LiftSchema,
        required=True,
        metadata=described("Hours that enter a hot zone over hours of like move and volatility that enter none"),
    )
    zones_placebo = fields.Nested(
        LiftSchema,
        required=True,
        metadata=described("The same with the zones of 30 days before, moved along with the price: near 1 is right"),
    )


class FlatMapSchema(Schema):
    """H1, H2 and EXT of a flat map that price empties and 2 % an hour refill."""

    r2_gain = fields.Nested(GainSchema, required=True, metadata=described("Its H1"))
    rank_gain = fields.Nested(GainSchema, required=True, metadata=described("Its H2"))
    extreme_rank_gain = fields.Nested(GainSchema, required=True, metadata=described("Its EXT"))


class ReportedSchema(Schema):
    """Liquidations reported / predicted in hours of which half the mean or more is predicted, tenths of both sides."""

    q10 = fields.Float(required=True, metadata=described("A tenth of the hours report less"))
    q50 = fields.Float(required=True, metadata=described("Half of the hours report less"))
    q90 = fields.Float(required=True, metadata=described("A tenth of the hours report more"))
    covered = fields.Float(
        required=True,
        metadata=described("Share of the second half's hours between q10 and q90 of the first; .8 is right"),
    )
    hours = fields.Integer(required=True, metadata=described("How many hours these are"))


class SkillSchema(EnvelopeSchema):
    """Answer of /v1/skill: figures are the mean of the sides unless said otherwise."""

    verdict = fields.String(required=True, metadata=described("H1, H2 and EXT in plain words, each with its baseline"))
    days = fields.Integer(required=True, metadata=described("UTC days scored, which the intervals resample"))
    resamples = fields.Integer(required=True, metadata=described("Resamples of the days that the intervals come from"))
    long = fields.Nested(SkillSideSchema, required=True)
    short = fields.Nested(SkillSideSchema, required=True)
    r2_gain = fields.Nested(
        GainSchema,
        required=True,
        metadata=described("H1: r2_with_map less r2_path, R2 of log liquidations out of sample"),
    )
    r2_path = fields.Nested(
        IntervalSchema, required=True, metadata=described("Baseline of H1: R2 of the path alone, out of sample")
    )
    r2_with_map = fields.Nested(IntervalSchema, required=True, metadata=described("R2 of path and map, out of sample"))
    rank_gain = fields.Nested(
        GainSchema,
        required=True,
        metadata=described(f"H2: Spearman of the map less that of {RANK_BASELINE}; both are among predictors"),
    )
    extreme_rank_gain = fields.Nested(
        GainSchema,
        required=True,
        metadata=described(
            f"EXT: Spearman of the map less that of {RANK_BASELINE}, in hours with a new 24 h extreme alone; "
            "both are among extreme_predictors"
        ),
    )
    partial_spearman = fields.Nested(
        GainSchema, required=True, metadata=described("Rank correlation of the map given the path, -1..1")
    )
    predictors = fields.List(
        fields.Nested(PredictorSchema), required=True, metadata=described("The map, then every path baseline")
    )
    extreme_predictors = fields.List(
        fields.Nested(ExtremePredictorSchema),
        required=True,
        metadata=described("The map, then the baselines that are looked at in new extremes"),
    )
    reported_share = fields.Float(
        required=True,
        allow_none=True,
        metadata=described("Liquidations reported / predicted, in USD: of what is swept, few are reported"),
    )
    reported = fields.Nested(
        ReportedSchema,
        required=True,
        allow_none=True,
        metadata=described("The same by the hour, and whether it held out of sample; null where hours are too few"),
    )
    flat_map = fields.Nested(FlatMapSchema, required=True)
    lift = fields.Nested(LiftsSchema, required=True)
    fit = fields.Nested(FitSchema, required=True, metadata=described("What mix=fitted would gain over the mix scored"))


def skill_body(result: SkillResult) -> dict[str, Any]:
    """Return the skill of a map as JSON."""
    return (
        envelope_body(result.envelope)
        | _score(result.score)
        | {
            "reported_share": result.reported_share,
            "reported": None if result.reported is None else asdict(result.reported),
            "flat_map": {
                name: gain_body(getattr(result.flat, name)) for name in ("r2_gain", "rank_gain", "extreme_rank_gain")
            },
            "lift": _lifts(result.lifts),
            "fit": fit_body(result.fit),
        }
    )


def _lifts(lifts: Lifts) -> dict[str, Any]:
    return {
        "bands": asdict(lifts.bands.heat),
        "bands_flat": asdict(lifts.bands.flat),
        "bands_at_equal_flat": asdict(lifts.bands.heat_at_equal_flat),
        "zones": asdict(lifts.zones.zones),
        "zones_placebo": asdict(lifts.zones.placebo),
    }


def _score(score: Score) -> dict[str, Any]:
    gains = ("r2_gain", "rank_gain", "extreme_rank_gain", "partial_spearman")
    levels = ("r2_path", "r2_with_map")
    return {
        "verdict": verdict_on(score),
        "days": score.days,
        "resamples": score.resamples,
        "long": _side(score.sides.long),
        "short": _side(score.sides.short),
        **{name: gain_body(getattr(score, name)) for name in gains},
        **{name: interval_body(getattr(score, name)) for name in levels},
        "predictors": [_predictor(row) for row in score.predictors],
        "extreme_predictors": [_extreme(row) for row in score.extremes],
    }


def _side(side: SideScore) -> dict[str, Any]:
    figures = ("r2_path", "r2_with_map", "r2_gain", "partial_spearman")
    return {"bars": side.bars, "extreme_bars": side.extreme_bars} | {
        name: finite(getattr(side, name)) for name in figures
    }


def _predictor(row: PredictorScore) -> dict[str, Any]:
    return {
        "name": row.name,
        "spearman": interval_body(row.spearman),
        "capture": interval_body(row.capture),
        "spearman_lead": row.spearman_lead and gain_body(row.spearman_lead),
        "capture_lead": row.capture_lead and gain_body(row.capture_lead),
    }


def _extreme(row: ExtremeScore) -> dict[str, Any]:
    return {
        "name": row.name,
        "spearman": interval_body(row.spearman),
        "spearman_lead": row.lead and gain_body(row.lead),
    }
