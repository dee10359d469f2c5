"""How touches and their comparison with placebo zones are written in answers."""

from typing import Any

from marshmallow import Schema, fields

from service.analysis.results.touches import TouchesResult
from service.api.schemas.described import described
from service.api.schemas.envelope import EnvelopeSchema
from service.api.schemas.envelope_body import envelope_body
from service.heatmap import Side
from service.heatmap.touches import Touch
from service.times import rfc3339

LEAST, SHARE = {"minimum": 0}, {"minimum": 0, "maximum": 1}
METRICS = ["swept_and_reversed", "broke_through", "follow_through_1", "follow_through_4", "follow_through_24"]
OUTCOMES = ["swept_and_reversed", "broke_through", "grind", None]
CONFIRMATIONS = ["confirmed", "volume_only", "wick_only", "none"]
READINGS = ["higher", "lower", "indistinguishable", "unknown"]
PRICE_UNIT = "quote currency"


def _price(text: str) -> fields.Float:
    return fields.Float(required=True, metadata=LEAST | {"description": f"{text}, {PRICE_UNIT}"})


def _share(text: str, *, known: bool = True) -> fields.Float:
    return fields.Float(required=True, allow_none=not known, metadata=SHARE | {"description": text})


def _count(text: str) -> fields.Integer:
    return fields.Integer(required=True, metadata=LEAST | {"description": text})


def _follow(bars: int) -> fields.Float:
    text = (
        f"How far the close {bars} bar{'s' * (bars > 1)} later lies from the entering bar's, in ATR as known before "
        "the entry; positive towards reversal (up from a long zone, down from a short one). null while these bars are "
        "not all closed, or where one is missing"
    )
    return fields.Float(required=True, allow_none=True, metadata=described(text))


class TouchSchema(Schema):
    """One entry of price into a hot zone that stood when the bar before closed, so that this bar had no part in it."""

    time = fields.DateTime(required=True, metadata=described("Open time of the entering bar, UTC"))
    open = _price("First traded price of the entering bar")
    high = _price("Highest traded price of the entering bar")
    low = _price("Lowest traded price of the entering bar")
    close = _price("Last traded price of the entering bar")
    side = fields.String(
        required=True,
        metadata={
            "enum": [side.value for side in Side],
            "description": "Whose liquidations the zone holds: long positions' below the price, short positions' above",
        },
    )
    zone_id = fields.String(
        required=True,
        metadata={"description": "As /v1/zones names the zone at the close before", "example": "hot-long-58240"},
    )
    zone_low = _price("Lower edge of the zone")
    zone_high = _price("Upper edge of the zone")
    zone_notional = fields.Float(
        required=True, metadata=LEAST | {"description": "USD of liquidations in the zone at the close before"}
    )
    distance_atr = fields.Float(
        required=True, metadata=LEAST | {"description": "From the close before to the zone's near edge, in ATR"}
    )
    depth = _share("How far into the zone the bar reached, as a share of its width; 1 = to its far edge or past")
    volume_z = fields.Float(
        required=True,
        allow_none=True,
        metadata=described(
            "The bar's volume less the mean of the 20 bars before, in their standard deviations. null "
            "where there are not as many, or where these were all alike and this one is not"
        ),
    )
    wick_share = _share("Share of the bar's range beyond its body on the zone's side")
    reclaim = fields.Boolean(
        required=True, metadata=described("Whether the bar closed back on the near side of the zone")
    )
    follow_through_1, follow_through_4, follow_through_24 = (_follow(bars) for bars in (1, 4, 24))
    outcome = fields.String(
        required=True,
        allow_none=True,
        metadata={
            "enum": OUTCOMES,
            "description": "Class. broke_through: the next bar closed beyond the far edge. swept_and_reversed: not so, "
            "this bar or the next closed on the near side, and the next closed further towards reversal than this one. "
            "grind: neither. null while the next bar is not closed, or missing",
        },
    )
    confirmation = fields.String(
        required=True,
        metadata={
            "enum": CONFIRMATIONS,
            "description": "Verdict on the two signs: volume_z of at least 2, and wick_share of at least 0.5; both, "
            "one of them or none",
        },
    )


class ComparisonSchema(Schema):
    """One figure at hot zones and at placebo zones, over touches that have any placebo to be compared with."""

    metric = fields.String(
        required=True,
        metadata={"enum": METRICS, "description": "Share of a class (0..1), or a follow-through (ATR)"},
    )
    hot = fields.Float(required=True, allow_none=True, metadata=described("Mean over the touches"))
    placebo = fields.Float(
        required=True,
        allow_none=True,
        metadata=described("Mean over the same touches of the mean of each one's placebos"),
    )
    difference = fields.Float(required=True, allow_none=True, metadata=described("hot less placebo"))
    low = fields.Float(
        required=True,
        allow_none=True,
        metadata=described(
            "Lower end of the difference's 95 % interval, by resampling the days of touches and "
            "placebos; null where all touches fell on one day"
        ),
    )
    high = fields.Float(required=True, allow_none=True, metadata=described("Upper end of that interval"))
    reading = fields.String(
        required=True,
        metadata={
            "enum": READINGS,
            "description": "On which side of zero the whole interval lies; indistinguishable where it holds zero, "
            "unknown with fewer than 20 touches or fewer than 10 days",
        },
    )
    touches = _count("Touches compared")
    days = _count("UTC days on which they fell")


class TouchSummarySchema(Schema):
    """All touches together, both sides'."""

    touches = _count("All touches")
    matched = _count("Touches with at least one placebo")
    days = _count("UTC days with touches")
    swept_and_reversed = _count("Touches of this class")
    broke_through = _count("Touches of this class")
    grind = _count("Touches of this class")
    too_recent = _count("Touches that have no class yet")
    confirmed = _count("Touches with both signs")
    confirmed_reversal = _share("Share of swept_and_reversed among touches with both signs; null if none", known=False)
    other_reversal = _share("Share of swept_and_reversed among all other touches; null if none", known=False)
    comparisons = fields.List(fields.Nested(ComparisonSchema), required=True, metadata=described("One for each metric"))
    better_than_placebo = fields.Boolean(
        required=True,
        allow_none=True,
        metadata=described(
            "Whether follow_through_4 reads higher at hot zones, which is what the verdict rests on; "
            "null while that is unknown"
        ),
    )
    verdict = fields.String(
        required=True,
        metadata=described(
            "The same in words with its figures: hot zones did better than placebo zones, were no "
            "better, did worse, or too few touches to tell"
        ),
    )


class TouchesSchema(EnvelopeSchema):
    """Answer of /v1/touches; the summary is of both sides whatever the filter."""

    touches = fields.List(fields.Nested(TouchSchema), required=True, metadata=described("Oldest first"))
    summary = fields.Nested(TouchSummarySchema, required=True)


def touches_body(result: TouchesResult) -> dict[str, Any]:
    """Return the touches and their summary as JSON."""
    rows = [_touch(touch) for touch in result.touches]
    return envelope_body(result.envelope) | {"touches": rows, "summary": vars(result.summary)}


def _touch(touch: Touch) -> dict[str, Any]:
    row = vars(touch) | {"time": rfc3339(touch.time), "zone_notional": round(touch.zone_notional, 2)}
    del row["bar"]
    return row
