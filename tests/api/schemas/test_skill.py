"""The score of a map as JSON: what is not defined is null, and the map has no lead over itself."""

from service.api.schemas.skill import _score
from service.heatmap.skill import verdict_on
from tests.support.hand_score import score_by_hand

BODY = _score(score_by_hand())


def test_figures_go_where_they_are_named() -> None:
    """Gains with their judgement, levels with their intervals, sides with theirs."""
    assert BODY["verdict"] == verdict_on(score_by_hand())
    assert (BODY["days"], BODY["resamples"]) == (30, 400)
    assert BODY["r2_gain"]["value"] == 0.11
    assert BODY["r2_path"]["value"] == 0.31
    assert BODY["long"] == {
        "bars": 700, "extreme_bars": 60, "r2_path": 0.3, "r2_with_map": 0.4, "r2_gain": 0.1, "partial_spearman": 0.2,
    }  # fmt: skip


def test_what_is_not_defined_is_null() -> None:
    """JSON has no number that is none."""
    assert (BODY["short"]["r2_path"], BODY["short"]["r2_gain"]) == (None, None)
    assert BODY["extreme_rank_gain"]["value"] is None
    assert BODY["predictors"][1]["capture_lead"]["value"] is None


def test_the_map_has_no_lead_over_itself() -> None:
    """Null for the map, a gain for each baseline, in all hours and in new extremes."""
    own, baseline = BODY["predictors"]
    assert (own["name"], own["spearman_lead"], own["capture_lead"]) == ("map", None, None)
    assert baseline["spearman_lead"]["value"] == 0.1
    assert [row["spearman_lead"] and row["spearman_lead"]["value"] for row in BODY["extreme_predictors"]] == [None, 0.1]
