"""The envelope of several exchanges' answers as one."""

from collections.abc import Mapping
from typing import Any

from service.api.envelope import confidence_body
from service.heatmap.confidence import Confidence


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
        "confidence": confidence_body(confidence),
        "warnings": _merged_warnings(envelopes, errors) + list(confidence.warnings),
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


def _merged_warnings(envelopes: Mapping[str, dict[str, Any]], errors: Mapping[str, Exception]) -> list[str]:
    missing = [f"{name} is missing: {error}." for name, error in errors.items()]
    return missing + [f"{name}: {warning}" for name, part in envelopes.items() for warning in part["warnings"]]


def _absent(exchange: str, error: Exception) -> dict[str, Any]:
    return {
        "exchange": exchange,
        "state": "missing",
        "reason": str(error),
        "weight": 0.0,
        "tiers": None,
        "missing": {},
    }
