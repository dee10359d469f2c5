"""The envelope: what every answer about a market says of its inputs, beside the answer itself."""

from typing import Any

from service.heatmap import MODEL_VERSION, Assumptions
from service.heatmap.inventory import Confidence
from service.market.contract import MarketData
from service.times import rfc3339


def envelope(
    data: MarketData, assumptions: Assumptions, rule: str, columns: tuple[int, int], confidence: Confidence, now: float
) -> dict[str, Any]:
    """Return the envelope of an answer; `columns` are (wanted, had), `now` epoch seconds."""
    return {
        "exchange": data.exchange,
        "symbol": data.symbol,
        "unit": data.unit,
        "timeframe": data.timeframe,
        "as_of": rfc3339(data.as_of),
        "age_seconds": round(max(now - data.as_of / 1000, 0.0), 3),
        "stale": False,
        "simulated": data.simulated,
        "price": data.price,
        "sources": [_source(data, rule, columns[1])],
        "assumptions": _assumptions(assumptions, rule),
        "coverage": _coverage(data, columns),
        "confidence": confidence_body(confidence),
        "warnings": [*_warnings(data, columns), *confidence.warnings],
        "model_version": MODEL_VERSION,
    }


def _source(data: MarketData, rule: str, columns: int) -> dict[str, Any]:
    """Return the source without its open interest and the close of its newest bar, which are the estimate's."""
    return {
        "exchange": data.exchange,
        "symbol": data.symbol,
        "state": "used",
        "reason": None,
        "weight": 1.0,
        "columns": columns,
        "liquidation_rule": rule,
        "tiers": data.tiers.source,
        "missing": data.missing,
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
        "memory": [{"share": pace.share, "churn": pace.churn} for pace in assumptions.memory],
        "position_notional": assumptions.position_notional,
        "early": assumptions.liquidation_buffer,
        "liquidation_rule": rule,
        "margin_mode": "isolated",
    }


def confidence_body(confidence: Confidence) -> dict[str, Any]:
    """Return the confidence as JSON."""
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
        "columns_of_all": columns[1],
        "gaps": coverage.gaps,
        "missing_at_end": coverage.missing_at_end,
        "open_interest_missing_at_end": coverage.open_interest_missing_at_end,
        "inconsistent": coverage.inconsistent,
        "open_interest_share": round(coverage.open_interest_share, 6),
        "mark_price_share": round(coverage.mark_price_share, 6),
        "order_book": coverage.has_book,
        "exchanges_wanted": 1,
        "exchanges": 1,
        "exchanges_not_listing": 0,
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
