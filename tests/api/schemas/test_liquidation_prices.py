"""The answers about several positions: in order, each an answer or an error, and counted."""

from service.api.schemas.liquidation_prices import MANY_EXAMPLE, PositionResultsSchema, result_body, results_body
from service.heatmap import MODEL_VERSION

ERROR = {"type": "/problems/x", "title": "x", "status": 422, "detail": "x", "errors": []}


def test_each_has_an_answer_or_an_error() -> None:
    """Both names are there, and one is null."""
    assert result_body({"price": 1}) == {"answer": {"price": 1}, "error": None}
    assert result_body(error=ERROR) == {"answer": None, "error": ERROR}


def test_they_are_counted_in_order() -> None:
    """Answered and failed add up to all."""
    results = [result_body({"price": 1}), result_body(error=ERROR), result_body({"price": 2})]
    body = results_body(results)
    assert body["results"] == results
    assert (body["answered"], body["failed"], body["model_version"]) == (2, 1, MODEL_VERSION)


def test_the_example_fits_the_schema() -> None:
    """What the contract shows is what it describes."""
    assert PositionResultsSchema().validate(MANY_EXAMPLE) == {}
