"""What POST /v1/liquidation-price answers."""

from collections.abc import Sequence
from typing import Any

from marshmallow import Schema, fields

from service.api.edge.errors.problems import ProblemErrorSchema
from service.api.schemas.described import described
from service.api.schemas.liquidation_price import EXAMPLE, LiquidationPriceSchema
from service.heatmap import MODEL_VERSION


class PositionErrorSchema(Schema):
    """Why a position has no answer, as a problem of its own."""

    type = fields.String(required=True)
    title = fields.String(required=True)
    status = fields.Integer(required=True)
    detail = fields.String(required=True)
    errors = fields.List(fields.Nested(ProblemErrorSchema), metadata=described("Each wrong field"))


class PositionResultSchema(Schema):
    """What came of one position: an answer or an error."""

    answer = fields.Nested(LiquidationPriceSchema, required=True, allow_none=True)
    error = fields.Nested(PositionErrorSchema, required=True, allow_none=True)


class PositionResultsSchema(Schema):
    """Answer of POST /v1/liquidation-price."""

    results = fields.List(
        fields.Nested(PositionResultSchema), required=True, metadata=described("In the order of the positions")
    )
    answered = fields.Integer(required=True)
    failed = fields.Integer(required=True)
    model_version = fields.String(required=True)


def result_body(answer: dict[str, Any] | None = None, error: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return what came of one position."""
    return {"answer": answer, "error": error}


def results_body(results: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return what came of all, with how many have an answer."""
    answered = sum(result["error"] is None for result in results)
    return {
        "results": results,
        "answered": answered,
        "failed": len(results) - answered,
        "model_version": MODEL_VERSION,
    }


# What the example of the body is answered with.
MANY_EXAMPLE = results_body([result_body(EXAMPLE)])
