"""The envelope of several exchanges' answers as one."""

from collections.abc import Mapping
from typing import Any

from service.analysis.envelope import confidence_body
from service.heatmap.inventory import LOW_CONFIDENCE, Confidence
from service.market.contract import UnknownSymbol


def merged_envelope(
    envelopes: Mapping[str, dict[str, Any]],
    errors: Mapping[str, Exception],
    weights: Mapping[str, float],
    price: float,
    confidence: Confidence,
    columns: tuple[int, int],
) -> dict[str, Any]:
    """Return the envelope of several exchanges' answers as one; a single one is its own.

    `columns` are (those that any exchange has, those that all have).

    The assumptions are those of the exchange with the most weight: the caller's are the same for all, the liquidation
    rule is each exchange's own and stands in `sources`, as fitted mixes do in `fits`.
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
        "coverage": _merged_coverage([part["coverage"] for part in parts], errors, columns),
        "confidence": confidence_body(confidence),
        "warnings": _merged_warnings(envelopes, errors, columns, confidence),
    }


def _merged_assumptions(largest: dict[str, Any], parts: list[dict[str, Any]]) -> dict[str, Any]:
    if "fits" not in largest:
        return largest
    return largest | {"fits": [fit for part in parts for fit in part["assumptions"]["fits"]]}


def _merged_coverage(
    parts: list[dict[str, Any]], errors: Mapping[str, Exception], columns: tuple[int, int]
) -> dict[str, Any]:
    unlisted = sum(isinstance(error, UnknownSymbol) for error in errors.values())
    wanted = len(parts) + len(errors)
    # What is missing counts as nothing known, or the loss of a poor source would pass for better data.
    shares = {
        name: round(sum(part[name] for part in parts) / (wanted - unlisted), 6)
        for name in ("open_interest_share", "mark_price_share")
    }
    defects = ("gaps", "inconsistent", "missing_at_end", "open_interest_missing_at_end")
    return (
        max(parts, key=lambda part: part["bars"])
        | {name: max(part[name] for part in parts) for name in defects}
        | shares
        | {
            "first_bar": min(part["first_bar"] for part in parts),
            "columns": columns[0],
            "columns_of_all": columns[1],
            "order_book": any(part["order_book"] for part in parts),
            "exchanges_wanted": wanted,
            "exchanges": len(parts),
            "exchanges_not_listing": unlisted,
        }
    )


def _merged_warnings(
    envelopes: Mapping[str, dict[str, Any]],
    errors: Mapping[str, Exception],
    columns: tuple[int, int],
    confidence: Confidence,
) -> list[str]:
    warnings = [
        f"{name} is {'left out' if isinstance(error, UnknownSymbol) else 'missing'}: {error}."
        for name, error in errors.items()
    ]
    if columns[1] < columns[0]:
        fewer = columns[0] - columns[1]
        warnings.append(f"{fewer} of {columns[0]} columns lack an exchange whose bars do not reach there.")
    told = [(name, warning) for name, part in envelopes.items() for warning in part["warnings"]]
    if confidence.warnings:
        # The sum's own warning gives the reasons of each.
        told = [(name, warning) for name, warning in told if not warning.startswith(LOW_CONFIDENCE)]
    return [*warnings, *(f"{name}: {warning}" for name, warning in told), *confidence.warnings]


def _absent(exchange: str, error: Exception) -> dict[str, Any]:
    return {
        "exchange": exchange,
        "symbol": None,
        "state": "not_listed" if isinstance(error, UnknownSymbol) else "missing",
        "reason": str(error),
        "weight": 0.0,
        "open_interest_usd": None,
        "as_of": None,
        "columns": 0,
        "liquidation_rule": None,
        "tiers": None,
        "missing": {},
    }
