"""The parameters of /v1/diff."""

from marshmallow import fields, validate

from service.analysis.results.diff_request import DiffRequest
from service.api.query.axis_query import AxisQuery
from service.api.query.leverage_mix import LeverageMix
from service.api.query.moment import Moment
from service.api.query.parameters import CHURN, optional_exchange_field, optional_exchanges_field
from service.api.schemas.described import described
from service.api.schemas.diff import ALIGNMENTS


class DiffQuery(AxisQuery):
    """Parameters of /v1/diff: exactly one kind of pair must be given."""

    request = DiffRequest

    exchange = optional_exchange_field("Whose two maps are compared; not beside a and b")
    a = optional_exchanges_field("Exchange against exchange: ids, several with commas, or all")
    b = optional_exchanges_field("What a is compared with, written as a is")
    as_of_a = Moment(
        load_default=None, metadata=described("Moment against moment; the other one is as_of if left out, or now")
    )
    as_of_b = Moment(load_default=None, metadata=described("As as_of_a"))
    mix_a = LeverageMix(load_default=None, metadata=described("Assumption against assumption, as mix"))
    mix_b = LeverageMix(load_default=None, metadata=described("As mix_a"))
    churn_a = fields.Float(load_default=None, validate=CHURN, metadata=described("As churn"))
    churn_b = fields.Float(load_default=None, validate=CHURN, metadata=described("As churn"))
    alignment = fields.String(
        load_default="absolute",
        validate=validate.OneOf(ALIGNMENTS),
        metadata=described("Compare at the same price, or at the same price / mark"),
    )
