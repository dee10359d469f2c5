"""The parameters of /v1/profile."""

from marshmallow import fields

from service.analysis.results.profile import ProfileRequest
from service.api.query.axis_query import AxisQuery
from service.api.query.parameters import exchanges_field, uncertainty_field
from service.api.schemas.described import described


class ProfileQuery(AxisQuery):
    """Parameters of /v1/profile."""

    request = ProfileRequest

    exchange = exchanges_field()
    uncertainty = uncertainty_field()
    split = fields.Boolean(load_default=False, metadata=described("Include each exchange's own profile"))
