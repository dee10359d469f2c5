"""The parameters of /v1/skill."""

from marshmallow import fields, validate

from service.analysis.results.skill import SkillRequest
from service.api.query.lookback import lookback_field
from service.api.query.parameters import MarketQuery
from service.api.schemas.described import described
from service.heatmap.stats import LEAST_RESAMPLES


class SkillQuery(MarketQuery):
    """Parameters of /v1/skill."""

    request = SkillRequest

    class Meta:
        """The windows of the path baselines are counted in hours, so bars are."""

        exclude = ("timeframe",)

    lookback = lookback_field("60d")
    resamples = fields.Integer(
        load_default=200,
        validate=validate.Range(LEAST_RESAMPLES, 1000),
        metadata=described("Resamples of the days, which the intervals come from"),
    )
    seed = fields.Integer(
        load_default=0,
        validate=validate.Range(0, 2**31 - 1),
        metadata=described("Chooses the resamples: the same seed gives the same intervals"),
    )
