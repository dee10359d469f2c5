"""What every answer about a market says of its inputs, as the contract has it."""

from marshmallow import Schema, fields

from service.api.schemas.described import described
from service.api.schemas.figures import FitSchema
from service.market.contract import PRICE_SOURCES


class SourceSchema(Schema):
    """One exchange that the answer drew on."""

    exchange = fields.String(required=True)
    symbol = fields.String(required=True, allow_none=True, metadata=described("Its own; null if not used"))
    state = fields.String(
        required=True,
        metadata={
            "enum": ["used", "missing", "not_listed", "other_price"],
            "description": "missing: it failed; not_listed: it has no such market, which is no failure; "
            "other_price: what it lists under that name is something else, by its price",
        },
    )
    reason = fields.String(required=True, allow_none=True, metadata=described("Why it is not used"))
    price = fields.Float(
        required=True, allow_none=True, metadata=described("Its own; null if it is missing or not listed")
    )
    price_source = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "What its price is; null where there is none", "enum": [*PRICE_SOURCES, None]},
    )
    price_time = fields.DateTime(required=True, allow_none=True, metadata=described("Of when its price is"))
    stale = fields.Boolean(
        required=True, allow_none=True, metadata=described("Newer data of it should be there; null if not used")
    )
    weight = fields.Float(required=True, metadata=described("Share of the open interest used, 0..1"))
    open_interest_usd = fields.Float(
        required=True, allow_none=True, metadata=described("One side, at its price; null if not used")
    )
    as_of = fields.DateTime(
        required=True,
        allow_none=True,
        metadata=described("Close of the newest bar it gave; an aggregate ends at one that all have"),
    )
    columns = fields.Integer(required=True, metadata=described("Columns that it has a part in"))
    liquidation_rule = fields.String(required=True, allow_none=True, metadata=described("Null if not used"))
    tiers = fields.String(
        required=True,
        allow_none=True,
        metadata=described(
            "exchange, derived (of most leverage), table (ours), borrowed (of another exchange) or "
            "assumed; null if not used"
        ),
    )
    tiers_dated = fields.String(
        required=True, allow_none=True, metadata=described("The day that a table of ours is of, else null")
    )
    missing = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata=described("Inputs that were not there, and why"),
    )


class MixSchema(Schema):
    """The leverage mix used: buckets from..to leverage with their share of opened base coin.

    Where open interest has several populations it is that of all together, each weighing its share.
    """

    name = fields.String(required=True, metadata=described("A preset's, or the mix as it was written"))
    leverage_from = fields.List(fields.Float(), required=True, metadata=described("Lower end of each bucket, above 1"))
    leverage_to = fields.List(fields.Float(), required=True, metadata=described("Upper end of each bucket"))
    share = fields.List(
        fields.Float(),
        required=True,
        metadata=described("Of opened base coin, 0..1; they add to 1 with `unlevered`"),
    )
    unlevered = fields.Float(required=True, metadata=described("Share opened without leverage, 0..1"))


class ExchangeFitSchema(FitSchema):
    """What mix=fitted came to on one exchange, and the mix that its map is made with."""

    exchange = fields.String(required=True, metadata=described("An id of /v1/exchanges"))
    mix = fields.Nested(MixSchema, required=True, metadata=described("The fitted one if it gains, else ours"))


class PopulationSchema(Schema):
    """A part of open interest whose traders are taken to behave alike."""

    name = fields.String(
        required=True,
        metadata={
            "description": "day, swing, adjusting, held; or fast and slow, where one mix stands for all",
            "example": "day",
        },
    )
    share = fields.Float(required=True, metadata=described("Of open interest, 0..1"))
    churn = fields.Float(required=True, metadata=described("Its churn, as a multiple of `churn`"))
    closes_by_distance = fields.Boolean(
        required=True,
        metadata=described("Whether its positions are closed the slower the farther price is from them"),
    )
    leverage = fields.List(
        fields.Float(),
        required=True,
        metadata=described("q10, median and q90 of the leverage that it opens with, unlevered positions apart"),
    )
    unlevered = fields.Float(required=True, metadata=described("Share of its opens without leverage, 0..1"))


class AssumptionsSchema(Schema):
    """What the estimate takes for granted."""

    mix = fields.Nested(MixSchema, required=True, metadata=described("Leverage of new positions"))
    churn = fields.Float(
        required=True,
        metadata=described("Volume that renews positions / volume traded; adding margin renews them without any"),
    )
    memory = fields.List(
        fields.Nested(PopulationSchema),
        required=True,
        metadata=described("The populations: parts of open interest, each with its own leverage and pace"),
    )
    position_notional = fields.Float(required=True, metadata=described("Quote currency"))
    early = fields.Float(
        required=True, metadata=described("How far before the formula's price positions go, fraction of it")
    )
    liquidation_rule = fields.String(required=True, metadata=described("Whose formula gives liquidation prices"))
    margin_mode = fields.String(required=True, metadata=described("Always isolated"))
    fits = fields.List(
        fields.Nested(ExchangeFitSchema),
        metadata=described("With mix=fitted: the mix of each exchange, and what fitting it came to"),
    )


class CoverageSchema(Schema):
    """How much of the needed data was there; shares are 0..1.

    Of several exchanges: the shares are means over all that list the market, of a missing one 0; bars are of the one
    that has most; every count of what is missing, unusable, repaired or inconsistent is the most of any used.
    """

    first_bar = fields.DateTime(required=True, metadata=described("Open time of the first bar in hand"))
    last_bar = fields.DateTime(required=True)
    bars = fields.Integer(required=True, metadata=described("Bars in hand, warm-up included"))
    warm_up_bars = fields.Integer(required=True)
    columns_wanted = fields.Integer(required=True)
    columns = fields.Integer(required=True, metadata=described("Of several exchanges, those that any has"))
    columns_of_all = fields.Integer(
        required=True, metadata=described("Columns that every exchange used has; the others are a thinner sum")
    )
    gaps = fields.Integer(required=True, metadata=described("Bars missing between the first and the moment asked for"))
    missing_at_end = fields.Integer(
        required=True, metadata=described("How many of these are the newest: the map ends so many bars early")
    )
    inconsistent = fields.Integer(
        required=True, metadata=described("Bars whose open interest moved by more than was traded")
    )
    unusable = fields.Integer(
        required=True, metadata=described("Bars that were sent and cannot be right; they are among the gaps")
    )
    repaired = fields.Integer(
        required=True, metadata=described("Bars whose range was widened to hold their own open and close")
    )
    open_interest_unusable = fields.Integer(
        required=True, metadata=described("Rows of open interest that were sent and are 0 or cannot be right")
    )
    open_interest_repeated = fields.Integer(
        required=True, metadata=described("Bars whose open interest stood still while there was trading")
    )
    open_interest_share = fields.Float(required=True, metadata=described("Share of bars with open interest"))
    open_interest_missing_at_end = fields.Integer(
        required=True,
        metadata=described("Bars since the newest open interest known, which the map is scaled to"),
    )
    mark_price_share = fields.Float(required=True, metadata=described("Share of bars with a mark price"))
    order_book = fields.Boolean(required=True)
    exchanges_wanted = fields.Integer(required=True, metadata=described("Asked for, whatever became of them"))
    exchanges_not_listing = fields.Integer(
        required=True, metadata=described("How many have no such market: neither in the answer nor missing")
    )
    exchanges = fields.Integer(required=True, metadata=described("How many of them are in the answer"))


class QualityPartSchema(Schema):
    """One part of the data quality, and why it is what it is."""

    name = fields.String(required=True, metadata={"enum": ["coverage", "sample"]})
    value = fields.Float(required=True, metadata=described("0..1"))
    reason = fields.String(required=True, metadata=described("In words, amounts to two digits"))


class DataQualitySchema(Schema):
    """How well the data carry the answer, 0..1: the geometric mean of the parts. Of assumptions it says nothing."""

    value = fields.Float(required=True, metadata=described("0..1, two decimals; under 0.5 there is a warning"))
    parts = fields.List(fields.Nested(QualityPartSchema), required=True)


class ConfidenceSchema(Schema):
    """How far to trust the answer, 0..1: data quality times how far maps under other assumptions agree with it."""

    value = fields.Float(required=True, metadata=described("0..1, two decimals"))
    agreement = fields.Float(required=True, metadata=described("Between the maps that were made, 0..1"))
    reason = fields.String(required=True, metadata=described("In words, what agrees with what"))


class EnvelopeSchema(Schema):
    """What every answer about a market carries."""

    exchange = fields.String(required=True)
    symbol = fields.String(required=True)
    unit = fields.String(
        required=True,
        metadata={
            "description": "What volume and open interest are counted in: the base coin, or USD where the contract is "
            "coin-margined (inverse). Notional is in quote currency of either",
            "example": "BTC",
        },
    )
    timeframe = fields.String(required=True)
    as_of = fields.DateTime(required=True, metadata=described("Close of the newest bar used"))
    age_seconds = fields.Float(
        required=True,
        metadata=described(
            "From as_of to when this was sent, right to a second. A 304 leaves yours as it was, and so "
            "does a cache on the way: the time now less as_of is always right"
        ),
    )
    stale = fields.Boolean(
        required=True,
        metadata=described(
            "Newer data should be there and are not yet: a bar has closed that is not in the answer, "
            "or the order book is older than it should be. Data older than the stale limits are never sent"
        ),
    )
    simulated = fields.Boolean(required=True)
    price = fields.Float(
        required=True,
        metadata=described("Quote currency; of several exchanges their prices weighted by open interest"),
    )
    price_source = fields.String(
        required=True,
        metadata={
            "description": "What the price is: the middle of the order book, or the last close where there is none; of "
            "several exchanges the poorest of theirs",
            "enum": [*PRICE_SOURCES],
        },
    )
    price_time = fields.DateTime(
        required=True, metadata=described("Of when the price is; of several exchanges the oldest")
    )
    sources = fields.List(fields.Nested(SourceSchema), required=True)
    assumptions = fields.Nested(AssumptionsSchema, required=True)
    coverage = fields.Nested(CoverageSchema, required=True)
    data_quality = fields.Nested(DataQualitySchema, required=True)
    confidence = fields.Nested(
        ConfidenceSchema,
        required=True,
        allow_none=True,
        metadata=described(
            "Null where the map was made under the assumptions asked for alone: nothing is known then "
            "of how much hangs on them. /v1/zones makes it under several; elsewhere uncertainty does"
        ),
    )
    warnings = fields.List(fields.String(), required=True)
    model_version = fields.String(required=True)
