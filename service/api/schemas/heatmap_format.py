"""What /v1/heatmap.rows and /v1/heatmap.lwc answer."""

from marshmallow import Schema, fields

from service.api.schemas.described import described


class CellRowSchema(Schema):
    """One cell of the map in which anything stands."""

    time = fields.Integer(required=True, metadata=described("Open time of the bar, epoch ms"))
    close_time = fields.Integer(required=True, metadata=described("When the column was known, epoch ms"))
    low = fields.Float(required=True, metadata=described("Lower edge of the bin, quote currency"))
    high = fields.Float(required=True, metadata=described("Upper edge of the bin, quote currency"))
    long = fields.Float(required=True, metadata=described("Of longs, USD notional"))
    short = fields.Float(required=True, metadata=described("Of shorts, USD notional"))
    heat = fields.Float(required=True, metadata=described("How full the bin is against its surroundings, 0..1"))


class ChartCellSchema(Schema):
    """A cell of a chart's column."""

    low = fields.Float(required=True, metadata=described("Lower edge, quote currency"))
    high = fields.Float(required=True, metadata=described("Upper edge, quote currency"))
    amount = fields.Float(required=True, metadata=described("What stands of both sides, USD notional"))


class ChartColumnSchema(Schema):
    """A column as the heatmap series of Lightweight Charts takes it."""

    time = fields.Integer(required=True, metadata=described("Open time of the bar, epoch seconds"))
    cells = fields.List(
        fields.Nested(ChartCellSchema), required=True, metadata=described("Those in which anything stands, upwards")
    )
