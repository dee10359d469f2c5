"""The envelope: what every answer about a market says of its inputs, beside the answer itself."""

from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, fields

from service.api.figures import FitSchema
from service.api.parameters import rfc3339
from service.heatmap.assumptions import Assumptions
from service.heatmap.confidence import LOW_CONFIDENCE, Confidence
from service.heatmap.version import MODEL_VERSION
from service.market.data import MarketData


class SourceSchema(Schema):
    """One exchange that the answer drew on."""

    exchange = fields.String(required=True)
    state = fields.String(required=True, metadata={"enum": ["used", "stale", "missing"]})
    reason = fields.String(required=True, allow_none=True, metadata={"description": "Why it is missing or stale"})
    weight = fields.Float(required=True, metadata={"description": "Share of the open interest used, 0..1"})
    tiers = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "exchange, derived (of most leverage), table (ours) or assumed; null if missing"},
    )
    missing = fields.Dict(
        keys=fields.String(),
        values=fields.String(),
        required=True,
        metadata={"description": "Inputs that were not there, and why"},
    )


class MixSchema(Schema):
    """The leverage mix used: buckets from..to leverage with their share of opened base coin."""

    name = fields.String(required=True)
    leverage_from = fields.List(fields.Float(), required=True)
    leverage_to = fields.List(fields.Float(), required=True)
    share = fields.List(fields.Float(), required=True)
    unlevered = fields.Float(required=True)


class ExchangeFitSchema(FitSchema):
    """What mix=fitted came to on one exchange, and the mix that its map is made with."""

    exchange = fields.String(required=True, metadata={"description": "An id of /v1/exchanges"})
    mix = fields.Nested(MixSchema, required=True, metadata={"description": "The fitted one if it gains, else ours"})


class AssumptionsSchema(Schema):
    """What the estimate takes for granted."""

    mix = fields.Nested(MixSchema, required=True)
    churn = fields.Float(
        required=True,
        metadata={"description": "Volume that renews positions / volume traded; adding margin renews them without any"},
    )
    position_notional = fields.Float(required=True, metadata={"description": "Quote currency"})
    early = fields.Float(
        required=True, metadata={"description": "How far before the formula's price positions go, fraction of it"}
    )
    liquidation_rule = fields.String(required=True)
    margin_mode = fields.String(required=True)
    fits = fields.List(
        fields.Nested(ExchangeFitSchema),
        metadata={"description": "With mix=fitted: the mix of each exchange, and what fitting it came to"},
    )


class CoverageSchema(Schema):
    """How much of the needed data was there; shares are 0..1."""

    first_bar = fields.DateTime(required=True, metadata={"description": "Open time of the first bar in hand"})
    last_bar = fields.DateTime(required=True)
    bars = fields.Integer(required=True, metadata={"description": "Bars in hand, warm-up included"})
    warm_up_bars = fields.Integer(required=True)
    columns_wanted = fields.Integer(required=True)
    columns = fields.Integer(required=True)
    gaps = fields.Integer(
        required=True, metadata={"description": "Bars missing between the first and the moment asked for"}
    )
    missing_at_end = fields.Integer(
        required=True, metadata={"description": "How many of these are the newest: the map ends so many bars early"}
    )
    inconsistent = fields.Integer(
        required=True, metadata={"description": "Bars whose open interest moved by more than was traded"}
    )
    open_interest_share = fields.Float(required=True, metadata={"description": "Share of bars with open interest"})
    open_interest_missing_at_end = fields.Integer(
        required=True,
        metadata={"description": "Bars since the newest open interest known, which the map is scaled to"},
    )
    mark_price_share = fields.Float(required=True, metadata={"description": "Share of bars with a mark price"})
    order_book = fields.Boolean(required=True)
    exchanges_wanted = fields.Integer(required=True)
    exchanges = fields.Integer(required=True, metadata={"description": "How many of them are in the answer"})


class ConfidencePartSchema(Schema):
    """One part of the confidence, and why it is what it is."""

    name = fields.String(required=True, metadata={"enum": ["coverage", "sample", "agreement"]})
    value = fields.Float(required=True, metadata={"description": "0..1"})
    reason = fields.String(required=True, metadata={"description": "In words, amounts to two digits"})


class ConfidenceSchema(Schema):
    """How far to trust the answer, 0..1: the geometric mean of the parts."""

    value = fields.Float(required=True, metadata={"description": "0..1, two decimals; under 0.5 there is a warning"})
    parts = fields.List(fields.Nested(ConfidencePartSchema), required=True)


class EnvelopeSchema(Schema):
    """What every answer about a market carries."""

    exchange = fields.String(required=True)
    symbol = fields.String(required=True)
    timeframe = fields.String(required=True)
    as_of = fields.DateTime(required=True, metadata={"description": "Close of the newest bar used"})
    age_seconds = fields.Float(required=True, metadata={"description": "From as_of to when this was computed"})
    stale = fields.Boolean(required=True)
    simulated = fields.Boolean(required=True)
    price = fields.Float(required=True, metadata={"description": "Quote currency: middle of the book, or last close"})
    sources = fields.List(fields.Nested(SourceSchema), required=True)
    assumptions = fields.Nested(AssumptionsSchema, required=True)
    coverage = fields.Nested(CoverageSchema, required=True)
    confidence = fields.Nested(ConfidenceSchema, required=True)
    warnings = fields.List(fields.String(), required=True)
    model_version = fields.String(required=True)


def envelope(
    data: MarketData, assumptions: Assumptions, rule: str, columns: tuple[int, int], confidence: Confidence, now: float
) -> dict[str, Any]:
    """Return the envelope of an answer; `columns` are (wanted, had), `now` epoch seconds."""
    return {
        "exchange": data.exchange,
        "symbol": data.symbol,
        "timeframe": data.timeframe,
        "as_of": rfc3339(data.as_of),
        "age_seconds": round(max(now - data.as_of / 1000, 0.0), 3),
        "stale": False,
        "simulated": data.simulated,
        "price": data.price,
        "sources": [_source(data)],
        "assumptions": _assumptions(assumptions, rule),
        "coverage": _coverage(data, columns),
        "confidence": _confidence(confidence),
        "warnings": [*_warnings(data, columns), *confidence.warnings],
        "model_version": MODEL_VERSION,
    }


def merged_envelope(
    envelopes: Mapping[str, dict[str, Any]],
    errors: Mapping[str, Exception],
    weights: Mapping[str, float],
    price: float,
    confidence: Confidence,
) -> dict[str, Any]:
    """Return the envelope of several exchanges' answers as one; a single one is its own.

    The assumptions are those of the exchange with the most weight: the caller's are the same for all, the liquidation
    rule is each exchange's own and stands in `sources`, as fitted mixes do in `fits`. Whatever covers least decides the
    coverage.
    """
    largest = envelopes[max(weights, key=lambda name: weights[name])]
    if len(envelopes) + len(errors) == 1:
        return largest
    parts = list(envelopes.values())
    used = [source | {"weight": round(weights[source["exchange"]], 6)} for part in parts for source in part["sources"]]
    return largest | {
        "exchange": ",".join([*envelopes, *errors]),
        "as_of": min(part["as_of"] for part in parts),
        "age_seconds": max(part["age_seconds"] for part in parts),
        "simulated": any(part["simulated"] for part in parts),
        "price": price,
        "sources": used + [_absent(name, error) for name, error in errors.items()],
        "assumptions": _merged_assumptions(largest["assumptions"], parts),
        "coverage": _merged_coverage([part["coverage"] for part in parts], len(errors)),
        "confidence": _confidence(confidence),
        "warnings": _merged_warnings(envelopes, errors, confidence),
    }


def _merged_assumptions(largest: dict[str, Any], parts: list[dict[str, Any]]) -> dict[str, Any]:
    if "fits" not in largest:
        return largest
    return largest | {"fits": [fit for part in parts for fit in part["assumptions"]["fits"]]}


def _merged_coverage(parts: list[dict[str, Any]], failed: int) -> dict[str, Any]:
    merged = {name: min(part[name] for part in parts) for name in parts[0]}
    return merged | {
        "first_bar": max(part["first_bar"] for part in parts),
        "gaps": max(part["gaps"] for part in parts),
        **{
            name: max(part[name] for part in parts)
            for name in ("inconsistent", "missing_at_end", "open_interest_missing_at_end")
        },
        "order_book": any(part["order_book"] for part in parts),
        "exchanges_wanted": len(parts) + failed,
        "exchanges": len(parts),
    }


def _merged_warnings(
    envelopes: Mapping[str, dict[str, Any]], errors: Mapping[str, Exception], confidence: Confidence
) -> list[str]:
    missing = [f"{name} is missing: {error}." for name, error in errors.items()]
    told = [(name, warning) for name, part in envelopes.items() for warning in part["warnings"]]
    if confidence.warnings:
        # The sum's own warning gives the reasons of each.
        told = [(name, warning) for name, warning in told if not warning.startswith(LOW_CONFIDENCE)]
    return [*missing, *(f"{name}: {warning}" for name, warning in told), *confidence.warnings]


def _source(data: MarketData) -> dict[str, Any]:
    return {
        "exchange": data.exchange,
        "state": "used",
        "reason": None,
        "weight": 1.0,
        "tiers": data.tiers.source,
        "missing": data.missing,
    }


def _absent(exchange: str, error: Exception) -> dict[str, Any]:
    return {
        "exchange": exchange,
        "state": "missing",
        "reason": str(error),
        "weight": 0.0,
        "tiers": None,
        "missing": {},
    }


def _assumptions(assumptions: Assumptions, rule: str) -> dict[str, Any]:
    mix = assumptions.mix
    return {
        "mix": {
            "name": mix.name,
            "leverage_from": mix.edges[:-1].round(4),
            "leverage_to": mix.edges[1:].round(4),
            "share": mix.weights.round(6),
            "unlevered": mix.unlevered,
        },
        "churn": assumptions.churn,
        "position_notional": assumptions.position_notional,
        "early": assumptions.early,
        "liquidation_rule": rule,
        "margin_mode": "isolated",
    }


def _confidence(confidence: Confidence) -> dict[str, Any]:
    parts = [{"name": part.name, "value": round(part.value, 4), "reason": part.reason} for part in confidence.parts]
    return {"value": confidence.value, "parts": parts}


def _coverage(data: MarketData, columns: tuple[int, int]) -> dict[str, Any]:
    coverage = data.coverage
    return {
        "first_bar": rfc3339(coverage.first),
        "last_bar": rfc3339(coverage.last),
        "bars": coverage.bars,
        "warm_up_bars": coverage.bars - columns[1],
        "columns_wanted": columns[0],
        "columns": columns[1],
        "gaps": coverage.gaps,
        "missing_at_end": coverage.missing_at_end,
        "open_interest_missing_at_end": coverage.open_interest_missing_at_end,
        "inconsistent": coverage.inconsistent,
        "open_interest_share": round(coverage.open_interest_share, 6),
        "mark_price_share": round(coverage.mark_price_share, 6),
        "order_book": coverage.has_book,
        "exchanges_wanted": 1,
        "exchanges": 1,
    }


def _warnings(data: MarketData, columns: tuple[int, int]) -> list[str]:
    coverage, warnings = data.coverage, list(data.coverage.notes)
    if data.simulated:
        warnings.append("This market is simulated.")
    if columns[1] < columns[0]:
        warnings.append(f"The exchange's data reaches back {columns[1]} of the {columns[0]} columns asked for.")
    if coverage.gaps > coverage.missing_at_end:
        warnings.append(f"{coverage.gaps - coverage.missing_at_end} bars are missing in between.")
    # One may not be published yet.
    if coverage.missing_at_end > 1:
        late = coverage.missing_at_end
        warnings.append(f"The newest {late} bars are missing: the map ends early, at {rfc3339(data.as_of)}.")
    if coverage.open_interest_missing_at_end > 1:
        behind = coverage.open_interest_missing_at_end
        newest = rfc3339(data.as_of - behind * data.bars.step)
        warnings.append(f"The newest open interest known is of {newest}, {behind} bars old: the map is scaled to it.")
    if coverage.open_interest_share < 1.0:
        share = round(100 * (1 - coverage.open_interest_share), 1)
        warnings.append(f"Open interest is not known for {share} % of the bars; there, flows come from volume alone.")
    if data.tiers.source == "derived":
        warnings.append("Risk tiers follow from the most leverage alone: larger positions may have stricter ones.")
    elif data.tiers.source != "exchange":
        warnings.append(f"Risk tiers are not the exchange's own: {data.tiers.source}.")
    return warnings
