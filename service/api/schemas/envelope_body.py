"""An envelope as JSON."""

from typing import Any

from service.analysis.markets.envelope import AbsentSource, Envelope, UsedSource
from service.api.schemas.figures import fit_body
from service.heatmap import MODEL_VERSION
from service.heatmap.inventory import AssumedPopulation, Confidence, DataQuality, Mix
from service.times import rfc3339

# Of what a population opens with leverage.
LEVERAGE_QUANTILES = (0.1, 0.5, 0.9)


def envelope_body(envelope: Envelope, *, assumed: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return an envelope as EnvelopeSchema has it; `assumed` is what the answer takes for granted besides the map."""
    return {
        "exchange": envelope.exchange,
        "symbol": envelope.symbol,
        "unit": envelope.unit,
        "timeframe": envelope.timeframe,
        "as_of": rfc3339(envelope.as_of),
        "age_seconds": envelope.age_seconds,
        "stale": envelope.stale,
        "simulated": envelope.simulated,
        "price": envelope.price,
        "price_source": envelope.price_source,
        "price_time": rfc3339(envelope.price_time),
        "sources": [*map(_used, envelope.sources), *map(_absent, envelope.absent)],
        "assumptions": _assumptions(envelope) | (assumed or {}),
        "coverage": _coverage(envelope),
        "data_quality": _quality(envelope.data_quality),
        "confidence": _confidence(envelope.confidence),
        "warnings": list(envelope.warnings),
        "model_version": MODEL_VERSION,
    }


def _used(source: UsedSource) -> dict[str, Any]:
    return {
        "exchange": source.exchange,
        "symbol": source.symbol,
        "state": "used",
        "reason": None,
        "weight": round(source.weight, 6),
        "columns": source.columns,
        "liquidation_rule": source.rule,
        "tiers": source.tiers,
        "tiers_dated": source.tiers_dated or None,
        "missing": source.missing,
        "price": source.price,
        "price_source": source.price_source,
        "price_time": rfc3339(source.price_time),
        "stale": source.stale,
        "open_interest_usd": round(source.open_interest_usd, 2),
        "as_of": rfc3339(source.as_of),
    }


def _absent(source: AbsentSource) -> dict[str, Any]:
    return {
        "exchange": source.exchange,
        "symbol": None,
        "state": "missing" if source.listed else "not_listed" if source.price is None else "other_price",
        "reason": source.reason,
        "weight": 0.0,
        "price": source.price,
        "price_source": None,
        "price_time": None,
        "stale": None,
        "open_interest_usd": None,
        "as_of": None,
        "columns": 0,
        "liquidation_rule": None,
        "tiers": None,
        "tiers_dated": None,
        "missing": {},
    }


def _assumptions(envelope: Envelope) -> dict[str, Any]:
    assumptions = envelope.assumptions
    body = {
        "mix": _mix(assumptions.mix),
        "churn": assumptions.churn,
        "memory": [_population(population) for population in assumptions.populations],
        "position_notional": assumptions.position_notional,
        "early": assumptions.liquidation_buffer,
        "liquidation_rule": envelope.rule,
        "margin_mode": "isolated",
    }
    if envelope.fits:
        body["fits"] = [
            {"exchange": fit.exchange, "mix": _mix(fit.mix)} | fit_body(fit.outcome) for fit in envelope.fits
        ]
    return body


def _population(population: AssumedPopulation) -> dict[str, Any]:
    return {
        "name": population.name,
        "share": round(population.share, 6),
        "churn": population.churn,
        "closes_by_distance": population.closing is not None,
        "leverage": [round(leverage, 2) for leverage in population.mix.quantiles(LEVERAGE_QUANTILES)],
        "unlevered": population.mix.unlevered,
    }


def _mix(mix: Mix) -> dict[str, Any]:
    return {
        "name": mix.name,
        "leverage_from": mix.edges[:-1].round(4).tolist(),
        "leverage_to": mix.edges[1:].round(4).tolist(),
        "share": mix.weights.round(6).tolist(),
        "unlevered": mix.unlevered,
    }


def _coverage(envelope: Envelope) -> dict[str, Any]:
    coverage, bars = envelope.coverage, envelope.coverage.bars
    return {
        "first_bar": rfc3339(bars.first),
        "last_bar": rfc3339(bars.last),
        "bars": bars.bars,
        "warm_up_bars": coverage.warm_up_bars,
        "columns_wanted": coverage.columns_wanted,
        "columns": coverage.columns,
        "columns_of_all": coverage.columns_of_all,
        "gaps": bars.gaps,
        "missing_at_end": bars.missing_at_end,
        "open_interest_missing_at_end": bars.open_interest_missing_at_end,
        "inconsistent": bars.inconsistent,
        "unusable": bars.unusable,
        "repaired": bars.repaired,
        "open_interest_unusable": bars.open_interest_unusable,
        "open_interest_repeated": bars.open_interest_repeated,
        "open_interest_share": round(bars.open_interest_share, 6),
        "mark_price_share": round(bars.mark_price_share, 6),
        "order_book": bars.has_book,
        "exchanges_wanted": coverage.exchanges_wanted,
        "exchanges": coverage.exchanges,
        "exchanges_not_listing": coverage.exchanges_not_listing,
    }


def _confidence(confidence: Confidence | None) -> dict[str, Any] | None:
    if confidence is None:
        return None
    return {"value": confidence.value, "agreement": round(confidence.agreement, 4), "reason": confidence.reason}


def _quality(data_quality: DataQuality) -> dict[str, Any]:
    parts = [{"name": part.name, "value": round(part.value, 4), "reason": part.reason} for part in data_quality.parts]
    return {"value": data_quality.value, "parts": parts}
